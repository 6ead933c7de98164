"""Encounters in their windows, doses by pack number, withdrawal and completion."""

from dataclasses import replace

import pytest

from conduct_world import at, on
from equipoise.allocation import pack_for_dose, spare_packs
from equipoise.conduct import (
    AdministerDose,
    Complete,
    Dispense,
    MissEncounter,
    OmitDose,
    StartEncounter,
    Withdraw,
    WithdrawalFrom,
    WithdrawalReason,
)
from scenario import (
    CONSENTED,
    DAY_1,
    DOCTOR,
    ENROLLED,
    NURSE,
    RANDOMISED,
    SCREENING,
    P,
    Step,
    play,
    refused,
    replayed,
    scenario,
    table,
    writes,
)

OTHER = "01-0002"


def pack(dose=1, participant=P):
    return lambda trial: pack_for_dose(trial.conduct.allocation, participant, dose)


def spare(trial):
    return spare_packs(trial.conduct.allocation, P)[0]


def dispense(which, encounter="day_1", reason=""):
    return lambda trial: Dispense(P, encounter, which(trial), reason)


DOSE_1, NINE = pack(1), at(1)


def give(which=DOSE_1, encounter="day_1", given_at=NINE, volume="1.5", reason=""):
    return lambda trial: AdministerDose(P, encounter, which(trial), given_at, volume, "left deltoid", reason)


DISPENSED = (*DAY_1, Step(NURSE, dispense(pack())))
DOSED = (*DISPENSED, Step(NURSE, give()))
DAY_8 = (*DOSED, Step(NURSE, StartEncounter(P, "day_8", on(8)), 8))
LAST_DOSE = (
    *DAY_8,
    Step(NURSE, dispense(pack(2), "day_8")),
    Step(NURSE, give(pack(2), "day_8", at(8))),
)
OVER = (*LAST_DOSE, Step(NURSE, MissEncounter(P, "day_31", "moved to another town"), 36))


@table(
    scenario(
        "E6R3-4.2.3",
        "in its window an encounter just starts",
        RANDOMISED,
        Step(NURSE, StartEncounter(P, "day_8", on(9)), 9),
        writes("encounter_started"),
    ),
    scenario(
        "E6R3-4.2.3",
        "outside its window it needs a reason",
        RANDOMISED,
        Step(NURSE, StartEncounter(P, "day_8", on(10)), 10),
        refused("ENCOUNTER-WINDOW"),
    ),
    scenario(
        "E6R3-4.2.3",
        "with a reason it is a deviation",
        RANDOMISED,
        Step(NURSE, StartEncounter(P, "day_8", on(10), "the road was flooded"), 10),
        writes("encounter_started", "deviation_recorded"),
    ),
    scenario(
        "E6R3-4.2.3",
        "too early counts as outside, too",
        RANDOMISED,
        Step(NURSE, StartEncounter(P, "day_8", on(6)), 6),
        refused("ENCOUNTER-WINDOW"),
    ),
    scenario(
        "A11",
        "an encounter of yesterday may be entered today",
        RANDOMISED,
        Step(NURSE, StartEncounter(P, "day_8", on(8)), 9),
        writes("encounter_started"),
    ),
    scenario(
        "A11",
        "one of tomorrow may not",
        RANDOMISED,
        Step(NURSE, StartEncounter(P, "day_8", on(8)), 7),
        refused("DATE-FUTURE"),
    ),
    scenario(
        "S13",
        "an encounter starts once",
        DAY_1,
        Step(NURSE, StartEncounter(P, "day_1", on(1))),
        refused("ENCOUNTER-TWICE"),
    ),
    scenario(
        "S13",
        "what follows randomisation waits for it",
        ENROLLED,
        Step(NURSE, StartEncounter(P, "day_8", on(-7))),
        refused("ENCOUNTER-ORDER"),
    ),
    scenario(
        "S13",
        "the schedule knows its encounters",
        RANDOMISED,
        Step(NURSE, StartEncounter(P, "day_9", on(1))),
        refused("ENCOUNTER"),
    ),
    scenario(
        "CONSORT2025-22b",
        "a missed encounter is said to be missed",
        DOSED,
        Step(NURSE, MissEncounter(P, "day_31", "did not come"), 36),
        writes("encounter_missed"),
    ),
    scenario(
        "CONSORT2025-22b",
        "its dose is omitted with it",
        DOSED,
        Step(NURSE, MissEncounter(P, "day_8", "did not come"), 10),
        writes("encounter_missed", "dose_omitted"),
    ),
    scenario(
        "A07", "not without a reason", DOSED, Step(NURSE, MissEncounter(P, "day_8", " "), 10), refused("TEXT-MISSING")
    ),
    scenario(
        "S13",
        "what took place was not missed",
        DOSED,
        Step(NURSE, MissEncounter(P, "day_1", "mistaken")),
        refused("ENCOUNTER-TWICE"),
    ),
)
def test_encounters(scenario):
    play(scenario)


