"""From the screening log to the slot: consent, criteria, signature, enrolment, randomisation."""

from dataclasses import replace

import pytest

from conduct_world import SCAN, at, on
from equipoise.conduct import (
    DecideCriterion,
    Enrol,
    FailScreening,
    OpenTrial,
    Randomise,
    RecordConsent,
    Screen,
    ScreenFailure,
    SignEligibility,
    Stage,
    StartEncounter,
)
from equipoise.vocabulary import Refusal, Role
from scenario import (
    CONSENTED,
    DECIDED,
    DOCTOR,
    ELIGIBLE,
    ENROLLED,
    NURSE,
    OPENED,
    RANDOMISED,
    SCREENED,
    SCREENING,
    SPONSOR,
    P,
    Sealed,
    Step,
    nothing,
    play,
    refused,
    replayed,
    scenario,
    table,
    writes,
)

CONSENT = RecordConsent(P, "1.0", "id", "dr.a", on(-7), SCAN)
UNSEALED = tuple(step for step in ENROLLED if not isinstance(step, Sealed))
UNANCHORED = tuple(Sealed(anchored=False) if isinstance(step, Sealed) else step for step in ENROLLED)


@table(
    scenario(
        "K11",
        "everybody who is screened has a line",
        OPENED,
        Step(NURSE, Screen("01", on(-7)), -7),
        writes("participant_screened"),
        lambda trial: [*trial.conduct.participants] == [P] or pytest.fail(),
    ),
    scenario("K11", "only a site of the study screens", OPENED, Step(NURSE, Screen("09", on(-7)), -7), refused("SITE")),
    scenario(
        "A11", "nobody is screened in the future", OPENED, Step(NURSE, Screen("01", on(-6)), -7), refused("DATE-FUTURE")
    ),
    scenario(
        "S13",
        "a trial that is not open screens nobody",
        (),
        Step(NURSE, Screen("01", on(-7)), -7),
        refused("TRIAL-OPEN"),
    ),
    scenario("E6R3-2.8", "consent is recorded", SCREENED, Step(NURSE, CONSENT), writes("consent_given")),
    scenario(
        "E6R3-2.8.2",
        "consent again, on a newer text",
        RANDOMISED,
        Step(NURSE, replace(CONSENT, version="2.0", witness="w.7", signed_on=on(1), scan="cd" * 32)),
        writes("consent_given"),
    ),
    scenario(
        "E6R3-2.8",
        "only on a text that the study knows",
        SCREENED,
        Step(NURSE, replace(CONSENT, version="9.9")),
        refused("CONSENT-VERSION"),
    ),
    scenario(
        "E6R3-2.8",
        "only in a language of that text",
        SCREENED,
        Step(NURSE, replace(CONSENT, language="fr")),
        refused("CONSENT-LANGUAGE"),
    ),
    scenario(
        "E6R3-2.8.8",
        "a witness where the text asks for one",
        SCREENED,
        Step(NURSE, replace(CONSENT, version="2.0")),
        refused("CONSENT-WITNESS"),
    ),
    scenario(
        "E6R3-2.8",
        "not signed in the future",
        SCREENED,
        Step(NURSE, replace(CONSENT, signed_on=on(-6))),
        refused("DATE-FUTURE"),
    ),
    scenario(
        "E6R3-2.8",
        "not without the scan of the signed page",
        SCREENED,
        Step(NURSE, replace(CONSENT, scan="")),
        refused("CONSENT-SCAN"),
    ),
    scenario(
        "K12",
        "not with another participant's page",
        (*CONSENTED, Step(NURSE, Screen("01", on(-7)))),
        Step(NURSE, replace(CONSENT, participant="01-0002")),
        refused("CONSENT-SCAN"),
    ),
    scenario(
        "E6R3-2.8",
        "not without who explained it",
        SCREENED,
        Step(NURSE, replace(CONSENT, explained_by=" ")),
        refused("TEXT-MISSING"),
    ),
    scenario(
        "S13",
        "nothing of the trial before consent",
        SCREENED,
        Step(NURSE, StartEncounter(P, "screening", on(-7))),
        refused("STEP-ORDER"),
    ),
    scenario(
        "E6R3-2.8",
        "no encounter dated before the consent",
        CONSENTED,
        Step(NURSE, StartEncounter(P, "screening", on(-8))),
        refused("CONSENT-FIRST"),
    ),
    scenario("S13", "nobody is known who was not screened", OPENED, Step(NURSE, CONSENT), refused("PARTICIPANT")),
)
def test_screening_and_consent(scenario):
    play(scenario)


