"""Blind review, lock, unlock: two signatures on data that nobody can change without a trace."""

from dataclasses import replace

import pytest

from closure_trial import (
    SIGNERS,
    certificate_of,
    followed,
    key_of,
    lock,
    public,
    reviewed,
    screened_in,
    signed,
    statement_of,
)
from conduct_world import World, at, on, sealed_list
from equipoise.closure import (
    ClassifyDeviation,
    DecideMembership,
    LockDatabase,
    RegisterSigningKey,
    SignBlindReview,
    UnlockDatabase,
    certify,
    cut_data,
    fold,
    obstacles,
    review,
    unlock_record,
)
from equipoise.closure.events import DatabaseLocked, ReleaseReceived
from equipoise.conduct import (
    Actor,
    Correct,
    DeviationKind,
    OpenTrial,
    Page,
    RaiseQuery,
    RecordDeviation,
    ReopenDataEntry,
    Screen,
    Typed,
)
from equipoise.ledger import encode
from equipoise.safety import ActionTaken, Assessment, Causality, Outcome, ReportAdverseEvent
from equipoise.vocabulary import Refusal, Role, Severity
from scenario import DOCTOR, MANAGER, MONITOR, NURSE, SPONSOR, STATISTICIAN

VITALS = Page("day_1", "vitals")


@pytest.fixture
def finished():
    world = World()
    world.do(SPONSOR, OpenTrial(True), when=at(-14))
    world.put(sealed_list())
    followed(world, screened_in(world, 3))
    return world


@pytest.fixture
def locked(finished):
    reviewed(finished)
    lock(finished)
    return finished


def refuses(world, role, command):
    with pytest.raises(Refusal) as refusal:
        world.do(role, command)
    return refusal.value.rule


def test_the_plans_own_rules_form_the_sets(finished):
    found = review(finished.plan, finished.trial)
    assert found.undecided == ()
    assert {name: len(found.members(name)) for name in ("full_analysis_set", "per_protocol_set", "safety_set")} == {
        "full_analysis_set": 3, "per_protocol_set": 3, "safety_set": 3,
    }  # fmt: skip
    ground = {each.ground for each in found.memberships if each.analysis_set == "per_protocol_set"}
    assert ground == {"doses_given = 2, important_deviations = 0, outcome_observed = true, randomised = true"}


def test_an_unclassified_deviation_leaves_the_set_open(finished):
    finished.do(MONITOR, RecordDeviation("01-0002", DeviationKind.PROCEDURE, on(8), "no fasting"))
    found = review(finished.plan, finished.trial)
    assert found.undecided == (("01-0002", "per_protocol_set"),)
    assert refuses(finished, STATISTICIAN, SignBlindReview()) == "REVIEW-OPEN"
    finished.do(STATISTICIAN, ClassifyDeviation(1, True, "the sample cannot be read"))
    assert review(finished.plan, finished.trial).members("per_protocol_set") == ("01-0001", "01-0003")


def test_the_reviewers_may_decide_otherwise_with_a_reason(finished):
    finished.do(STATISTICIAN, DecideMembership("01-0003", "per_protocol_set", False, "took a forbidden medicine"))
    found = review(finished.plan, finished.trial)
    (decided,) = [each for each in found.memberships if each.decided_by]
    assert (decided.participant, decided.included, decided.decided_by) == ("01-0003", False, "statistician.1")
    assert refuses(finished, STATISTICIAN, DecideMembership("01-0003", "per_protocol_set", True, "")) == "TEXT-MISSING"
    assert refuses(finished, STATISTICIAN, DecideMembership("01-0009", "safety_set", True, "x")) == "SET-PARTICIPANT"
    assert refuses(finished, Role.PHARMACIST, SignBlindReview()) == "ROLE-PERMISSION"


def test_a_clean_trial_has_no_obstacle(finished):
    assert obstacles(finished.plan, finished.trial) == ()


