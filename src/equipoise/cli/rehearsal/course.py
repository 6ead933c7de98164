"""The course of one synthetic participant through the trial: a generator that acts when the agenda calls it.

What nature shows comes from the scenario; what people do wrong - late visits, missed visits, typing errors, a wrong
dose volume - comes from it too, drawn from a stream of the participant's own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256

import numpy as np

from equipoise.allocation import pack_for_dose
from equipoise.cli.rehearsal.cast import ASSESSOR, CARE_PROVIDER, INVESTIGATOR
from equipoise.cli.rehearsal.consent_page import consent_page
from equipoise.cli.rehearsal.desk import Desk
from equipoise.cli.rehearsal.page import Mistyped, Sight, fill, mistype
from equipoise.conduct import (
    AdministerDose,
    Capture,
    Complete,
    DecideCriterion,
    Dispense,
    Enrol,
    FailScreening,
    MarkNotDone,
    MissEncounter,
    Page,
    Randomise,
    RecordConsent,
    Screen,
    SignEligibility,
    StartEncounter,
    Typed,
    Withdraw,
    answer_at,
    scheduled_on,
    window_of,
)
from equipoise.conduct.words import ScreenFailure, WithdrawalFrom, WithdrawalReason
from equipoise.design import AdverseEventModel, Life, Scenario
from equipoise.protocol.schedule import Activity, Encounter
from equipoise.safety import ReportAdverseEvent
from equipoise.safety.events import Assessment
from equipoise.safety.words import ActionTaken, Causality, Expectedness, Outcome, Seriousness

_OPENS = time(8, 30)
_BODY_SITES = ("left deltoid", "right deltoid")
_LATE_REASON = "SYNTHETIC: the participant could not come in time."
_MISSED_REASON = "SYNTHETIC: the participant did not come."
_NOT_DONE_REASON = "SYNTHETIC: the sample was not sufficient."
_VOLUME_REASON = "SYNTHETIC: some of the volume was lost at the needle."
_UNUSUAL_REASON = "SYNTHETIC: checked against the source document."


@dataclass
class Course:
    """One participant.  `life` is nature's truth, `luck` draws what people do, `arm_of` is nature's own oracle."""

    desk: Desk
    scenario: Scenario
    site: str
    life: Life
    luck: np.random.Generator
    arm_of: Callable[[int, int], str]
    number: str = ""
    arm: str | None = None
    mistyped: list[Mistyped] = field(default_factory=list)
    events: dict[str, list[AdverseEventModel]] = field(default_factory=dict)
    is_over: bool = False

    def run(self, screened_on: date) -> Iterator[datetime]:
        """The whole course; yields each moment at which the participant is next seen."""
        yield from self._steps(screened_on)
        self.is_over = True

    def _steps(self, screened_on: date) -> Iterator[datetime]:
        yield self._opening(screened_on)
        self._screen(screened_on)
        if self._happens(self.scenario.behaviour.refuses_consent):
            self.desk.do(CARE_PROVIDER, FailScreening(self.number, ScreenFailure.DECLINED))
            return
        self._consent(screened_on)
        encounters = self.desk.plan.definition.encounters
        before = [encounter for encounter in encounters if encounter.day < 1]
        day_one = screened_on - timedelta(days=before[0].day if before else 0)
        for encounter in before:
            on = scheduled_on(encounter.day, day_one)
            if on > screened_on:
                yield self._opening(on)
            self._visit(encounter, on)
        if not self._is_eligible():
            return
        first = next(each for each in encounters if Activity.RANDOMISATION in each.activities)
        yield self._opening(day_one)
        self._randomise()
        self._plan_adverse_events(encounters)
        self._visit(first, day_one, day_one)
        yield from self._follow(day_one, [encounter for encounter in encounters if encounter.day > 1])

    # --- before randomisation ---------------------------------------------------------------------------------------

    def _screen(self, on: date) -> None:
        (entry,) = self.desk.do(CARE_PROVIDER, Screen(self.site, on))
        self.number = entry.event.participant

    def _consent(self, on: date) -> None:
        document = self.desk.plan.definition.consent[-1]
        page = consent_page(self.number, document.version, document.languages[-1])
        self.desk.do(
            CARE_PROVIDER,
            RecordConsent(
                self.number,
                document.version,
                document.languages[-1],
                CARE_PROVIDER.who,
                on,
                sha256(page).hexdigest(),
                "SYNTHETIC witness" if document.witness_required else "",
            ),
        )

    def _is_eligible(self) -> bool:
        """Decide every criterion; the entry score is nature's, other failures are drawn."""
        plan = self.desk.plan
        fails = self._happens(self.scenario.behaviour.fails_a_criterion)
        failing = plan.criteria[int(self.luck.integers(len(plan.criteria)))] if fails else None
        if not self._reaches_entry_score():
            failing = failing or plan.criteria[0]
        for criterion in plan.criteria:
            self.desk.do(
                INVESTIGATOR,
                DecideCriterion(self.number, criterion, plan.is_unwanted(criterion) == (criterion == failing)),
            )
        if failing:
            self.desk.do(INVESTIGATOR, FailScreening(self.number, ScreenFailure.NOT_ELIGIBLE))
            return False
        self.desk.do(INVESTIGATOR, SignEligibility(self.number))
        self.desk.do(INVESTIGATOR, Enrol(self.number))
        return True

    def _reaches_entry_score(self) -> bool:
        """True if the entry item, as last answered before day 1, reaches its score; or if it was never asked."""
        wanted, least = self.scenario.entry_item, self.scenario.entry_score
        plan, participant = self.desk.plan, self.desk.state.participant(self.number)
        if wanted is None or least is None or wanted not in plan.form_of:
            return True
        found = [answer_at(plan, participant, encounter, wanted) for encounter in participant.encounters]
        scores = [answer.number() for answer in found if answer is not None]
        return not scores or float(scores[-1]) >= least

    # --- from day 1 -------------------------------------------------------------------------------------------------

    def _randomise(self) -> None:
        self.desk.do(CARE_PROVIDER, Randomise(self.number))
        self.arm = self.arm_of(*self.desk.state.allocation.slot_of[self.number])

    def _follow(self, day_one: date, encounters: list[Encounter]) -> Iterator[datetime]:
        behaviour = self.scenario.behaviour
        leaves = self._happens(behaviour.withdraws)
        leaves_at = int(self.luck.integers(1, len(encounters))) if leaves and len(encounters) > 1 else len(encounters)
        on = day_one
        for index, encounter in enumerate(encounters):
            following = encounters[index + 1].day if index + 1 < len(encounters) else encounter.day + 99
            on = max(self._comes_on(encounter, day_one, following - encounter.day), on + timedelta(days=1))
            missed = self._happens(behaviour.misses_visit)
            yield self._opening(on)
            if index >= leaves_at:
                self._withdraw(on)
                return
            if missed:
                self.desk.do(CARE_PROVIDER, MissEncounter(self.number, encounter.id, _MISSED_REASON))
            else:
                self._visit(encounter, on, day_one)
        self.desk.do(INVESTIGATOR, Complete(self.number, on))

    def _plan_adverse_events(self, encounters: tuple[Encounter, ...]) -> None:
        """Draw which events will be told at which visit; the draws are the same in every arm."""
        treated = [encounter.id for encounter in encounters if encounter.day >= 1]
        for model in self.scenario.adverse_events:
            chance, when = self.luck.random(), int(self.luck.integers(len(treated)))
            if chance < model.share + model.extra_share.get(self.arm or "", 0.0):
                self.events.setdefault(treated[when], []).append(model)

    def _tell_adverse_events(self, encounter: Encounter, on: date) -> None:
        for model in self.events.get(encounter.id, ()):
            self.desk.do(INVESTIGATOR, ReportAdverseEvent(self.number, on, _assessment(model, on)))

    def _withdraw(self, on: date) -> None:
        reasons = (WithdrawalReason.PARTICIPANT_DECISION, WithdrawalReason.LOST_TO_FOLLOW_UP)
        reason = reasons[int(self.luck.integers(len(reasons)))]
        self.desk.do(INVESTIGATOR, Withdraw(self.number, WithdrawalFrom.FOLLOW_UP, reason, on))

    def _comes_on(self, encounter: Encounter, day_one: date, days_to_next: int) -> date:
        """The day of the visit: planned, late within its window, or now and then beyond it.

        Who should come daily comes today or not at all.
        """
        behaviour = self.scenario.behaviour
        planned, last = scheduled_on(encounter.day, day_one), window_of(encounter, day_one)[1]
        room = (last - planned).days
        late, beyond = self._happens(behaviour.comes_late), self._happens(behaviour.comes_outside_window)
        if beyond and days_to_next > room + 1:
            return last + timedelta(days=1)
        return planned + timedelta(days=1 if late and room else 0)

    # --- one visit --------------------------------------------------------------------------------------------------

    def _visit(self, encounter: Encounter, on: date, day_one: date | None = None) -> None:
        outside = False
        if day_one is not None:
            first, last = window_of(encounter, day_one)
            outside = not first <= on <= last
        self.desk.do(CARE_PROVIDER, StartEncounter(self.number, encounter.id, on, _LATE_REASON if outside else ""))
        sight = self._sight(encounter)
        for form_id in encounter.forms:
            self._fill_page(Page(encounter.id, form_id), sight)
        if Activity.DOSE in encounter.activities:
            self._give_dose(encounter)
        self._tell_adverse_events(encounter, on)

    def _sight(self, encounter: Encounter) -> Sight:
        encounters = self.desk.plan.definition.encounters
        last_day = max(1, encounters[-1].day - 1)
        progress = min(1.0, max(0, encounter.day - 1) / last_day)
        return Sight(self.life, encounters.index(encounter), progress, self.arm, self._local_moment())

    def _fill_page(self, page: Page, sight: Sight) -> None:
        plan, form = self.desk.plan, self.desk.plan.form(page.form)
        filled, behaviour = fill(plan, form, sight), self.scenario.behaviour
        lost = [item for item in filled.written if self._happens(behaviour.item_not_done)]
        missing = [*filled.unreadable, *(item for item in lost if not form.items[item].required)]
        slips = mistype(plan, form, filled, self.luck, share=behaviour.typing_error, moment=sight.moment)
        typed = {item: slips.get(item, text) for item, text in filled.written.items() if item not in missing}
        hidden = any(ASSESSOR.role in item.restricted for item in form.items.values())
        actor = INVESTIGATOR if hidden else ASSESSOR
        self.mistyped += [
            Mistyped(actor, self.number, page, item, filled.written[item]) for item in slips if item in typed
        ]
        answers = tuple(Typed(item, text, reason=_UNUSUAL_REASON) for item, text in typed.items())
        if answers:
            self.desk.do(actor, Capture(self.number, page, answers))
        if missing:
            self.desk.do(actor, MarkNotDone(self.number, page, _NOT_DONE_REASON, tuple(missing)))

    def _give_dose(self, encounter: Encounter) -> None:
        dose = self.desk.plan.dose_numbers[encounter.id]
        pack = pack_for_dose(self.desk.state.allocation, self.number, dose)
        self.desk.do(CARE_PROVIDER, Dispense(self.number, encounter.id, pack))
        spilt = self._happens(self.scenario.behaviour.dose_deviation)
        planned = self.desk.plan.definition.interventions[0].dose_ml
        volume = "1" if planned == "undecided" else f"{planned * 4 / 5 if spilt else planned:f}"
        self.desk.do(
            CARE_PROVIDER,
            AdministerDose(
                self.number,
                encounter.id,
                pack,
                self.desk.clock(),
                volume,
                _BODY_SITES[dose % 2],
                _VOLUME_REASON if spilt else "",
            ),
        )

    # --- small things -----------------------------------------------------------------------------------------------

    def _happens(self, share: float) -> bool:
        return bool(self.luck.random() < share)

    def _opening(self, on: date) -> datetime:
        return datetime.combine(on, _OPENS, tzinfo=self.desk.plan.zone)

    def _local_moment(self) -> datetime:
        return self.desk.clock().astimezone(self.desk.plan.zone).replace(microsecond=0)


def _assessment(model: AdverseEventModel, on: date) -> Assessment:
    """What the masked investigator says: begun and over on the day on which it is told."""
    return Assessment(
        term=model.term,
        started_on=on,
        grade=model.grade,
        causality=Causality.POSSIBLE if model.related else Causality.UNRELATED,
        action=ActionTaken.NONE,
        outcome=Outcome.RECOVERED,
        serious=(Seriousness.HOSPITALISATION,) if model.serious else (),
        expectedness=Expectedness.EXPECTED if model.serious else None,
        ended_on=on,
    )
