"""Whatever is asked, in whatever order, by whomever: no forbidden step is taken, and the state is the ledger's fold.

The oracle reads the entries alone and knows nothing of stages, tables or decisions: it is a second, naive statement of
the order of the trial (S13, 21 CFR 11.10(f)).
"""

import random
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from conduct_world import WHO, at, on, plan, sealed_list
from equipoise.allocation import pack_for_dose
from equipoise.closure import Trial, cut_data, decide, fold, review
from equipoise.conduct import (
    AdministerDose,
    AnswerQuery,
    Capture,
    CloseDataEntry,
    CloseQuery,
    Complete,
    ConfirmAnswer,
    Correct,
    DecideCriterion,
    DeviationKind,
    Dispense,
    Enrol,
    FailScreening,
    MarkNotDone,
    MissEncounter,
    OmitDose,
    OpenTrial,
    Page,
    RaiseQuery,
    Randomise,
    RecordConsent,
    RecordDeviation,
    ReopenDataEntry,
    Screen,
    ScreenFailure,
    SignEligibility,
    StartEncounter,
    Typed,
    Withdraw,
    WithdrawalFrom,
    WithdrawalReason,
    flow_of,
    may,
)
from equipoise.ledger import GENESIS, Entry, chain_hash, next_entry
from equipoise.safety import ActionTaken, Assessment, Causality, Outcome, ReportAdverseEvent
from equipoise.vocabulary import Refusal, Role, digest

PEOPLE = ("01-0001", "01-0002", "01-0003")
PLACES = ("screening", "day_1", "day_8", "day_31")
RASH = Assessment("rash", on(1), 1, Causality.POSSIBLE, ActionTaken.NONE, Outcome.NOT_RECOVERED)


class Ledger:
    """Entries in a list, decided by the real door: no database, so that many thousands of actions take seconds."""

    def __init__(self) -> None:
        self.trial = Trial()
        self.entries: list[Entry] = []
        self.day = -14

    def put(self, events, who="system.1", role=Role.SYSTEM) -> None:
        for event in events:
            last = self.entries[-1].hash if self.entries else GENESIS
            entry = next_entry(
                len(self.entries) + 1, last, event, who=who, role=role, when=at(self.day), why="", request=""
            )
            self.entries.append(entry)
            self.trial.apply(entry)

    def ask(self, role: Role, command: object) -> bool:
        """True if the command was accepted."""
        actor = WHO[role]
        try:
            events = decide(plan(), self.trial, command, actor=actor, moment=at(self.day))
        except Refusal:
            return False
        self.put(events, actor.who, role)
        return True

    def pass_days(self, days: int) -> None:
        later = at(self.day) + timedelta(days=days)
        self.day = next(day for day in range(self.day, 400) if day != 0 and at(day) >= later)


def a_pack(trial: Trial, luck: random.Random, number: str, encounter: str) -> str:
    dose = plan().dose_numbers.get(encounter, 1)
    if number in trial.conduct.allocation.slot_of and luck.random() < 0.8:
        return pack_for_dose(trial.conduct.allocation, number, dose)
    return f"{luck.randrange(10**6):06d}"


def a_page(luck: random.Random) -> Page:
    encounter = luck.choice(PLACES)
    return Page(encounter, luck.choice(plan().encounters[encounter].forms))


def typed(luck: random.Random, page: Page) -> tuple[Typed, ...]:
    texts = ("present", "absent", "female", "120", "80", "170", "1990", "3", "<0.3", "participant")
    items = luck.sample(list(plan().forms[page.form].items), k=1)
    return tuple(Typed(item, luck.choice(texts), reason=luck.choice(("", "seen"))) for item in items)


def a_correction(trial: Trial, luck: random.Random, number: str) -> object:
    person = trial.conduct.participants.get(number)
    points = [point for point, _ in person.points()] if person else []
    if not points:
        return MarkNotDone(number, a_page(luck), "in a hurry")
    point = luck.choice(points)
    current = person.current(point)
    page = Page(point.encounter, point.form, point.repetition)
    return Correct(
        number, page, point.item, current.seq, "misread", Typed(point.item, luck.choice(("118", "absent", "72")))
    )


def next_criterion(trial: Trial, number: str) -> str:
    person = trial.conduct.participants.get(number)
    return next((each for each in plan().criteria if person and each not in person.criteria), "I1")


def a_decision(trial: Trial, luck: random.Random, number: str, criterion: str) -> object:
    return DecideCriterion(number, criterion, (criterion[0] == "I") == (luck.random() < 0.95), "seen")


Action = Callable[[Trial, random.Random, str, int], object]
"""(trial, luck, participant, study day) -> a command that may or may not be possible."""