@pytest.mark.parametrize(
    ("role", "command", "rule"),
    [
        (MONITOR, RaiseQuery("01-0001", "Is the page complete?"), "LOCK-QUERY"),
        (MONITOR, RecordDeviation("01-0001", DeviationKind.OTHER, on(8), "no fasting"), "LOCK-DEVIATION"),
        (NURSE, Screen("01", on(31)), "LOCK-STAGE"),
        (
            NURSE,
            lambda world: Correct(
                "01-0001",
                VITALS,
                "systolic",
                world.state.participants["01-0001"].current(VITALS.point("systolic")).seq,
                "misread",
                Typed("systolic", "170"),
            ),
            "LOCK-PROMPT",
        ),
    ],
)
def test_what_is_open_refuses_the_lock_and_is_listed(finished, role, command, rule):
    """M08: a lock is a real lock; each open item is named by its place."""
    finished.do(role, command(finished) if callable(command) else command)
    found = obstacles(finished.plan, finished.trial)
    assert [finding.rule for finding in found] == [rule]
    assert found[0].severity is Severity.ERROR
    with pytest.raises(Refusal, match=r"1 items are in the way: 01-000") as refusal:
        statement_of(finished)
    assert refusal.value.rule == "LOCK-OPEN"


def test_an_ongoing_event_is_a_warning(finished):
    event = Assessment("rash", on(2), 1, Causality.POSSIBLE, ActionTaken.NONE, Outcome.NOT_RECOVERED)
    finished.do(DOCTOR, ReportAdverseEvent("01-0001", on(2), event))
    (found,) = obstacles(finished.plan, finished.trial)
    assert (found.rule, found.severity) == ("LOCK-EVENT", Severity.WARNING)
    reviewed(finished)
    lock(finished)


def test_no_lock_without_a_review_of_the_data_as_they_are(finished):
    with pytest.raises(Refusal) as refusal:
        statement_of(finished)
    assert refusal.value.rule == "LOCK-REVIEW"
    reviewed(finished)
    point = VITALS.point("systolic")
    seq = finished.state.participants["01-0001"].current(point).seq
    finished.do(NURSE, Correct("01-0001", VITALS, "systolic", seq, "misread", Typed("systolic", "121")))
    with pytest.raises(Refusal) as refusal:
        statement_of(finished)
    assert refusal.value.rule == "LOCK-REVIEW"


def test_two_people_lock(finished):
    reviewed(finished)
    certificate = certificate_of(finished)
    entries = finished.do(MANAGER, LockDatabase(certificate))
    assert [entry.type for entry in entries] == ["database_locked", "data_entry_closed"]
    assert finished.trial.closure.certificate == certificate
    assert encode(DatabaseLocked(certificate))[2]["certificate"] == certificate.as_json()
    assert refuses(finished, NURSE, Screen("01", on(31))) == "DATA-CLOSED"
    assert refuses(finished, MANAGER, LockDatabase(certificate)) == "LOCK-TWICE"


def test_signatures_that_do_not_lock(finished):
    reviewed(finished)
    good = certificate_of(finished)
    one, two = good.signatures
    stranger = Actor("stranger", Role.STATISTICIAN)
    record = good.statement.as_json()
    wrong = {
        "one person": (one,),
        "one person twice": (one, replace(one, role=Role.STATISTICIAN)),
        "a changed meaning": (one, replace(two, meaning="witness")),
        "another record": (one, signed({**record, "data_digest": "0" * 64}, SIGNERS[1], finished.clock())),
        "an unknown person": (one, signed(record, stranger, finished.clock())),
        "another's key": (one, signed(record, SIGNERS[1], finished.clock(), key_of(stranger))),
        "a broken signature": (one, replace(two, signature="zz")),
    }
    for name, signatures in wrong.items():
        rule = refuses(finished, MANAGER, LockDatabase(certify(good.statement, *signatures)))
        assert rule in {"LOCK-SIGNATURES", "SIGNATURE"}, name
    finished.do(MANAGER, LockDatabase(good))


def test_a_statement_that_is_out_of_date_does_not_lock(finished):
    reviewed(finished)
    certificate = certificate_of(finished)
    finished.do(SPONSOR, RegisterSigningKey(public(Actor("sponsor.1", Role.SPONSOR))))
    assert refuses(finished, MANAGER, LockDatabase(certificate)) == "LOCK-STALE"
    future = replace(statement_of(finished), locked_at="2099-01-01T00:00:00.000000Z")
    signatures = [signed(future.as_json(), signer, finished.clock()) for signer in SIGNERS]
    assert refuses(finished, MANAGER, LockDatabase(certify(future, *signatures))) == "LOCK-TIME"


