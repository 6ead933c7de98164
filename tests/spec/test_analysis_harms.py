"""Tables of harms and of masking, counted by hand (CONSORT 2025 items 15 and 27; Bang 2004; James 1996)."""

from dataclasses import replace
from datetime import date

import pytest

from equipoise.analysis.execution.executing import execute
from equipoise.analysis.harms_data import Exposure, Guess, HarmsData, ListedEvent, RecordedEvent, WorstGrade
from equipoise.closure import ReleasedAllocation
from equipoise.safety import ActionTaken, Assessment, Causality, Outcome
from plan_world import planned, recorded, rules

ROWS = [("S", "5", "3"), ("P", "5", "4"), ("S", "5", "2"), ("P", "5", "5")]


def event(participant, term, grade=1, *, serious=False, related=False, entries=(1,)):
    return RecordedEvent(participant, term, 3, grade, serious, related, False, False, entries)


HARMS = HarmsData(
    events=(
        event("P1", "Headache", 1, entries=(11,)),
        event("P1", "headache", 2, related=True, entries=(12, 15)),
        event("P2", "Headache", 1, entries=(13,)),
        event("P3", "Fever", 3, serious=True, entries=(14,)),
    ),
    exposure={"P1": Exposure(10, 31), "P2": Exposure(9, 30), "P3": Exposure(5, 20), "P4": Exposure(10, 31)},
    grades=(
        WorstGrade("P1", "anemia", 0, 2, (21,)),
        WorstGrade("P3", "anemia", 0, 2, (22,)),
        WorstGrade("P2", "anemia", None, 1, (23,)),
        WorstGrade("P4", "anemia", 0, None, (24,)),
    ),
    guesses=(
        Guess("P1", "participant", "placebo", 31),
        Guess("P1", "participant", "active", 32),
        Guess("P2", "participant", "active", 33),
        Guess("P3", "participant", "do_not_know", 34),
        Guess("P4", "participant", "placebo", 35),
        Guess("P1", "outcomes_assessor", "do_not_know", 36),
    ),
    logged={"adverse_events": {"P1": (11, 12, 15), "P2": (13,), "P3": (14,)}},
)


def results_of(study=None, harms=HARMS, received=None):
    study = study or planned({"method": "ancova"})
    data, allocation = recorded(study, {"mex_total": ROWS})
    if received:
        allocation = ReleasedAllocation(
            False, allocation.design, allocation.root, allocation.slots, allocation.places,
            {**allocation.received, **received})  # fmt: skip
    sets = {each.id: data.participants for each in study.analysis.sets}
    return execute(study, replace(data, harms=harms), sets, allocation, lock_digest="", synthetic=True)


def test_a_term_counts_participants_once_and_events_each_whatever_its_letters():
    headache, fever = results_of().events
    assert (headache.term, headache.participants) == ("Headache", {"secretome": 1, "placebo": 1})
    assert (headache.events, headache.worst_grade) == ({"secretome": 2, "placebo": 1}, {"secretome": 2, "placebo": 1})
    assert headache.entries == (11, 12, 13, 15)
    assert (fever.participants, fever.worst_grade) == ({"secretome": 1, "placebo": 0}, {"secretome": 3, "placebo": 0})


def test_rates_are_per_hundred_doses_and_per_person_year():
    headache = results_of().events[0]
    assert headache.per_hundred_doses == {"secretome": pytest.approx(200 / 15), "placebo": pytest.approx(100 / 19)}
    assert headache.per_person_year["secretome"] == pytest.approx(2 * 365.25 / 51)
    assert results_of(harms=replace(HARMS, exposure={})).events[0].per_hundred_doses == {
        "secretome": None, "placebo": None}  # fmt: skip


def test_the_ratio_of_rates_has_an_exact_interval():
    """R 4.2.2: poisson.test(c(2, 1), c(51, 61)) gives 2.392157, 0.1245327 to 141.1305256; fever: 0 to Inf."""
    headache, fever = results_of().events
    assert headache.rate_ratio == pytest.approx(2 / 51 / (1 / 61))
    assert headache.rate_ratio_interval == pytest.approx((0.1245327409, 141.1305256298), rel=1e-9)
    assert (fever.rate_ratio, fever.rate_ratio_interval[1]) == (float("inf"), float("inf"))
    assert results_of(harms=replace(HARMS, exposure={})).events[0].rate_ratio is None


