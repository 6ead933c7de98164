"""What the report counts of the conduct: from real entries of a small trial, each number where it belongs."""

import pytest

from closure_trial import followed, screened_in
from conduct_world import World, at, on, sealed_list
from equipoise.conduct import (
    Course,
    DeviationKind,
    FailScreening,
    Flow,
    OpenTrial,
    Screen,
    ScreenFailure,
    Withdraw,
    WithdrawalFrom,
    WithdrawalReason,
)
from equipoise.conduct.commands import RecordDeviation
from equipoise.conduct.events import ParticipantWithdrawn
from equipoise.reporting.conduct_summary import VisitCounts, summarise_conduct
from equipoise.reporting.flow import Reason, flow_by_arm, flow_counts
from scenario import DOCTOR, NURSE


@pytest.fixture(scope="module")
def summary():
    """Three randomised: two go through, one leaves after day 1; one person fails screening."""
    world = World()
    world.do(DOCTOR, OpenTrial(synthetic=True))
    world.put(sealed_list())
    stays, stays_too, leaves = screened_in(world, 3)
    failed = world.do(NURSE, Screen("01", on(1)))[0].event.participant
    world.do(DOCTOR, FailScreening(failed, ScreenFailure.DECLINED))
    world.do(
        DOCTOR, Withdraw(leaves, WithdrawalFrom.FOLLOW_UP, WithdrawalReason.PARTICIPANT_DECISION, on(2)), when=at(2)
    )
    world.do(NURSE, RecordDeviation(stays, DeviationKind.PROCEDURE, on(2), "the tube was shaken"))
    followed(world, [stays, stays_too])
    return summarise_conduct(world.plan, world.trial, on(40))


def test_flow_counts_everybody_once(summary):
    """CONSORT 2025 item 22a."""
    counts = flow_counts(summary.flow)
    assert (counts.assessed, counts.randomised, counts.dosed, counts.completed, counts.in_follow_up) == (4, 3, 2, 2, 0)
    assert counts.excluded == (Reason("Declined to take part", 1),)
    assert counts.left_follow_up == (Reason("participant decision", 1),)


def test_a_visit_after_leaving_is_not_a_missed_visit(summary):
    assert summary.visits == (
        VisitCounts("screening", 3, 0, 0, 0, 0),
        VisitCounts("day_1", 2, 0, 0, 1, 0),
        VisitCounts("day_8", 2, 0, 0, 1, 0),
        VisitCounts("day_31", 2, 0, 0, 1, 0),
    )


def test_doses_deviations_and_dates(summary):
    assert summary.doses_given == 4
    assert [(each.kind, each.text, each.important) for each in summary.deviations] == [
        ("procedure", "the tube was shaken", None)
    ]
    assert summary.recruited == (on(1), on(1))
    assert summary.last_contact == on(31)
    assert summary.data.answered > 50
    assert summary.data.corrected == 0


def _way(name: str, doses: int, *withdrawals: ParticipantWithdrawn) -> Course:
    return Course(name, (0, 0), doses, 0, 2, 3, 0, withdrawals, not withdrawals)


def test_arms_add_up_and_name_who_is_missing():
    """CONSORT 2025 item 22b: each box below randomisation, with reasons."""
    left = ParticipantWithdrawn("b", WithdrawalFrom.FOLLOW_UP, WithdrawalReason.LOST_TO_FOLLOW_UP, on(9))
    stopped = ParticipantWithdrawn("c", WithdrawalFrom.TREATMENT, WithdrawalReason.ADVERSE_EVENT, on(9))
    flow = Flow(4, {}, {}, 0, 0, (_way("a", 2), _way("b", 0, left), _way("c", 1, stopped), _way("d", 2)))
    arms = {"a": "active", "b": "active", "c": "active", "d": "placebo"}
    active, placebo = flow_by_arm(flow, arms, {"active": "Active", "placebo": "Placebo"}, {"a", "d"})
    assert (active.allocated, active.received, active.all_doses, active.analysed) == (3, 2, 1, 1)
    assert active.not_received == (Reason("left the follow-up: lost to follow up", 1),)
    assert active.stopped_doses == (Reason("adverse event", 1),)
    assert active.left_follow_up == (Reason("lost to follow up", 1),)
    assert sum(each.count for each in active.not_analysed) == 2
    assert (placebo.allocated, placebo.analysed, placebo.not_analysed) == (1, 1, ())
