"""What is still open in a definition, and decisions without a ground."""

from collections.abc import Iterator

from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.model_faults import Fault
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.vocabulary import Severity


def judge_decisions(definition: StudyDefinition) -> Iterator[Fault]:
    """Give what is still open, and decisions without a reason or a source."""
    canonical = definition.model_dump(mode="json")
    for n, decision in enumerate(definition.decisions):
        path = ("decisions", n)
        if decision.choice == UNDECIDED:
            yield Fault(
                "DEC-OPEN",
                (*path, "choice"),
                f"open: {decision.question}",
                "Decide, and give the reason and source.",
                Severity.WARNING,
            )
        elif not decision.reason.strip() or not decision.source.strip():
            yield Fault(
                "DEC-REASON",
                path,
                f"decision `{decision.id}` has no {'reason' if decision.source else 'source'}.",
                "Say why this was chosen, and on what ground.",
            )
        elif decision.to_confirm:
            yield Fault(
                "DEC-CONFIRM",
                (*path, "choice"),
                f"proposed, not yet the team's: {decision.question} {decision.choice}",
                "Decide, then take `to_confirm` out.",
                Severity.INFO,
            )
        if not _leads_somewhere(canonical, decision.place):
            yield Fault(
                "DEC-PLACE",
                (*path, "place"),
                f"`{decision.place}` is no part of this definition.",
                "Write a path such as `interventions.secretome.route`.",
                Severity.WARNING,
            )
    yield from _open_without_decision(definition, canonical)


def _leads_somewhere(document: object, place: str) -> bool:
    for part in place.split("."):
        if isinstance(document, dict) and part in document:
            document = document[part]
        elif isinstance(document, list):
            named = {str(n): each for n, each in enumerate(document)}
            named |= {each["id"]: each for each in document if isinstance(each, dict) and "id" in each}
            if part not in named:
                return False
            document = named[part]
        else:
            return False
    return True


def _open_without_decision(definition: StudyDefinition, canonical: object) -> Iterator[Fault]:
    """Give what is `undecided` in place: unasked, or asked and answered in `decisions` alone."""
    answers = {decision.place: decision.choice for decision in definition.decisions}
    for path, place in _undecided(canonical, (), ""):
        if path[0] == "decisions":
            continue
        asked = next((each for each in _around(place) if each in answers), None)
        if asked is None:
            yield Fault(
                "DEC-OPEN",
                path,
                f"`{place}` is undecided.",
                "Decide it, or ask the question under `decisions`.",
                Severity.WARNING,
            )
        elif asked == place and answers[asked] != UNDECIDED:
            yield Fault(
                "DEC-CONTRADICTS",
                path,
                f"`{place}` is undecided, but its decision says: {answers[asked]}.",
                "Write the choice here as well.",
            )


def _around(place: str) -> Iterator[str]:
    """Give the place itself, then what lies around it: `a.b.c`, `a.b`, `a`."""
    parts = place.split(".")
    for length in range(len(parts), 0, -1):
        yield ".".join(parts[:length])


def _undecided(part: object, path: tuple[str | int, ...], place: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if part == UNDECIDED:
        yield path, place
    elif isinstance(part, dict):
        for key, inner in part.items():
            yield from _undecided(inner, (*path, key), f"{place}.{key}".lstrip("."))
    elif isinstance(part, list):
        for n, inner in enumerate(part):
            name = inner.get("id", n) if isinstance(inner, dict) else n
            yield from _undecided(inner, (*path, n), f"{place}.{name}".lstrip("."))
