"""Attachments: a file beside a form or an adverse event is bound to it, and seen by who sees all of it."""

import pytest

from conduct_world import WHO, on
from equipoise.conduct import (
    AttachFile,
    FileDescription,
    Page,
    Participant,
    RetractFile,
    Screen,
    Situation,
    StartEncounter,
    sees_attachment,
)
from equipoise.conduct.attaching import require_file
from equipoise.safety import ActionTaken, Assessment, AttachToAdverseEvent, Causality, Outcome, ReportAdverseEvent
from equipoise.vocabulary import Refusal, Role
from scenario import (
    ASSESSOR,
    DAY_1,
    DOCTOR,
    MONITOR,
    NURSE,
    SCREENED,
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
VITALS, LABORATORY = Page("day_1", "vitals"), Page("day_8", "laboratory")
DIGEST = "ab" * 32


def a_file(digest=DIGEST, title="SYNTHETIC printout"):
    return FileDescription(digest, "application/pdf", 1234, title)


def attach(page=VITALS, number=P, file=None):
    return AttachFile(number, page, file or a_file())


ATTACHED = (*DAY_1, Step(NURSE, attach()))
RETRACTED = (*ATTACHED, Step(NURSE, RetractFile(P, DIGEST, "the wrong page")))
DAY_8 = (*DAY_1, Step(NURSE, StartEncounter(P, "day_8", on(8)), 8))
TWO = (*ATTACHED, Step(NURSE, Screen("01", on(1))))
RASH = Assessment("rash", on(1), 1, Causality.POSSIBLE, ActionTaken.NONE, Outcome.RECOVERING, (), None, None)
EVENT = (*DAY_1, Step(DOCTOR, ReportAdverseEvent(P, on(1), RASH)))


@table(
    scenario("E6R3-4.2.2", "beside a form", DAY_1, Step(NURSE, attach()), writes("file_attached")),
    scenario(
        "E6R3-4.2.2",
        "beside an adverse event",
        EVENT,
        Step(DOCTOR, AttachToAdverseEvent(P, 1, a_file())),
        writes("file_attached"),
    ),
    scenario(
        "E6R3-4.2.2",
        "beside an event that there is not",
        EVENT,
        Step(DOCTOR, AttachToAdverseEvent(P, 2, a_file())),
        refused("ADVERSE-EVENT"),
    ),
    scenario("A16", "by who asks questions", DAY_1, Step(MONITOR, attach()), refused("ROLE-PERMISSION")),
    scenario("S13", "before the consent", SCREENED, Step(NURSE, attach()), refused("STEP-ORDER")),
    scenario(
        "S13", "beside a visit that has not begun", DAY_1, Step(DOCTOR, attach(LABORATORY)), refused("PAGE-ENCOUNTER")
    ),
    scenario(
        "M13",
        "by who does not see all of the form",
        DAY_8,
        Step(NURSE, attach(LABORATORY)),
        refused("ATTACHMENT-MASKED"),
    ),
    scenario(
        "E6R3-4.2.2", "without a title", DAY_1, Step(NURSE, attach(file=a_file(title=" "))), refused("TEXT-MISSING")
    ),
    scenario("E6R3-4.2.2", "without bytes", DAY_1, Step(NURSE, attach(file=a_file("x"))), refused("ATTACHMENT-FILE")),
    scenario("E6R3-4.2.2", "twice", ATTACHED, Step(NURSE, attach()), refused("ATTACHMENT-TWICE")),
    scenario(
        "E6R3-4.2.2",
        "by mistake, with a reason",
        ATTACHED,
        Step(NURSE, RetractFile(P, DIGEST, "the wrong page")),
        writes("file_retracted"),
    ),
    scenario(
        "A07", "by mistake, without one", ATTACHED, Step(NURSE, RetractFile(P, DIGEST, "")), refused("TEXT-MISSING")
    ),
    scenario(
        "E6R3-4.2.2", "retracted twice", RETRACTED, Step(NURSE, RetractFile(P, DIGEST, "x")), refused("ATTACHMENT")
    ),
    scenario(
        "M13",
        "retracted by who does not see it",
        (*DAY_8, Step(DOCTOR, attach(LABORATORY))),
        Step(NURSE, RetractFile(P, DIGEST, "x")),
        refused("ATTACHMENT"),
    ),
    scenario("E6R3-4.2.2", "again after a mistake", RETRACTED, Step(NURSE, attach()), writes("file_attached")),
)
def test_a_file(scenario):
    play(scenario)


def test_a_file_belongs_to_one_participant_until_it_is_retracted():
    world = replayed(TWO)
    now = Situation(world.plan, world.state, WHO[NURSE], world.clock())
    with pytest.raises(Refusal, match="another participant"):
        require_file(now, OTHER, a_file())
    replayed((Step(NURSE, RetractFile(P, DIGEST, "of the other one")),), world)
    now = Situation(world.plan, world.state, WHO[NURSE], world.clock())
    assert require_file(now, OTHER, a_file(title=" x ")).title == "x"


def test_who_sees_a_file():
    """M13: all of the form beside which it stands, since nobody knows what a file shows."""
    world = replayed((*DAY_8, Step(DOCTOR, attach(LABORATORY))))
    person: Participant = world.state.participant(P)
    seeing = {role for role in Role if sees_attachment(world.plan, role, person.attachments[DIGEST])}
    assert Role.INVESTIGATOR in seeing and Role.DATA_MANAGER in seeing
    assert not seeing & {NURSE, ASSESSOR, Role.PARTICIPANT}
