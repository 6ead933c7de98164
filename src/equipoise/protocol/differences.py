"""Say in words what changed between two definitions, heaviest first."""

import re
from collections.abc import Iterator

from equipoise.protocol.change import Change, Step, Weight, steps
from equipoise.protocol.change_words import sentence, shown
from equipoise.protocol.schedule import Encounter
from equipoise.protocol.study_definition import StudyDefinition

_TOPICS: tuple[tuple[str, Weight, str], ...] = (
    (r"(label|version|parent|equipoise)", Weight.WORDING, "version"),
    (r"(id|sponsor|record|sites|languages|time_zone).*", Weight.CONDUCT, "administration"),
    (r".*\.(name|title|label|help|message)(\..*)?", Weight.WORDING, "wording"),
    (r"title.*", Weight.WORDING, "wording"),
    (r"planned_participants", Weight.QUESTION, "participants"),
    (r"design_report", Weight.WORDING, "participants"),
    (r"(age_years|sexes|inclusion|exclusion).*", Weight.QUESTION, "eligibility"),
    (r"(endpoints|objectives).*", Weight.QUESTION, "endpoints"),
    (r"estimands.*", Weight.QUESTION, "estimands"),
    (r"analysis.*", Weight.QUESTION, "analysis"),
    (r"(arms|randomisation).*", Weight.QUESTION, "arms and randomisation"),
    (r"interventions.*", Weight.SAFETY, "interventions"),
    (r"masking.*", Weight.SAFETY, "masking"),
    (r"monitoring.*", Weight.SAFETY, "monitoring"),
    (r"consent.*", Weight.SAFETY, "consent"),
    (r"(encounters|epochs).*", Weight.CONDUCT, "schedule"),
    (r"forms.*", Weight.CONDUCT, "forms"),
    (r"decisions.*", Weight.WORDING, "decisions"),
)
"""Pattern of the place -> weight and topic; the first that fits counts."""


def diff_definitions(before: StudyDefinition, after: StudyDefinition) -> tuple[Change, ...]:
    """Give every change, ranked by weight and grouped by topic; nothing that differs is left out."""
    doses = frozenset(each.id for each in (*before.dose_encounters(), *after.dose_encounters()))
    found = [*_doses(before, after), *_of_steps(before, after, doses)]
    order = {topic: number for number, (_, _, topic) in enumerate(_TOPICS)}
    weights = list(Weight)
    return tuple(sorted(found, key=lambda change: (weights.index(change.weight), order.get(change.topic, -1))))


def _doses(before: StudyDefinition, after: StudyDefinition) -> Iterator[Change]:
    """Compare the dosing schedules as sets of days: ids that were renumbered are no change."""
    old, new = ([each.day for each in one.dose_encounters()] for one in (before, after))
    if old == new:
        return
    parts = [f"{len(old)} doses on {_days(old)} become {len(new)} on {_days(new)}"]
    if added := [day for day in new if day not in old]:
        parts.append(f"added on {_days(added)}")
    if removed := [day for day in old if day not in new]:
        parts.append(f"left out on {_days(removed)}")
    yield Change(Weight.QUESTION, "doses", f"{'; '.join(parts)}.", "encounters", _days(old), _days(new))


def _of_steps(before: StudyDefinition, after: StudyDefinition, doses: frozenset[str]) -> Iterator[Change]:
    timed: set[str] = set()
    others: list[Step] = []
    for step in steps(before, after):
        if step.path[0] == "encounters" and len(step.path) > 1:
            name = step.path[1]
            is_timing = len(step.path) == 2 or step.path[2] in _TIMING
            if is_timing and name not in timed:
                timed.add(name)
                yield from _timing(before, after, name, name in doses)
            if is_timing:
                continue
        others.append(step)
    for alike in _grouped(others):
        weight, topic = _weigh(alike[0].place)
        first = alike[0]
        yield Change(weight, topic, sentence(alike), first.place, shown(first.before), shown(first.after))


def _grouped(found: list[Step]) -> Iterator[list[Step]]:
    """Put together what one sentence can say: the same change of several parts, and all changes of one decision."""
    groups: dict[tuple[str, ...], list[Step]] = {}
    for step in found:
        if step.path[0] == "decisions" and len(step.path) > 2:
            key = step.path[:2]
        elif len(step.path) > 2:
            key = (step.path[0], *step.path[2:], repr(step.before), repr(step.after))
        else:
            key = step.path
        groups.setdefault(key, []).append(step)
    yield from groups.values()


_TIMING = {"day", "days_before", "days_after"}


def _timing(before: StudyDefinition, after: StudyDefinition, name: str, is_dose: bool) -> Iterator[Change]:
    old, new = (next((each for each in one.encounters if each.id == name), None) for one in (before, after))
    place = f"encounters.{name}"
    if old is None and new is not None:
        words = f"Encounter `{name}` is added on day {new.day}{_window(new)}."
    elif new is None and old is not None:
        words = f"Encounter `{name}` on day {old.day} is left out."
    else:
        assert old is not None and new is not None, "a step names an encounter of either definition"
        moved = f"moves from day {old.day} to day {new.day}" if old.day != new.day else f"stays on day {new.day}"
        window = "" if old.window() == new.window() else f", window {_span(old)} becomes {_span(new)}"
        words = f"Encounter `{name}` {moved}{window}."
    weight = Weight.SAFETY if is_dose else Weight.CONDUCT
    yield Change(weight, "schedule", words, place, _span(old), _span(new))


def _window(encounter: Encounter) -> str:
    first, last = encounter.window()
    return f" (window {_span(encounter)})" if first != last else ""


def _span(encounter: Encounter | None) -> str:
    if encounter is None:
        return ""
    first, last = encounter.window()
    return f"day {first}" if first == last else f"days {first} to {last}"


def _days(days: list[int]) -> str:
    """Write days as a person does: 'days 1-7, 14, 21'."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    shown = [f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return f"{'day' if len(days) == 1 else 'days'} {', '.join(shown)}" if days else "no day"


def _weigh(place: str) -> tuple[Weight, str]:
    return next((weight, topic) for pattern, weight, topic in _TOPICS if re.fullmatch(pattern, place))
