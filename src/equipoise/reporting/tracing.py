"""From a number of the report back to the ledger: which entries made it, who wrote them, and whether they still stand.

Read from the two files beside a report: `numbers.json` (every number with the entries behind it) and `ledger.jsonl`
(the ledger, one entry a line, which is chained again here while it is read).  Serves ICH E6(R3) 4.2.2, E9 5.8.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from equipoise.ledger.entry import GENESIS, Entry, chain_hash
from equipoise.vocabulary import Refusal


@dataclass(frozen=True, slots=True)
class Number:
    """One analysis of `numbers.json`: its values as (what, arm or "", text), and the entries (seq) behind them."""

    id: str
    name: str
    method: str
    contrast: str
    unit: str
    values: tuple[tuple[str, str, str], ...]
    inputs_digest: str
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One ledger entry behind a number.  `place` is the visit and form (or the event), `said` what was recorded.

    `corrects` names the entry that this one replaced (0: none) and `before` what that one said.
    """

    seq: int
    at: str
    who: str
    role: str
    participant: str
    place: str
    item: str
    said: str
    corrects: int = 0
    before: str = ""
    why: str = ""


def read_numbers(text: str) -> tuple[Number, ...]:
    """All numbers of a report that name their entries.  Refuses another kind of file."""
    try:
        analyses = json.loads(text)["analyses"]
        return tuple(_number(each) for each in analyses if each["extension"]["entries"])
    except (ValueError, KeyError, TypeError):
        raise Refusal(
            "TRACE-NUMBERS", "numbers.json is not the file that a report writes.", "Give the folder of a report."
        ) from None


def find_number(numbers: Sequence[Number], wanted: str) -> Number:
    """The number with this id, or the only one whose id or name begins so or holds it; refuses with the candidates."""
    low = wanted.casefold()
    for fits in (
        lambda one: one.id == wanted,
        lambda one: low == one.name.casefold(),
        lambda one: one.id.casefold().startswith(low),
        lambda one: low in one.id.casefold() or low in one.name.casefold(),
    ):
        found = [one for one in numbers if fits(one)]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(one.id for one in found[:8])
            raise Refusal("TRACE-NUMBER", f"'{wanted}' is more than one number.", f"Give one of: {ids}.")
    raise Refusal("TRACE-NUMBER", f"No number is called '{wanted}'.", "Leave the name out to list all numbers.")


def read_ledger(lines: Iterable[str]) -> dict[int, Entry]:
    """The ledger by entry number, chained again on the way.  Refuses a line that is not the one that was written."""
    found: dict[int, Entry] = {}
    prev = GENESIS
    for number, line in enumerate(lines, start=1):
        try:
            given = json.loads(line)
            entry = Entry(given["seq"], given["content"].encode(), given["prev"], given["hash"])
            whole = (entry.seq, entry.prev) == (number, prev) and chain_hash(prev, entry.content) == entry.hash
        except (ValueError, KeyError, TypeError, AttributeError):
            whole = False
        if not whole:
            raise Refusal(
                "TRACE-CHAIN",
                f"Line {number} of ledger.jsonl is not the entry that was written.",
                "Do not trust the report in this folder; ask for the ledger and run `equipoise verify`.",
            )
        found[number], prev = entry, entry.hash
    return found


def sources_of(number: Number, ledger: Mapping[int, Entry]) -> tuple[Source, ...]:
    """The entries behind a number, in the order of the ledger.  Refuses a number of another ledger."""
    missing = [seq for seq in number.entries if seq not in ledger]
    if missing:
        raise Refusal(
            "TRACE-LEDGER",
            f"Entry {missing[0]} is not in this ledger, which ends at {len(ledger)}.",
            "Take numbers.json and ledger.jsonl from the same report.",
        )
    return tuple(_source(ledger[seq], ledger) for seq in sorted(number.entries))


def _number(analysis: Mapping[str, Any]) -> Number:
    extension = analysis["extension"]
    return Number(
        analysis["id"],
        analysis["name"],
        analysis["methodId"],
        extension.get("contrast", ""),
        extension.get("unit", ""),
        tuple(_values(analysis)),
        extension.get("inputsDigest", ""),
        tuple(extension["entries"]),
    )


def _values(analysis: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for each in analysis["results"]:
        groups = [group["groupId"] for group in each["resultGroups"]]
        yield each["operationId"].rpartition(".")[2], ", ".join(groups), str(each["rawValue"])


def _source(entry: Entry, ledger: Mapping[int, Entry]) -> Source:
    body = entry.body
    place, item, said = _told(entry)
    corrects = body.get("corrects", 0)
    before = _told(ledger[corrects])[2] if corrects in ledger else ""
    why = str(body.get("reason", "")) or entry.why
    at, role = str(entry.fields["at"]), entry.role.value
    return Source(
        entry.seq, at, entry.who, role, str(body.get("participant", "")), place, item, said, corrects, before, why
    )


def _told(entry: Entry) -> tuple[str, str, str]:
    """(place, item, what was said)."""
    body = entry.body
    point, assessment = body.get("point"), body.get("assessment")
    if point:
        place = f"{point['encounter']}, {point['form']}" if point["encounter"] else str(point["form"])
        again = f" ({point['repetition']})" if point.get("repetition", 1) > 1 else ""
        return place, f"{point['item']}{again}", _answer(body.get("answer"))
    if assessment:
        grade = assessment.get("grade", "")
        words = f"{assessment.get('term', '')}, grade {grade}, {assessment.get('causality', '')}"
        return f"adverse event {body.get('adverse_event', '')}", entry.type, words
    return entry.type, "", ""


def _answer(answer: Mapping[str, str] | None) -> str:
    if answer is None:
        return "not done"
    return f"{answer.get('comparator', '')}{answer['value']} {answer.get('unit', '')}".strip()