ACTIONS: dict[str, Action] = {
    "screen": lambda t, r, p, d: Screen("01", on(d)),
    "consent": lambda t, r, p, d: RecordConsent(p, "1.0", "id", "dr.a", on(d), digest(p)),
    "decide": lambda t, r, p, d: a_decision(t, r, p, r.choice(plan().criteria)),
    "decide next": lambda t, r, p, d: a_decision(t, r, p, next_criterion(t, p)),
    "sign": lambda t, r, p, d: SignEligibility(p),
    "fail": lambda t, r, p, d: FailScreening(p, r.choice(list(ScreenFailure))),
    "enrol": lambda t, r, p, d: Enrol(p),
    "randomise": lambda t, r, p, d: Randomise(p, r.choice(("", "no bed was free"))),
    "start": lambda t, r, p, d: StartEncounter(p, r.choice(PLACES), on(d), r.choice(("", "the road was flooded"))),
    "miss": lambda t, r, p, d: MissEncounter(p, r.choice(PLACES), "did not come"),
    "dispense": lambda t, r, p, d: Dispense(p, e := r.choice(PLACES[1:3]), a_pack(t, r, p, e)),
    "give": lambda t, r, p, d: AdministerDose(
        p, e := r.choice(PLACES[1:3]), a_pack(t, r, p, e), at(d), "1.5", "left deltoid", r.choice(("", "late"))
    ),
    "omit": lambda t, r, p, d: OmitDose(p, r.choice(PLACES[1:3]), "fever"),
    "capture": lambda t, r, p, d: Capture(p, page := a_page(r), typed(r, page)),
    "correct": lambda t, r, p, d: a_correction(t, r, p),
    "confirm": lambda t, r, p, d: ConfirmAnswer(p, r.randint(1, 3), "measured twice"),
    "ask": lambda t, r, p, d: RaiseQuery(p, "Is this right?"),
    "answer": lambda t, r, p, d: AnswerQuery(r.randint(1, 3), "It is."),
    "close query": lambda t, r, p, d: CloseQuery(r.randint(1, 3), "settled"),
    "deviate": lambda t, r, p, d: RecordDeviation(p, DeviationKind.OTHER, on(d), "no fasting"),
    "event": lambda t, r, p, d: ReportAdverseEvent(p, on(d), RASH),
    "withdraw": lambda t, r, p, d: Withdraw(p, r.choice(list(WithdrawalFrom)), r.choice(list(WithdrawalReason)), on(d)),
    "complete": lambda t, r, p, d: Complete(p, on(d)),
    "close": lambda t, r, p, d: CloseDataEntry("all data are in"),
    "reopen": lambda t, r, p, d: ReopenDataEntry("a page was missing"),
}
RARE = {"fail": 0.15, "withdraw": 0.1, "close": 0.05, "complete": 0.5, "miss": 0.3, "omit": 0.3}


def act(ledger: Ledger, luck: random.Random, name: str, number: str) -> None:
    command = ACTIONS[name](ledger.trial, luck, number, ledger.day)
    allowed = [role for role in Role if may(role, command.command_name)]
    role = luck.choice(allowed) if luck.random() < 0.95 else luck.choice(list(Role))
    accepted = ledger.ask(role, command)
    assert not accepted or role in allowed


# --- the oracle ------------------------------------------------------------------------------------------------------

NEEDS = {
    "consent_given": "participant_screened",
    "criterion_decided": "consent_given",
    "eligibility_signed": "criterion_decided",
    "participant_enrolled": "eligibility_signed",
    "slot_assigned": "participant_enrolled",
    "encounter_started": "consent_given",
    "encounter_missed": "slot_assigned",
    "pack_dispensed": "slot_assigned",
    "dose_administered": "slot_assigned",
    "dose_omitted": "slot_assigned",
    "answer_captured": "consent_given",
    "answer_not_done": "consent_given",
    "participant_withdrawn": "participant_enrolled",
    "participant_completed": "slot_assigned",
    "adverse_event_reported": "consent_given",
}
ONCE = ("eligibility_signed", "screening_failed", "participant_enrolled", "slot_assigned", "participant_completed")
NOT_AFTER = {
    "screening_failed": ("consent_given", "criterion_decided", "participant_enrolled", "encounter_started"),
    "participant_enrolled": ("screening_failed", "criterion_decided"),
    "eligibility_signed": ("criterion_decided",),
    "participant_completed": ("encounter_started", "dose_administered", "pack_dispensed", "participant_withdrawn"),
}
OF_CLOSING = {"data_entry_closed", "data_entry_reopened"}