def test_a_key_serves_one_person(finished):
    reviewed(finished)
    assert refuses(finished, SPONSOR, RegisterSigningKey(public(SIGNERS[0]))) == "KEY-OWNER"
    assert refuses(finished, SPONSOR, RegisterSigningKey("no key")) == "KEY"


def test_after_the_lock_the_review_is_final(locked):
    for command in (SignBlindReview(), DecideMembership("01-0001", "safety_set", False, "x")):
        assert refuses(locked, STATISTICIAN, command) == "REVIEW-LOCKED"


def test_only_the_investigators_signature_unlocks(locked):
    """A18: reason, authorisation and signature; the changes are marked; the next lock is another certificate."""
    certificate = locked.trial.closure.certificate
    reason = "a laboratory corrected its report"
    record = unlock_record(certificate, reason)
    signature = signed(record, SIGNERS[0], locked.clock())
    assert refuses(locked, DOCTOR, ReopenDataEntry(reason)) == "DATABASE-LOCKED"
    assert refuses(locked, MANAGER, UnlockDatabase(reason, signature)) == "ROLE-PERMISSION"
    assert refuses(locked, DOCTOR, UnlockDatabase("another reason", signature)) == "SIGNATURE"
    assert (
        refuses(locked, DOCTOR, UnlockDatabase(reason, signed(record, SIGNERS[1], locked.clock()))) == "UNLOCK-SIGNER"
    )
    entries = locked.do(DOCTOR, UnlockDatabase(reason, signature))
    assert [entry.type for entry in entries] == ["database_unlocked", "data_entry_reopened"]
    assert locked.trial.closure.certificate is None
    point = VITALS.point("systolic")
    seq = locked.state.participants["01-0001"].current(point).seq
    locked.do(NURSE, Correct("01-0001", VITALS, "systolic", seq, reason, Typed("systolic", "121")))
    assert locked.state.participants["01-0001"].current(point).changed_after_reopening
    locked.do(STATISTICIAN, SignBlindReview())
    assert lock(locked).data_digest != certificate.data_digest
    assert refuses(locked, DOCTOR, UnlockDatabase(reason, signature)) == "SIGNATURE"


def test_the_data_digest_depends_on_the_data_alone(finished):
    """M08: signing, locking and refolding leave it as it is; any change of data does not."""
    before = cut_data(finished.plan, finished.trial).data_digest
    assert cut_data(finished.plan, fold(finished.book.ledger.entries())).data_digest == before
    reviewed(finished)
    lock(finished)
    assert cut_data(finished.plan, finished.trial).data_digest == before


@pytest.mark.parametrize(
    ("role", "command"),
    [
        (MONITOR, RecordDeviation("01-0001", DeviationKind.OTHER, on(8), "no fasting")),
        (NURSE, Screen("02", on(31))),
        (
            DOCTOR,
            ReportAdverseEvent(
                "01-0001", on(2), Assessment("rash", on(2), 1, Causality.POSSIBLE, ActionTaken.NONE, Outcome.UNKNOWN)
            ),
        ),
    ],
)
def test_any_change_of_data_changes_the_digest(finished, role, command):
    before = cut_data(finished.plan, finished.trial)
    finished.do(role, command)
    after = cut_data(finished.plan, finished.trial)
    assert after.data_digest != before.data_digest
    assert after.ledger_seq > before.ledger_seq


def test_a_review_after_the_release_says_that_it_was_not_blind(locked):
    """A18: what is changed after unmasking is authorised, and never passes for masked."""
    certificate = locked.trial.closure.certificate
    assert "masked" in locked.trial.closure.review.meaning
    locked.put([ReleaseReceived("0" * 64, "1" * 64, certificate.digest)])
    signature = signed(unlock_record(certificate, "a late report"), SIGNERS[0], locked.clock())
    locked.do(DOCTOR, UnlockDatabase("a late report", signature))
    locked.do(STATISTICIAN, SignBlindReview())
    assert "not blind" in locked.trial.closure.review.meaning
