"""What is wrong with a scenario file, in words, and the nearest value that can be."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from equipoise.vocabulary import Refusal

_WHAT = {
    "spread": "a standard deviation is never negative",
    "placebo_spread": "a standard deviation is never negative",
    "screened_per_week": "somebody has to be screened",
    "packs": "there are never fewer than no packs",
    "sizes": "two arms need at least two participants",
    "standardised": "no effect needs no trial",
}
_BOUNDS = {
    "greater_than_equal": "ge",
    "greater_than": "gt",
    "less_than_equal": "le",
    "less_than": "lt",
}


def refusal_of(file: str, error: ValidationError) -> Refusal:
    """The first fault as a refusal: its place, what is wrong with it, and the nearest that can be."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    field = next((str(part) for part in reversed(first["loc"]) if not isinstance(part, int)), "")
    kind, context = first["type"], first.get("ctx", {})
    if kind in _BOUNDS:
        what = _WHAT.get(field, _limits(kind, context))
        return _refused(f"{file}: {place} is {first['input']}, but {what}.", _nearest(kind, context))
    if kind == "extra_forbidden":
        return _refused(f"{file}: a scenario has no `{place}`.", "Check the spelling, or leave the line out.")
    if kind == "missing":
        return _refused(f"{file}: {place} is missing.", "Add it.")
    if kind in ("float_parsing", "int_parsing"):
        return _refused(f"{file}: {place} is `{first['input']}`, which is no number.", "Write a number, such as 0.5.")
    return _refused(f"{file}: {place}: {first['msg']}.", "Correct this line and try again.")


def _limits(kind: str, context: Mapping[str, Any]) -> str:
    bound = f"{context[_BOUNDS[kind]]:g}"
    words = {"ge": "cannot be below", "gt": "has to be above", "le": "cannot be above", "lt": "has to be below"}
    return f"it {words[_BOUNDS[kind]]} {bound}"


def _nearest(kind: str, context: Mapping[str, Any]) -> str:
    bound = context[_BOUNDS[kind]]
    away = {"greater_than": 0.1, "less_than": -0.1}.get(kind, 0.0)  # an open bound is not reached itself
    return f"The nearest that can be: {bound + away:g}."


def _refused(sentence: str, remedy: str) -> Refusal:
    return Refusal("SCENARIO-SENSE", sentence, remedy)
