"""How far a participant is: the schedule of activities with a state for every encounter and every form of it.

Before randomisation day 1 is not known: what may come before it is due at once, and nothing of it is late.
"""

from datetime import date
from enum import StrEnum

from equipoise.conduct.checking import is_asked
from equipoise.conduct.events import EncounterMissed
from equipoise.conduct.participant import Participant
from equipoise.conduct.plan import Plan, PlannedForm, window_of
from equipoise.conduct.point import Page
from equipoise.conduct.stage import Stage
from equipoise.conduct.words import WithdrawalFrom
from equipoise.instruments.item import ItemType
from equipoise.protocol.schedule import Encounter


class Progress(StrEnum):
    """The state of an encounter or of one of its forms."""

    NOT_DUE = "not_due"
    DUE = "due"
    LATE = "late"
    PART_DONE = "part_done"
    DONE = "done"
    MISSED = "missed"
    NOT_EXPECTED = "not_expected"  # the participant has left, or never came in


_ON_THE_WAY = frozenset({Stage.CONSENTED, Stage.ELIGIBLE, Stage.ENROLLED})


def encounter_window(participant: Participant, encounter: Encounter) -> tuple[date, date] | None:
    """The first and last day on which the encounter is in time; None while day 1 is not known."""
    return None if participant.randomised_on is None else window_of(encounter, participant.randomised_on)


def encounter_progress(plan: Plan, participant: Participant, encounter: Encounter, today: date) -> Progress:
    """The state of an encounter with everything that belongs to it: its forms and its dose."""
    if participant.started(encounter.id) is None:
        return _of_the_visit(plan, participant, encounter, today)
    dose = plan.dose_numbers.get(encounter.id)
    has_dose = dose is None or dose in participant.doses or participant.stopped(WithdrawalFrom.TREATMENT) is not None
    pages = (page_progress(plan, participant, Page(encounter.id, form), today) for form in encounter.forms)
    is_done = has_dose and all(each is Progress.DONE for each in pages)
    return Progress.DONE if is_done else Progress.PART_DONE


def page_progress(plan: Plan, participant: Participant, page: Page, today: date) -> Progress:
    """The state of one form of an encounter.

    Once the encounter has started, an empty form is due on that day and late from the next one on.
    """
    encounter = plan.encounters[page.encounter]
    started = participant.started(encounter.id)
    if started is None:
        return _of_the_visit(plan, participant, encounter, today)
    if page not in participant.pages:
        return Progress.LATE if today > started.on else Progress.DUE
    return Progress.PART_DONE if open_items(plan.forms[page.form], participant, page) else Progress.DONE


def open_items(form: PlannedForm, participant: Participant, page: Page) -> tuple[str, ...]:
    """The items of a page that are asked and have neither an answer nor a word why not.

    An optional free text (a remark) is asked and may stay empty.
    """
    held, answers = participant.pages.get(page, {}), participant.answers(page)
    return tuple(
        item_id
        for item_id in form.asked
        if item_id not in held
        and (form.items[item_id].required or form.items[item_id].type is not ItemType.TEXT)
        and is_asked(form, item_id, answers)
    )


def next_encounter(plan: Plan, participant: Participant) -> Encounter | None:
    """The next planned encounter that has neither started nor been missed; None if nothing is expected any more."""
    if not _is_expected(participant):
        return None
    return next((each for each in plan.encounters.values() if each.id not in participant.encounters), None)


def _is_expected(participant: Participant) -> bool:
    is_under_way = participant.stage is Stage.RANDOMISED or participant.stage in _ON_THE_WAY
    return is_under_way and not any(each.stops is WithdrawalFrom.FOLLOW_UP for each in participant.withdrawals)


def _of_the_visit(plan: Plan, participant: Participant, encounter: Encounter, today: date) -> Progress:
    """The state of an encounter that has not started."""
    if isinstance(participant.encounters.get(encounter.id), EncounterMissed):
        return Progress.MISSED
    if participant.stage is Stage.SCREENED:
        return Progress.NOT_DUE
    if not _is_expected(participant):
        return Progress.NOT_EXPECTED
    window = encounter_window(participant, encounter)
    if window is None:
        return Progress.DUE if plan.before_day_one(encounter) else Progress.NOT_DUE
    first, last = window
    if today < first:
        return Progress.NOT_DUE
    return Progress.LATE if today > last else Progress.DUE
