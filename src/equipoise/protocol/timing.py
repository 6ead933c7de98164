"""What the schedule must hold: an order of steps, windows that do not compete, doses after randomisation."""

from collections.abc import Iterator
from itertools import pairwise

from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.model_faults import Fault
from equipoise.protocol.objectives import Rank
from equipoise.protocol.schedule import Activity, Encounter
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.vocabulary import Severity


def judge_schedule(definition: StudyDefinition) -> Iterator[Fault]:
    """Give the faults of the schedule of activities (SPIRIT 2025 item 18; ICH E6(R3) B.4.2)."""
    yield from _in_order(definition)
    yield from _steps(definition)
    yield from _windows(definition)
    yield from _primary_after_treatment(definition)


def _in_order(definition: StudyDefinition) -> Iterator[Fault]:
    place = {epoch.id: n for n, epoch in enumerate(definition.epochs)}
    for n, (earlier, later) in enumerate(pairwise(definition.encounters), start=1):
        if later.day < earlier.day:
            yield Fault(
                "SCH-ORDER",
                ("encounters", n, "day"),
                f"`{later.id}` on day {later.day} stands after `{earlier.id}` on day {earlier.day}.",
                "List the encounters in the order of their days.",
            )
        if place.get(later.epoch, 0) < place.get(earlier.epoch, 0):
            yield Fault(
                "SCH-ORDER",
                ("encounters", n, "epoch"),
                f"`{later.id}` goes back to the epoch `{later.epoch}`.",
                "List epochs and encounters in the order of time.",
            )


_ONCE = (Activity.CONSENT, Activity.ELIGIBILITY, Activity.RANDOMISATION)


def _steps(definition: StudyDefinition) -> Iterator[Fault]:
    first: dict[Activity, int] = {}
    for n, encounter in enumerate(definition.encounters):
        for activity in encounter.activities:
            if activity in _ONCE and activity in first:
                yield Fault(
                    "SCH-STEP",
                    ("encounters", n, "activities"),
                    f"`{activity}` is planned a second time at `{encounter.id}`.",
                    "Plan it once.",
                )
            first.setdefault(activity, n)
    for activity in _ONCE:
        if activity not in first:
            yield Fault(
                "SCH-STEP", ("encounters",), f"no encounter has the activity `{activity}`.", "Add it to an encounter."
            )
    for before, after in pairwise((*_ONCE, Activity.DOSE)):
        if first.get(after, len(definition.encounters)) < first.get(before, -1):
            yield Fault(
                "SCH-STEP",
                ("encounters", first[after], "activities"),
                f"`{after}` is planned before `{before}`.",
                f"Plan `{before}` at this encounter or an earlier one.",
            )
    yield from _randomisation_on_day_1(definition)


def _randomisation_on_day_1(definition: StudyDefinition) -> Iterator[Fault]:
    for n, encounter in enumerate(definition.encounters):
        if Activity.RANDOMISATION in encounter.activities and encounter.day != 1:
            yield Fault(
                "SCH-DAY1",
                ("encounters", n, "day"),
                f"`{encounter.id}` randomises on day {encounter.day}.",
                "Day 1 is the day of randomisation: count the days from it.",
            )


def _windows(definition: StudyDefinition) -> Iterator[Fault]:
    for n, later in enumerate(definition.encounters):
        for earlier in definition.encounters[:n]:
            shared = _competing(earlier, later)
            if shared and later.window()[0] <= earlier.window()[1] and earlier.window()[0] <= later.window()[1]:
                yield Fault(
                    "SCH-WINDOW",
                    ("encounters", n),
                    f"the windows of `{earlier.id}` (days {_span(earlier)}) and `{later.id}` (days {_span(later)}) "
                    f"overlap, and both {shared}: a visit could count as either.",
                    "Narrow `days_before` or `days_after`.",
                )


def _competing(earlier: Encounter, later: Encounter) -> str:
    if Activity.DOSE in earlier.activities and Activity.DOSE in later.activities:
        return "give a dose"
    shared = [form for form in later.forms if form in earlier.forms]
    return f"ask `{shared[0]}`" if shared else ""


def _span(encounter: Encounter) -> str:
    first, last = encounter.window()
    return f"{first} to {last}"


def _primary_after_treatment(definition: StudyDefinition) -> Iterator[Fault]:
    doses = definition.dose_encounters()
    encounters = {encounter.id: encounter for encounter in definition.encounters}
    for n, endpoint in enumerate(definition.endpoints):
        assessed = encounters.get(endpoint.encounter)
        if endpoint.rank is not Rank.PRIMARY or assessed is None or not doses or endpoint.encounter == UNDECIDED:
            continue
        gap = assessed.day - doses[-1].day
        if gap <= 7:
            yield Fault(
                "OUT-10",
                ("endpoints", n, "encounter"),
                f"the primary endpoint is assessed on day {assessed.day}, {_gap(gap)} the last dose.",
                "Say in a decision why: acute and lasting effects cannot be told apart within seven days.",
                Severity.WARNING,
            )


def _gap(days: int) -> str:
    if days < 0:
        return f"{-days} days before"
    return "on the day of" if days == 0 else f"{days} days after"
