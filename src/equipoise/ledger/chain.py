"""Judge the stored rows of a ledger one after the other: the chain first, then what each entry says."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import TypeAlias

from equipoise.ledger.clock_jump import ClockJump
from equipoise.ledger.entry import GENESIS, read_content
from equipoise.ledger.event import declared_types, decode
from equipoise.ledger.verification import Findings
from equipoise.vocabulary import Finding, Role, Severity, utc_from_text

Row: TypeAlias = "tuple[int, bytes, str, str, str | None]"
"""(seq, content, prev, hash, request) as stored, or whatever somebody has put in their place."""

_ROLES = frozenset(role.value for role in Role)


def judge_chain(rows: Iterable[Row], marks: dict[int, str], found: Findings) -> Iterator[Row]:
    """Pass the rows on, and note every break of the sequence, the chain and the hashes.

    `marks` names the entries whose hash is asked for, and is filled in.
    """
    last_seq, last_hash, last_digest = 0, GENESIS, bytes(32)
    for row in rows:
        seq, content, prev, stored, _ = row
        if seq != last_seq + 1:
            found.error("LEDGER-SEQUENCE", f"entry {seq}", f"It follows entry {last_seq}: entries are missing.")
        try:
            if prev != last_hash:
                found.error("LEDGER-CHAIN", f"entry {seq}", "It is not chained to the entry before it.")
                last_digest = bytes.fromhex(prev)
            computed = sha256(last_digest + content)
            last_digest = computed.digest()
            fits = computed.hexdigest() == stored
        except (TypeError, ValueError):
            fits = False
        if not fits:
            found.error("LEDGER-HASH", f"entry {seq}", "Its content is not the content that was hashed.")
            last_digest = _digest(stored)
        if seq in marks:
            marks[seq] = stored
        last_seq, last_hash = seq, stored
        yield row


def judge_contents(rows: Iterable[Row], found: Findings, done: Callable[[int], None]) -> tuple[int, str]:
    """Read every entry as its declared type, and return (entries, last hash).

    Notes entries that do not say who, in which role and when, that the program cannot read, whose time runs backwards,
    or whose request is not the one they are filed under.  `done` is told the count after each entry.
    """
    count, head, last_at = 0, GENESIS, ""
    for count, (seq, content, _, head, request) in enumerate(rows, start=1):  # noqa: B007  # the last ones are returned
        last_at = _judge_content(seq, content, request, last_at, found)
        done(count)
    return count, str(head)


def _judge_content(seq: int, content: bytes, request: str | None, last_at: str, found: Findings) -> str:
    """Judge one entry; gives the time it states."""
    place = f"entry {seq}"
    try:
        fields = read_content(content)
        at: str = fields["at"]
        utc_from_text(at)
        attributable = bool(fields["who"]) and fields["role"] in _ROLES
        stated, filed = fields["seq"], fields.get("request")
        name, version, body = fields["type"], fields["version"], fields["body"]
    except Exception:  # whatever a tampered content provokes is a finding
        found.error("LEDGER-CONTENT", place, "It does not say who wrote what, in which role and when.")
        return last_at
    if not attributable:
        found.error("LEDGER-CONTENT", place, "It does not say who wrote it, or in a role that there is.")
    if stated != seq:
        found.error("LEDGER-SEQUENCE", place, "Its content belongs to another place in the ledger.")
    if filed != request:
        found.error("LEDGER-REQUEST", place, "It is filed under another request than the one that wrote it.")
    if at < last_at:
        found.error("LEDGER-TIME", place, "It is older than the entry before it.")
    try:
        event = decode(name, version, body)
    except Exception:  # the same
        found.error("LEDGER-TYPE", place, _unreadable(name, version), "Verify with the program version that wrote it.")
    else:
        if isinstance(event, ClockJump):
            message = f"The machine's clock ran back from {event.ledger_time} to {event.clock_read}."
            found.note(Finding("LEDGER-CLOCK", Severity.INFO, place, message))
    return at


def _unreadable(name: object, version: object) -> str:
    if name in declared_types():
        return f"It does not read as {name}, version {version}."
    return "It is of a type that this program does not know."


def _digest(stored: object) -> bytes:
    try:
        return bytes.fromhex(stored) if isinstance(stored, str) else b""
    except ValueError:
        return b""
