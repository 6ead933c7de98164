"""10,000 random tamperings of nine kinds: each is found, or named as one that only an outside anchor can tell.

The nine rows of the tamper matrix in the README of the room.  The attacker owns the machine: on his
connection no trigger fires, and where he writes history anew he does the same to the projection.
"""

import json
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple
from datetime import date

import apsw
import pytest

from equipoise.ledger import ONLY_AN_ANCHOR_TELLS, Anchor, Entry, SqliteLedger, chain_hash, verify
from equipoise.vocabulary import Severity, canonical_json
from ledger_sample import Signer, clock, fill

ENTRIES = 12
SIGNED = (12,)
ROUNDS = 10_000 // 9 + 1
OURS, THEIRS = Signer(1), Signer(2)

Database = apsw.Connection


# ---- the trial before anybody touches it: entries, two checkpoints, and a projection with every value of every entry


def stored(connection: Database) -> list[Entry]:
    return [Entry(*row) for row in connection.execute("SELECT seq, content, prev, hash FROM ledger ORDER BY seq")]


def project(connection: Database | sqlite3.Connection, entries: Iterable[Entry]) -> None:
    connection.execute("DELETE FROM shown_values")
    rows = [(entry.seq, entry.event.participant, entry.event.item, str(entry.event.value)) for entry in entries]
    connection.executemany("INSERT INTO shown_values VALUES (?, ?, ?, ?)", rows)


def differences(connection: Database, entries: Iterable[Entry]) -> Iterator[str]:
    shown = {row[0]: row[1:] for row in connection.execute("SELECT seq, participant, item, value FROM shown_values")}
    for entry in entries:
        expected = (entry.event.participant, entry.event.item, str(entry.event.value))
        if shown.pop(entry.seq, None) != expected:
            yield f"The value of entry {entry.seq} is not the one that is shown."
    yield from (f"The value {seq} is shown, but was never entered." for seq in shown)


def histories() -> list[bytes]:
    """The database as it was after each entry; the last is the present."""
    connection = sqlite3.connect(":memory:")
    ledger = SqliteLedger(connection, clock())
    connection.execute("CREATE TABLE shown_values (seq INTEGER PRIMARY KEY, participant, item, value)")
    moments = [connection.serialize()]
    for number in range(ENTRIES):
        fill(ledger, 1, first=number)
        project(connection, ledger.entries())
        if number + 1 in SIGNED:
            ledger.add_checkpoint(OURS.checkpoint(*ledger.head()))
        moments.append(connection.serialize())
    return moments


def opened(image: bytes) -> Database:
    """The attacker's own connection, on which no trigger fires."""
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", image)
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    return connection


HISTORY = histories()
HEAD = opened(HISTORY[-1]).execute("SELECT max(seq), hash FROM ledger").fetchone()
ANCHOR = Anchor(*HEAD, date(2024, 1, 3), "mail to the quality officer")


# ---- the nine kinds


def other_bit(old: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(old))
    return old[:place] + bytes([old[place] ^ 1 << chance.randrange(8)]) + old[place + 1 :]


def other_letter(old: str, chance: random.Random) -> str:
    place = chance.randrange(len(old))
    return old[:place] + chance.choice("0123456789abcdefABCDEFxyz".replace(old[place], "")) + old[place + 1 :]


EDITS = {
    "content": [other_bit, other_bit, other_bit, lambda old, chance: old.decode()],
    "prev": [other_letter, lambda old, chance: old.encode()],
    "hash": [other_letter, lambda old, chance: old.encode()],
    "request": [lambda old, chance: chance.choice([None, "", f"{old} ", "request of somebody else", old.encode()])],
    "seq": [lambda old, chance: chance.choice([-1, 0, ENTRIES + 1, ENTRIES + 1000])],
}


def edit_a_row(trial: Database, chance: random.Random) -> Database:
    """Another bit, letter, type, request or place of one entry, or two entries in each other's place."""
    seq, other = chance.sample(range(1, ENTRIES + 1), 2)
    if chance.random() < 0.1:
        for number, to in ((seq, -1), (other, seq), (-1, other)):
            trial.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (to, number))
        return trial
    column = chance.choice(["content", "content", *EDITS])
    (old,) = trial.execute(f"SELECT {column} FROM ledger WHERE seq = ?", (seq,)).fetchone()
    trial.execute("PRAGMA ignore_check_constraints = ON")
    trial.execute(f"UPDATE ledger SET {column} = ? WHERE seq = ?", (chance.choice(EDITS[column])(old, chance), seq))
    return trial


def delete_a_row(trial: Database, chance: random.Random) -> Database:
    trial.execute("DELETE FROM ledger WHERE seq = ?", (chance.randint(1, ENTRIES - 1),))
    return trial


def edit_a_shown_value(trial: Database, chance: random.Random) -> Database:
    new = f"{chance.randrange(1000) + 1000}"
    trial.execute("UPDATE shown_values SET value = ? WHERE seq = ?", (new, chance.randint(1, ENTRIES)))
    return trial