@table(
    scenario("M09", "the right pack is accepted", DAY_1, Step(NURSE, dispense(pack())), writes("pack_dispensed")),
    scenario("M09", "another dose's pack is not", DAY_1, Step(NURSE, dispense(pack(2))), refused("PACK-WRONG")),
    scenario(
        "M09",
        "a number that is no pack is not",
        DAY_1,
        Step(NURSE, dispense(lambda trial: "123")),
        refused("PACK-WRONG"),
    ),
    scenario(
        "M12",
        "a spare of the slot is, with a reason",
        DAY_1,
        Step(NURSE, dispense(spare, reason="the first one broke")),
        writes("pack_dispensed"),
    ),
    scenario("M12", "a spare without a reason is not", DAY_1, Step(NURSE, dispense(spare)), refused("TEXT-MISSING")),
    scenario("M09", "a pack is used once", DISPENSED, Step(NURSE, dispense(pack())), refused("PACK-USED")),
    scenario(
        "S13", "not before the encounter starts", RANDOMISED, Step(NURSE, dispense(pack())), refused("DOSE-ENCOUNTER")
    ),
    scenario(
        "S13",
        "not where no dose is planned",
        (*DOSED, Step(NURSE, StartEncounter(P, "day_31", on(31)), 31)),
        Step(NURSE, dispense(pack(), "day_31")),
        refused("DOSE-PLAN"),
    ),
    scenario(
        "S13",
        "not to a participant without a slot",
        SCREENING,
        Step(NURSE, Dispense(P, "day_1", "1")),
        refused("STEP-ORDER"),
    ),
    scenario("A02", "a given dose is recorded", DISPENSED, Step(NURSE, give()), writes("dose_administered")),
    scenario("S13", "a dose is given once", DOSED, Step(NURSE, give()), refused("DOSE-TWICE")),
    scenario(
        "S13",
        "doses are given in order",
        (*RANDOMISED, Step(NURSE, StartEncounter(P, "day_8", on(8)), 8)),
        Step(NURSE, dispense(pack(2), "day_8")),
        refused("DOSE-ORDER"),
    ),
    scenario(
        "E6R3-4.2.3",
        "a dose from another pack is refused",
        DISPENSED,
        Step(NURSE, give(pack(2))),
        refused("DOSE-DEVIATION"),
    ),
    scenario(
        "E6R3-4.2.3",
        "if it was given all the same, the truth is recorded",
        DISPENSED,
        Step(NURSE, give(pack(2), reason="packs were exchanged")),
        writes("dose_administered", "deviation_recorded"),
    ),
    scenario(
        "E6R3-4.2.3", "a dose without dispensing departs, too", DAY_1, Step(NURSE, give()), refused("DOSE-DEVIATION")
    ),
    scenario(
        "E6R3-4.2.3",
        "another volume needs a reason",
        DISPENSED,
        Step(NURSE, give(volume="1")),
        refused("DOSE-DEVIATION"),
    ),
    scenario(
        "E6R3-4.2.3",
        "with a reason it is a deviation",
        DISPENSED,
        Step(NURSE, give(volume="1,2", reason="some was spilt")),
        writes("dose_administered", "deviation_recorded"),
    ),
    scenario("A11", "no dose in the future", DISPENSED, Step(NURSE, give(given_at=at(1, 10))), refused("DATE-FUTURE")),
    scenario(
        "S13", "no dose before randomisation", DISPENSED, Step(NURSE, give(given_at=at(-1))), refused("DOSE-SLOT")
    ),
    scenario("E6R3-4.2.3", "a volume is a number", DISPENSED, Step(NURSE, give(volume="<1.5")), refused("DOSE-VOLUME")),
    scenario(
        "CONSORT2025-22b",
        "a dose that is not given is omitted with a reason",
        DAY_1,
        Step(NURSE, OmitDose(P, "day_1", "fever")),
        writes("dose_omitted"),
    ),
    scenario(
        "L15",
        "nothing of another participant's pack is told",
        (*DAY_1,),
        Step(NURSE, dispense(lambda trial: "000075")),
        refused("PACK-WRONG"),
    ),
)
def test_doses(scenario):
    play(scenario)


