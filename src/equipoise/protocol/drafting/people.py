"""Who may take part, by the record: ages, sexes, and the criteria one by one."""

import re
from collections.abc import Iterator

from equipoise.protocol.drafting.document import Part, label
from equipoise.registration import RegistryRecord
from equipoise.registration.language.plain_text import one_line
from equipoise.registration.record import Age

_HEADING = re.compile(r"^\W*(?:key |main |major )?(?P<kind>inclusion|exclusion)\b[^\n:]{0,40}(?::|$)", re.IGNORECASE)
_ITEM = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.)]|[a-z][.)])\s+")


def draft_people(record: RegistryRecord) -> Part:
    """Give `age_years`, `sexes`, `inclusion` and `exclusion`; what cannot be told apart is one inclusion criterion."""
    who = record.eligibility
    found: dict[str, list[str]] = {"inclusion": [], "exclusion": []}
    for kind, text in _criteria(who.criteria.value or ""):
        found[kind].append(text)
    for word, age in (("least", who.minimum_age.value), ("most", who.maximum_age.value)):
        if age and _years(age) is None:
            found["inclusion"].append(f"Age at {word} {age}")
    return {
        "age_years": [_years(who.minimum_age.value), _years(who.maximum_age.value)],
        "sexes": (who.sex.value or "ALL").lower(),
        "inclusion": _numbered("I", found["inclusion"]),
        "exclusion": _numbered("E", found["exclusion"]),
    }


def _years(age: Age | None) -> int | None:
    """Give whole years; a limit in months, weeks or days becomes a criterion."""
    return age.number if age and age.unit.lower().startswith("year") else None


def _numbered(letter: str, texts: list[str]) -> list[Part]:
    return [{"id": f"{letter}{n}", "text": label(text)} for n, text in enumerate(texts, start=1)]


def _criteria(text: str) -> Iterator[tuple[str, str]]:
    """Give each criterion with its kind.  Indented lines and lines without a bullet go on with the criterion before."""
    kind = "inclusion"
    waiting: list[str] = []
    bulleted = any(_ITEM.match(line) for line in text.splitlines())
    for line in [*text.splitlines(), "inclusion:"]:
        heading = _HEADING.match(line)
        starts = _ITEM.match(line) or not bulleted
        if waiting and (heading or starts):
            yield kind, one_line(" ".join(waiting))
            waiting = []
        if heading:
            kind = heading["kind"].lower()
            line = line[heading.end() :]  # noqa: PLW2901  # what stands after the heading on its line
        if line.strip():
            waiting.append(_ITEM.sub("", line).strip())