def add_a_shown_value(trial: Database, chance: random.Random) -> Database:
    trial.execute("INSERT INTO shown_values VALUES (?, 'P001', 'item 1', '1.0')", (ENTRIES + chance.randint(1, 99),))
    return trial


def rewrite(trial: Database, chance: random.Random, signer: Signer | None) -> Database:
    """Change what one entry says, chain everything after it anew, and sign with whatever key there is."""
    entries = stored(trial)
    first = chance.randrange(SIGNED[-1])
    trial.execute("DELETE FROM ledger WHERE seq > ?", (first,))
    prev = entries[first].prev
    for entry in entries[first:]:
        content = entry.content
        if entry.seq == first + 1:
            fields = json.loads(content)
            fields["body"]["value"] = str(chance.randrange(1000, 2000))
            content = canonical_json(fields)
        hashed = chain_hash(prev, content)
        row = (entry.seq, content, prev, hashed, entry.request)
        trial.execute("INSERT INTO ledger (seq, content, prev, hash, request) VALUES (?, ?, ?, ?, ?)", row)
        prev = hashed
    if signer:
        trial.execute("DELETE FROM checkpoint WHERE seq > ?", (first,))
        for seq in SIGNED:
            if seq > first:
                (hashed,) = trial.execute("SELECT hash FROM ledger WHERE seq = ?", (seq,)).fetchone()
                trial.execute("INSERT INTO checkpoint VALUES (?, ?, ?, ?, ?)", astuple(signer.checkpoint(seq, hashed)))
    project(trial, stored(trial))
    return trial


def cut_the_end(trial: Database, chance: random.Random) -> Database:
    last = chance.randrange(ENTRIES)
    for table in ("ledger", "checkpoint", "shown_values"):
        trial.execute(f"DELETE FROM {table} WHERE seq > ?", (last,))
    return trial


def put_back_an_older_copy(trial: Database, chance: random.Random) -> Database:
    return opened(HISTORY[chance.randrange(ENTRIES)])


Attack = Callable[[Database, random.Random], Database]

FOUND_INSIDE: dict[str, tuple[Attack, set[str]]] = {
    "edit one ledger row": (
        edit_a_row,
        {"LEDGER-HASH", "LEDGER-CHAIN", "LEDGER-SEQUENCE", "LEDGER-REQUEST"},
    ),
    "delete a row in the middle": (delete_a_row, {"LEDGER-SEQUENCE", "LEDGER-CHAIN"}),
    "edit a data row only": (edit_a_shown_value, {"LEDGER-PROJECTION"}),
    "add a data row without an entry": (add_a_shown_value, {"LEDGER-PROJECTION"}),
    "rewrite and re-chain, no signing key": (lambda *args: rewrite(*args, None), {"LEDGER-CHECKPOINT"}),
    "rewrite and re-chain, new key": (lambda *args: rewrite(*args, THEIRS), {"LEDGER-KEY"}),
}

FOUND_BY_AN_ANCHOR_ONLY: dict[str, tuple[Attack, str]] = {
    "rewrite and re-chain with the stolen key": (lambda *args: rewrite(*args, OURS), ONLY_AN_ANCHOR_TELLS[2]),
    "cut the tail including its checkpoint": (cut_the_end, ONLY_AN_ANCHOR_TELLS[0]),
    "restore an old backup": (put_back_an_older_copy, ONLY_AN_ANCHOR_TELLS[1]),
}


def tampered(attack: Attack, seed: int) -> Database:
    return attack(opened(HISTORY[-1]), random.Random(seed))


def judged(trial: Database, *anchors: Anchor):
    return verify(trial, trusted_keys={OURS.key}, anchors=anchors, projections={"shown_values": differences})


def errors(report) -> set[str]:
    return {finding.rule for finding in report.findings if finding.severity is Severity.ERROR}


def test_what_nobody_touched_is_sound():
    report = judged(opened(HISTORY[-1]), ANCHOR)
    assert report.is_sound
    assert (report.entries, report.signed_to, report.anchored_to) == (ENTRIES, ENTRIES, ENTRIES)


@pytest.mark.parametrize("kind", FOUND_INSIDE)
def test_is_found_without_help_from_outside(kind):
    attack, expected = FOUND_INSIDE[kind]
    for seed in range(ROUNDS):
        assert errors(judged(tampered(attack, seed))) & expected, f"{kind}, seed {seed}"


@pytest.mark.parametrize("kind", FOUND_BY_AN_ANCHOR_ONLY)
def test_is_found_by_an_anchor_and_named_without_one(kind):
    attack, name = FOUND_BY_AN_ANCHOR_ONLY[kind]
    for seed in range(ROUNDS):
        trial = tampered(attack, seed)
        blind = judged(trial)
        assert blind.is_sound, f"{kind}, seed {seed}: found without an anchor, so it is in the wrong table"
        assert any(name in finding.evidence for finding in blind.findings), f"{kind}, seed {seed}: not named"
        assert errors(judged(trial, ANCHOR)) == {"LEDGER-ANCHOR"}, f"{kind}, seed {seed}"
