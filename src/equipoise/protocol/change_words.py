"""The words in which a change is told."""

from typing import Any

from equipoise.protocol.change import Step

_KINDS = {
    "sites": "Site",
    "arms": "Arm",
    "interventions": "Intervention",
    "inclusion": "Inclusion criterion",
    "exclusion": "Exclusion criterion",
    "epochs": "Epoch",
    "forms": "Form",
    "objectives": "Objective",
    "endpoints": "Endpoint",
    "estimands": "Estimand",
    "decisions": "Decision",
    "analyses": "Analysis",
    "sets": "Analysis set",
    "items": "Item",
    "checks": "Edit check",
    "encounters": "Encounter",
}


def sentence(alike: list[Step]) -> str:
    """Say one change in words; `alike` are the same change of several parts, or all changes of one decision."""
    step = alike[0]
    if step.path[0] == "decisions" and len(step.path) > 2:
        return _decision(alike)
    if len(step.path) > 1 and _KINDS.get(step.path[-2]) and isinstance(_held(step), dict):
        what = "is added" if step.before is None else "is left out" if step.after is None else ""
        if what:
            about = _text_of(_held(step))
            return _ended(f"{_named(alike)} {what}{f': {about}' if about else ''}")
    return _ended(f"{_named(alike)} {_becomes(step)}")


def _held(step: Step) -> Any:
    return step.after if step.before is None else step.before


def _ended(words: str) -> str:
    return words if words.endswith(("?", ".", "!")) else f"{words}."


def _named(alike: list[Step]) -> str:
    """Name what changes: 'Endpoints `a`, `b`: encounter', or the path where it has no better name."""
    path = alike[0].path
    for at in range(len(path) - 1, 0, -1):
        kind = _KINDS.get(path[at - 1])
        if kind:
            names = ", ".join(f"`{step.path[at]}`" for step in alike)
            rest = " ".join(path[at + 1 :]).replace("_", " ")
            plural = "s" if len(alike) > 1 else ""
            return f"{kind}{plural} {names}{f': {rest}' if rest else ''}"
    return f"`{alike[0].place}`"


def _becomes(step: Step) -> str:
    if isinstance(step.before, list) and isinstance(step.after, list):
        return _list_change(step)
    if step.before is None:
        return f"is set to {shown(step.after)}"
    if step.after is None:
        return f"is no longer set; it was {shown(step.before)}"
    return f"changes from {shown(step.before)} to {shown(step.after)}"


def _decision(changes: list[Step]) -> str:
    name = changes[0].path[1]
    choice = next((step for step in changes if step.path[2] == "choice"), None)
    if choice is None:
        parts = ", ".join(step.path[2].replace("_", " ") for step in changes)
        return f"Decision `{name}`: {parts} changed; the choice stands."
    return _ended(f"Decision `{name}` changes from {shown(choice.before)} to {shown(choice.after)}")


def _list_change(step: Step) -> str:
    added = [shown(each) for each in step.after if each not in step.before]
    removed = [shown(each) for each in step.before if each not in step.after]
    if not added and not removed:
        return "has another order"
    parts = [f"gains {', '.join(added)}"] if added else []
    parts += [f"loses {', '.join(removed)}"] if removed else []
    return " and ".join(parts)


def _text_of(part: dict[str, Any]) -> str:
    """Give what a person would call a part: its text, name, title, label or question."""
    for key in ("text", "name", "title", "label", "question", "message"):
        held = part.get(key)
        if isinstance(held, dict):
            held = held.get("en") or held.get("und") or held.get("id")
        if held:
            return str(held).rstrip(".")
    return ""


def shown(part: Any) -> str:
    """Write a part of a definition as a person would name it; texts with spaces stand in quotation marks."""
    if part is None or part == "":
        return "nothing"
    if isinstance(part, dict):
        return _text_of(part) or ", ".join(f"{key} {shown(held)}" for key, held in part.items())
    if isinstance(part, list):
        return ", ".join(shown(each) for each in part) or "nothing"
    if isinstance(part, bool):
        return "true" if part else "false"
    text = " ".join(str(part).split())
    return f"“{text}”" if " " in text else text