@table(
    scenario(
        "E6R3-2.7",
        "each criterion is decided by itself",
        SCREENING,
        Step(DOCTOR, DecideCriterion(P, "I1", True)),
        writes("criterion_decided"),
    ),
    scenario(
        "E6R3-2.7",
        "only a criterion of the study",
        SCREENING,
        Step(DOCTOR, DecideCriterion(P, "I9", True)),
        refused("CRITERION"),
    ),
    scenario(
        "A07",
        "another decision needs a reason",
        DECIDED,
        Step(DOCTOR, DecideCriterion(P, "E1", True)),
        refused("TEXT-MISSING"),
    ),
    scenario(
        "A07",
        "with a reason it corrects the entry before",
        DECIDED,
        Step(DOCTOR, DecideCriterion(P, "E1", True, "the test was positive")),
        writes("criterion_decided"),
    ),
    scenario(
        "A07",
        "the same decision twice is none",
        DECIDED,
        Step(DOCTOR, DecideCriterion(P, "E1", False)),
        refused("CRITERION-SAME"),
    ),
    scenario(
        "S01",
        "the investigator signs all criteria",
        DECIDED,
        Step(DOCTOR, SignEligibility(P)),
        writes("eligibility_signed"),
    ),
    scenario(
        "S13",
        "nothing is signed while a criterion is open",
        SCREENING,
        Step(DOCTOR, SignEligibility(P)),
        refused("ELIGIBILITY-OPEN"),
    ),
    scenario(
        "E6R3-2.7",
        "nobody is signed in against a criterion",
        (*DECIDED, Step(DOCTOR, DecideCriterion(P, "E1", True, "the test was positive"))),
        Step(DOCTOR, SignEligibility(P)),
        refused("ELIGIBILITY-FAILED"),
    ),
    scenario(
        "S02",
        "what is signed is not decided again",
        ELIGIBLE,
        Step(DOCTOR, DecideCriterion(P, "I1", False, "mistaken")),
        refused("STEP-ORDER"),
    ),
    scenario(
        "S08", "a nurse does not sign eligibility", DECIDED, Step(NURSE, SignEligibility(P)), refused("ROLE-PERMISSION")
    ),
    scenario(
        "CONSORT2025-22a",
        "not eligible, by the criterion that says so",
        (*SCREENING, Step(DOCTOR, DecideCriterion(P, "I1", False))),
        Step(DOCTOR, FailScreening(P, ScreenFailure.NOT_ELIGIBLE)),
        writes("screening_failed"),
        lambda trial: trial.conduct.participants[P].failure.criteria == ("I1",) or pytest.fail(),
    ),
    scenario(
        "CONSORT2025-22a",
        "not eligible needs a criterion",
        SCREENING,
        Step(DOCTOR, FailScreening(P, ScreenFailure.NOT_ELIGIBLE)),
        refused("SCREENING-REASON"),
    ),
    scenario(
        "CONSORT2025-22a",
        "a person may decline before consent",
        SCREENED,
        Step(NURSE, FailScreening(P, ScreenFailure.DECLINED)),
        writes("screening_failed"),
    ),
    scenario(
        "CONSORT2025-22a",
        "another reason is written down",
        SCREENED,
        Step(NURSE, FailScreening(P, ScreenFailure.OTHER)),
        refused("TEXT-MISSING"),
    ),
    scenario(
        "S13",
        "who failed screening is not enrolled",
        (*SCREENED, Step(NURSE, FailScreening(P, ScreenFailure.DECLINED))),
        Step(NURSE, Enrol(P)),
        refused("STEP-ORDER"),
    ),
)
def test_eligibility(scenario):
    play(scenario)