def judge_order(entries: list[Entry]) -> None:
    """Raises `AssertionError` where the entries show a step that the order of the trial forbids."""
    seen: dict[str, list[str]] = {}
    points: set[tuple[object, ...]] = set()
    doses: dict[str, list[int]] = {}
    slots: list[int] = []
    closed = False
    for entry in entries:
        kind, body = entry.type, entry.body
        assert not closed or kind in OF_CLOSING, f"{kind} in closed data"
        closed = (closed or kind == "data_entry_closed") and kind != "data_entry_reopened"
        number = body.get("participant")
        if number is None:
            continue
        past = seen.setdefault(number, [])
        assert kind == "participant_screened" or "participant_screened" in past
        assert kind not in NEEDS or NEEDS[kind] in past, f"{kind} without {NEEDS[kind]}"
        assert kind not in ONCE or kind not in past, f"{kind} twice"
        for end, forbidden in NOT_AFTER.items():
            assert end not in past or kind not in forbidden, f"{kind} after {end}"
        if kind == "slot_assigned":
            slots.append(body["slot"])
        if kind in {"dose_administered", "dose_omitted"}:
            doses.setdefault(number, []).append(body["dose"])
        if kind in {"answer_captured", "answer_not_done"}:
            point = (number, *sorted(body["point"].items()))
            assert point not in points, "a data point was first answered twice"
            points.add(point)
        past.append(kind)
    assert slots == list(range(len(slots))), "a slot was skipped or given twice"
    for given in doses.values():
        assert len(set(given)) == len(given), "a dose twice"


def judge_ledger(ledger: Ledger) -> None:
    judge_order(ledger.entries)
    prev = GENESIS
    for seq, entry in enumerate(ledger.entries, start=1):
        assert (entry.seq, entry.prev, entry.hash) == (seq, prev, chain_hash(prev, entry.content))
        prev = entry.hash
    again = fold(ledger.entries)
    assert again == ledger.trial
    assert cut_data(plan(), again) == cut_data(plan(), ledger.trial)
    flow = flow_of(plan(), ledger.trial.conduct)
    assert flow.screened == sum(flow.failed.values()) + flow.in_screening + flow.enrolled_only + flow.randomised
    for course in flow.courses:
        assert course.doses_given + course.doses_omitted <= course.doses_planned
        assert course.encounters_attended + course.encounters_missed <= len(PLACES)
    found = review(plan(), ledger.trial)
    assert len(found.memberships) + len(found.undecided) == 3 * flow.randomised


def opened() -> Ledger:
    ledger = Ledger()
    assert ledger.ask(Role.SPONSOR, OpenTrial(True))
    ledger.put(sealed_list())
    return ledger


@lru_cache
def play(seed: int, actions: int = 750) -> Ledger:
    luck = random.Random(seed)
    ledger = opened()
    names = list(ACTIONS)
    for _ in range(actions):
        if luck.random() < 0.04:
            ledger.pass_days(luck.choice((1, 1, 2, 5)))
        name = luck.choice(names)
        if luck.random() < RARE.get(name, 1):
            act(ledger, luck, name, luck.choice(PEOPLE))
    return ledger


@pytest.mark.parametrize("seed", range(40))
def test_no_random_sequence_takes_a_forbidden_step(seed):
    """40 x 750 = 30,000 random actions a run."""
    judge_ledger(play(seed))


def test_the_sequences_reach_every_kind_of_entry():
    """A test that explores only the entrance hall proves nothing."""
    reached = {entry.type for seed in range(40) for entry in play(seed).entries}
    assert set(NEEDS) | set(ONCE) | OF_CLOSING <= reached
    assert {"answer_corrected", "check_prompted", "prompt_settled", "query_closed", "deviation_recorded"} <= reached


def test_the_oracle_catches_a_step_out_of_order():
    ledger = next(
        each for each in (play(seed) for seed in range(40)) if any(e.type == "dose_administered" for e in each.entries)
    )
    without = [entry for entry in ledger.entries if entry.type != "slot_assigned"]
    with pytest.raises(AssertionError, match="without slot_assigned"):
        judge_order(without)


class Sequences(RuleBasedStateMachine):
    """The same actions, found and shrunk by Hypothesis."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = opened()

    @rule(name=st.sampled_from(list(ACTIONS)), number=st.sampled_from(PEOPLE), seed=st.integers(0, 50))
    def somebody_acts(self, name, number, seed):
        act(self.ledger, random.Random(seed), name, number)

    @rule(days=st.integers(1, 10))
    def days_pass(self, days):
        self.ledger.pass_days(days)

    @precondition(lambda self: len(self.ledger.entries) % 5 == 0)
    @invariant()
    def the_order_holds(self):
        judge_order(self.ledger.entries)

    def teardown(self):
        judge_ledger(self.ledger)


TestSequences = Sequences.TestCase
TestSequences.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