def test_the_difference_of_risks_has_an_exact_interval():
    fever = results_of().events[1]
    assert fever.risk_difference == 0.5 and fever.interval_method == "exact unconditional"
    low, high = fever.interval
    assert -1 < low < 0 < 0.5 < high <= 1


def test_harms_are_counted_in_the_arm_that_was_received():
    moved = results_of(received={"P3": ("placebo",)})
    fever = next(row for row in moved.events if row.term == "Fever")
    assert fever.participants == {"secretome": 0, "placebo": 1}
    assert [row.participants for row in moved.harms.exposure] == [1, 3]


def listed(participant, day, entry):
    said = Assessment("Fever", date(2026, 1, 5), 1, Causality.POSSIBLE, ActionTaken.NONE, Outcome.RECOVERED)
    return ListedEvent(participant, day, 1, said, (entry,))


def test_the_listing_holds_every_event_under_the_arm_that_was_received():
    """ICH E3 16.2.7: also what began before day 1, and of those outside the safety set."""
    harms = replace(
        HARMS, listing=tuple(listed(*each) for each in (("P3", 4, 43), ("P2", 2, 42), ("P1", 9, 41), ("P1", -3, 40)))
    )
    found = results_of(harms=harms, received={"P3": ("placebo",)}).harms.listing
    assert {arm: [(each.participant, each.entries) for each in rows] for arm, rows in found.items()} == {
        "secretome": [("P1", (40,)), ("P1", (41,))], "placebo": [("P2", (42,)), ("P3", (43,))]}  # fmt: skip


def test_the_overview_counts_any_serious_severe_and_related_events():
    rows = {row.term: row.participants for row in results_of().harms.overview}
    assert rows["Any adverse event"] == {"secretome": 2, "placebo": 1}
    assert rows["Serious adverse event"] == rows["Grade 3 or higher"] == {"secretome": 1, "placebo": 0}
    assert rows["Possibly related or more"] == {"secretome": 1, "placebo": 0}
    assert rows["Fatal"] == {"secretome": 0, "placebo": 0}


def test_a_shift_counts_from_which_grade_to_which_and_an_unknown_grade_is_not_zero():
    shifts = {row.arm: row for row in results_of().harms.shifts}
    assert shifts["secretome"].cells == ((0, 2, 2),) and shifts["secretome"].entries == (21, 22)
    assert shifts["placebo"].cells == ((None, 1, 1), (0, None, 1))
    assert "PLAN-GRADES" in rules(results_of())


def test_the_planned_risk_difference_reads_a_log_form_and_tests_no_safety_endpoint():
    study = planned({"method": "risk_difference", "endpoint": "any_adverse_event", "analysis_set": "safety_set"})
    result = results_of(study).results[0]
    assert result.estimate == 0.5 and result.n == {"secretome": 2, "placebo": 2}
    assert result.p is None and result.interval is not None and result.entries == (11, 12, 13, 14, 15)


def test_a_risk_of_something_that_is_no_event_is_not_run():
    found = results_of(planned({"method": "risk_difference"}))
    assert found.results == () and "no event" in next(e for e in found.findings if e.rule == "PLAN-NOT-RUN").message


def test_events_before_day_one_are_a_finding():
    found = results_of(harms=replace(HARMS, before_day_one=(7, 8)))
    assert "PLAN-EARLY-EVENT" in rules(found) and "PLAN-EARLY-EVENT" not in rules(results_of())


def test_the_last_guess_of_each_kind_of_respondent_counts():
    participant, assessor = results_of().harms.guesses
    assert participant.counts == {
        "secretome": {"active": 1, "placebo": 0, "do_not_know": 1},
        "placebo": {"active": 1, "placebo": 1, "do_not_know": 0},
    }
    assert participant.bang["secretome"].value == 0.5 and participant.bang["placebo"].value == 0.0
    assert participant.james is not None and participant.entries == (32, 33, 34, 35)
    assert assessor.james is None and assessor.bang["secretome"].interval is None