STOPPED = Withdraw(P, WithdrawalFrom.TREATMENT, WithdrawalReason.ADVERSE_EVENT, on(2))
LEFT = Withdraw(P, WithdrawalFrom.FOLLOW_UP, WithdrawalReason.PARTICIPANT_DECISION, on(2))


@table(
    scenario(
        "E9R1-A.3",
        "stopping the doses keeps the follow-up",
        (*DOSED, Step(DOCTOR, STOPPED, 2)),
        Step(NURSE, StartEncounter(P, "day_31", on(31)), 31),
        writes("encounter_started"),
    ),
    scenario(
        "E9R1-A.3",
        "after it no dose is recorded as given",
        (*DOSED, Step(DOCTOR, STOPPED, 2), Step(NURSE, StartEncounter(P, "day_8", on(8)), 8)),
        Step(NURSE, give(pack(2), "day_8", at(8), reason="given all the same")),
        refused("WITHDRAWN"),
    ),
    scenario(
        "E9R1-A.3",
        "the doses that follow are omitted",
        (*DOSED, Step(DOCTOR, STOPPED, 2), Step(NURSE, StartEncounter(P, "day_8", on(8)), 8)),
        Step(NURSE, OmitDose(P, "day_8", "stopped the doses")),
        writes("dose_omitted"),
    ),
    scenario(
        "E6R3-2.8.1",
        "leaving the trial ends the encounters",
        (*DOSED, Step(DOCTOR, LEFT, 2)),
        Step(NURSE, StartEncounter(P, "day_8", on(8)), 8),
        refused("WITHDRAWN"),
    ),
    scenario(
        "V17",
        "what happened before may still be entered",
        (*RANDOMISED, Step(DOCTOR, LEFT, 2)),
        Step(NURSE, StartEncounter(P, "day_1", on(1))),
        writes("encounter_started"),
    ),
    scenario(
        "CONSORT2025-22b",
        "withdrawal is recorded with its reason",
        RANDOMISED,
        Step(DOCTOR, LEFT, 2),
        writes("participant_withdrawn"),
    ),
    scenario(
        "CONSORT2025-22b",
        "another reason is written down",
        RANDOMISED,
        Step(DOCTOR, replace(LEFT, reason=WithdrawalReason.OTHER), 2),
        refused("TEXT-MISSING"),
    ),
    scenario(
        "CONSORT2025-22b",
        "once is enough",
        (*RANDOMISED, Step(DOCTOR, STOPPED, 2)),
        Step(DOCTOR, STOPPED),
        refused("WITHDRAWN"),
    ),
    scenario("A11", "not from tomorrow on", RANDOMISED, Step(DOCTOR, LEFT, 1), refused("DATE-FUTURE")),
    scenario(
        "S13", "not before enrolment", RANDOMISED, Step(DOCTOR, replace(LEFT, on=on(-8)), 2), refused("WITHDRAWAL-DATE")
    ),
    scenario(
        "S13",
        "who was never enrolled fails screening instead",
        CONSENTED,
        Step(DOCTOR, replace(LEFT, on=on(-7))),
        refused("STEP-ORDER"),
    ),
    scenario(
        "CONSORT2025-22b",
        "completed, once everything is accounted for",
        OVER,
        Step(DOCTOR, Complete(P, on(36))),
        writes("participant_completed"),
    ),
    scenario(
        "CONSORT2025-22b",
        "not while an encounter is open",
        LAST_DOSE,
        Step(DOCTOR, Complete(P, on(8))),
        refused("COMPLETE-OPEN"),
    ),
    scenario(
        "S13",
        "after that, nothing starts",
        (*OVER, Step(DOCTOR, Complete(P, on(36)))),
        Step(NURSE, StartEncounter(P, "day_31", on(36))),
        refused("STEP-ORDER"),
    ),
)
def test_leaving_and_completing(scenario):
    play(scenario)


def test_another_participants_pack_is_refused_in_the_same_words():
    """The refusal does not tell whose pack it is, nor that it is one (L15)."""
    world = replayed(DAY_1)
    sentences = set()
    for number in (pack(2)(world.trial), "000075", "no pack at all"):
        with pytest.raises(Exception, match="not for this participant") as refusal:
            world.do(NURSE, Dispense(P, "day_1", number))
        sentences.add(str(refusal.value))
    assert len(sentences) == 1
