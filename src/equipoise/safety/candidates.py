"""Graded results that may be adverse events: offered to the investigator, never entered by the program."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from equipoise.conduct import Page, Participant, Plan, Point, answer_at
from equipoise.instruments.ctcae import GradedTerm
from equipoise.instruments.grading import Circumstances, Grading, grade
from equipoise.instruments.item import Item, ItemType
from equipoise.instruments.library import ctcae
from equipoise.instruments.reference_range import ReferenceRange, flag
from equipoise.protocol.schedule import Encounter
from equipoise.safety.state import SafetyState
from equipoise.vocabulary import Equivalence, Reported

RangeOf = Callable[[Participant, str, str], ReferenceRange | None]
"""(participant, encounter, analyte) -> the laboratory's own limits for that sample, or None where they are unknown."""

_GRADED = "ctcae_v5."


@dataclass(frozen=True, slots=True)
class GradedResult:
    """One result from day 1 on for one CTCAE term; a grade is None where the data do not give one.

    `seq` is the entry that holds the result.
    """

    participant: str
    term: str
    grade: int | None
    baseline_grade: int | None
    point: Point
    seq: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A result that CTCAE grades above the participant's baseline; `seq` is the entry that holds it."""

    participant: str
    term: str
    grade: int
    baseline_grade: int | None
    point: Point
    seq: int


def candidates(
    plan: Plan, safety: SafetyState, participant: Participant, range_of: RangeOf | None = None
) -> tuple[Candidate, ...]:
    """Results after randomisation whose grade exceeds the baseline's, and that nobody has dealt with.

    Without the laboratory's limits only the criteria that need none give a grade.  Lupus often starts with low counts:
    what counts is the change from baseline.
    """
    return tuple(
        Candidate(each.participant, each.term, each.grade, each.baseline_grade, each.point, each.seq)
        for each in graded_results(plan, participant, range_of)
        if each.grade is not None
        and each.grade > (each.baseline_grade or 0)
        and (participant.number, each.seq) not in safety.settled_candidates
    )


def graded_results(plan: Plan, participant: Participant, range_of: RangeOf | None = None) -> Iterator[GradedResult]:
    """Every result from day 1 on that CTCAE has criteria for, with its grade and that of the participant's baseline."""
    for encounter in plan.definition.encounters:
        if encounter.day < 1 or participant.started(encounter.id) is None:
            continue
        for form_id in encounter.forms:
            for item in plan.forms[form_id].items.values():
                yield from _of_item(plan, participant, encounter, item, range_of)


def _of_item(
    plan: Plan, participant: Participant, encounter: Encounter, item: Item, range_of: RangeOf | None
) -> Iterator[GradedResult]:
    if item.derived is not None and item.derived.score.startswith(_GRADED):
        yield from _of_form(plan, participant, encounter, item)
    if item.type is not ItemType.REPORTED_QUANTITY:
        return
    point = Point(encounter.id, plan.form_of[item.id], item.id)
    current = participant.current(point)
    if current is None or current.answer is None:
        return
    for term in ctcae().terms_of(item.id):
        baseline = _baseline(plan, participant, item, term, range_of)
        about = _circumstances(participant, encounter.id, item, range_of, baseline)
        graded = grade(term, current.answer.reported(), about, _molar(item))
        before = baseline.grading.grade if baseline else None
        yield GradedResult(participant.number, term.id, graded.grade, before, point, current.seq)


def _of_form(plan: Plan, participant: Participant, encounter: Encounter, item: Item) -> Iterator[GradedResult]:
    """A grade that the form itself derives, as fever or a reaction at the injection site."""
    assert item.derived is not None, "only derived items are derived"
    answer = answer_at(plan, participant, encounter.id, item.id)
    if answer is None:
        return
    page = Page(encounter.id, plan.form_of[item.id])
    latest = max(past[-1].seq for past in participant.pages[page].values())
    term = item.derived.score.removeprefix(_GRADED)
    yield GradedResult(participant.number, term, int(answer.number()), None, page.point(item.id), latest)


@dataclass(frozen=True, slots=True)
class _Baseline:
    result: Reported
    encounter: str
    grading: Grading


def _baseline(
    plan: Plan, participant: Participant, item: Item, term: GradedTerm, range_of: RangeOf | None
) -> _Baseline | None:
    """The last result before day 1 (or on it, before randomisation), graded against the same limits."""
    before = [each.id for each in plan.definition.encounters if plan.before_day_one(each)]
    for encounter in reversed(before):
        answer = answer_at(plan, participant, encounter, item.id)
        if answer is not None:
            result = answer.reported()
            about = _circumstances(participant, encounter, item, range_of, None)
            return _Baseline(result, encounter, grade(term, result, about, _molar(item)))
    return None


def _circumstances(
    participant: Participant, encounter: str, item: Item, range_of: RangeOf | None, baseline: _Baseline | None
) -> Circumstances:
    limits = range_of(participant, encounter, item.id) if range_of else None
    if baseline is None:
        return Circumstances(limits=limits)
    before = range_of(participant, baseline.encounter, item.id) if range_of else None
    raised = flag(baseline.result, before, _molar(item))
    return Circumstances(limits=limits, baseline=baseline.result, baseline_flag=raised)


def _molar(item: Item) -> Equivalence | None:
    return item.equivalence.equivalence() if item.equivalence else None