@table(
    scenario("S13", "the eligible are enrolled", ELIGIBLE, Step(NURSE, Enrol(P)), writes("participant_enrolled")),
    scenario("S13", "not before the signature", DECIDED, Step(NURSE, Enrol(P)), refused("STEP-ORDER")),
    scenario("K9", "the enrolled get the next slot", ENROLLED, Step(NURSE, Randomise(P), 1), writes("slot_assigned")),
    scenario("K8", "asked again, nothing happens", RANDOMISED, Step(NURSE, Randomise(P)), nothing),
    scenario("K8", "also weeks later", RANDOMISED, Step(NURSE, Randomise(P), 40), nothing),
    scenario("S13", "not before enrolment", ELIGIBLE, Step(NURSE, Randomise(P), 1), refused("STEP-ORDER")),
    scenario(
        "K16", "not before the list is sealed", UNSEALED, Step(NURSE, Randomise(P), 1), refused("RANDOMISE-SEALED")
    ),
    scenario(
        "K16",
        "not before its root stands outside",
        UNANCHORED,
        Step(NURSE, Randomise(P), 1),
        refused("RANDOMISE-ANCHOR"),
    ),
    scenario(
        "E6R3-4.2.3",
        "not when screening lies too far back",
        ENROLLED,
        Step(NURSE, Randomise(P), 20),
        refused("SCREENING-WINDOW"),
    ),
    scenario(
        "E6R3-4.2.3",
        "with a reason it is a deviation",
        ENROLLED,
        Step(NURSE, Randomise(P, "no bed was free"), 20),
        writes("slot_assigned", "deviation_recorded"),
    ),
    scenario(
        "K11",
        "a slot is final: no screening failure after it",
        RANDOMISED,
        Step(DOCTOR, FailScreening(P, ScreenFailure.DECLINED)),
        refused("STEP-ORDER"),
    ),
    scenario(
        "S08",
        "the pharmacist, who knows the arms, randomises nobody",
        ENROLLED,
        Step(Role.PHARMACIST, Randomise(P), 1),
        refused("ROLE-PERMISSION"),
    ),
)
def test_enrolment_and_randomisation(scenario):
    play(scenario)


def test_numbers_count_per_site():
    world = replayed(OPENED)
    sites = ("01", "02", "01", "01", "02")
    numbers = [world.do(NURSE, Screen(site, on(-14)))[0].event.participant for site in sites]
    assert numbers == ["01-0001", "02-0001", "01-0002", "01-0003", "02-0002"]


def test_the_signature_is_bound_to_the_decisions_and_says_what_it_means():
    signature = replayed(ELIGIBLE).state.participants[P].eligibility
    assert signature.who == "investigator.1"
    assert signature.meaning.startswith("I have checked every criterion")
    assert signature.signed_at == at(-7)
    assert len(signature.decisions) == 64


def test_day_one_is_the_local_day_of_randomisation():
    world = replayed(ENROLLED)
    world.do(NURSE, Randomise(P), when=at(1, hour=6))  # 23:00 UTC of the day before
    assert world.state.participants[P].randomised_on == on(1)
    assert world.state.participants[P].stage is Stage.RANDOMISED


def test_a_repeated_request_is_answered_with_what_it_wrote():
    world = replayed(ENROLLED)
    first = world.do(NURSE, Randomise(P), when=at(1), request="r-1")
    assert world.do(NURSE, Randomise(P), request="r-1") == first


def test_the_trial_is_opened_once():
    world = replayed(OPENED)
    with pytest.raises(Refusal) as refusal:
        world.do(SPONSOR, OpenTrial(False))
    assert refusal.value.rule == "TRIAL-OPEN"
    assert world.state.is_synthetic
