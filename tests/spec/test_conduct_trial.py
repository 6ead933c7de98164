"""The trial as a whole: opened once, amended by a child version, closed and reopened; who may do what, and when."""

from dataclasses import fields

import pytest

from conduct_world import World, at, on, plan, study
from equipoise.closure.decide import DECISIONS as CLOSURE
from equipoise.conduct import (
    KEPT_APART,
    PERMISSIONS,
    STEPS,
    Actor,
    AmendDefinition,
    Capture,
    CloseDataEntry,
    Correct,
    OmitDose,
    OpenTrial,
    Page,
    ReopenDataEntry,
    Screen,
    Stage,
    Typed,
    declared_commands,
    make_plan,
    may,
    permit,
    values_of_participant,
)
from equipoise.conduct.decide import DECISIONS as CONDUCT
from equipoise.conduct.stage import NEEDS_CONSENT, require_step
from equipoise.protocol.schedule import Activity
from equipoise.safety.decide import DECISIONS as SAFETY
from equipoise.vocabulary import Refusal, Role
from scenario import (
    DAY_1,
    DOCTOR,
    MANAGER,
    NURSE,
    OPENED,
    RANDOMISED,
    SCREENED,
    SPONSOR,
    P,
    Step,
    play,
    refused,
    replayed,
    scenario,
    table,
    writes,
)

CLOSED = (*DAY_1, Step(MANAGER, CloseDataEntry("all data are in")))
VITALS = Page("day_1", "vitals")


@table(
    scenario("DESIGN-2", "a trial is opened once", OPENED, Step(SPONSOR, OpenTrial(False)), refused("TRIAL-OPEN")),
    scenario("S08", "not by a monitor", (), Step(Role.MONITOR, OpenTrial(True)), refused("ROLE-PERMISSION")),
    scenario(
        "E6R3-3.16.1",
        "data entry is closed",
        DAY_1,
        Step(MANAGER, CloseDataEntry("all data are in")),
        writes("data_entry_closed"),
    ),
    scenario(
        "M08",
        "nothing enters closed data",
        CLOSED,
        Step(NURSE, Capture(P, VITALS, (Typed("systolic", "120"),))),
        refused("DATA-CLOSED"),
    ),
    scenario("M08", "nobody is screened either", CLOSED, Step(NURSE, Screen("01", on(1))), refused("DATA-CLOSED")),
    scenario(
        "A18",
        "the investigator reopens it, with a reason",
        CLOSED,
        Step(DOCTOR, ReopenDataEntry("a page was missing")),
        writes("data_entry_reopened"),
    ),
    scenario("A18", "not without one", CLOSED, Step(DOCTOR, ReopenDataEntry("")), refused("TEXT-MISSING")),
    scenario("A18", "the data manager cannot", CLOSED, Step(MANAGER, ReopenDataEntry("x")), refused("ROLE-PERMISSION")),
    scenario(
        "A18", "what is open is not reopened", DAY_1, Step(DOCTOR, ReopenDataEntry("x")), refused("DATA-ENTRY-OPEN")
    ),
)
def test_opening_and_closing(scenario):
    play(scenario)


def test_changes_after_reopening_are_marked():
    """A18: every change to data that had been closed can be told from the others."""
    first = Step(NURSE, Capture(P, VITALS, (Typed("systolic", "120"),)))
    world = replayed((*DAY_1, first, *CLOSED[-1:], Step(DOCTOR, ReopenDataEntry("misread"))))
    seq = world.state.participants[P].current(VITALS.point("systolic")).seq
    world.do(NURSE, Correct(P, VITALS, "systolic", seq, "misread", Typed("systolic", "130")))
    past = world.state.participants[P].history(VITALS.point("systolic"))
    assert [datum.changed_after_reopening for datum in past] == [False, True]


def amended(**changes):
    return make_plan(study().model_copy(update={"version": 2, "parent": study().digest, **changes}))


def test_an_amendment_names_its_parent_and_is_followed_from_then_on():
    world = replayed(RANDOMISED)
    world.plan = amended()
    with pytest.raises(Refusal) as early:
        world.do(NURSE, Screen("01", on(1)))
    assert early.value.rule == "DEFINITION-VERSION"
    world.do(SPONSOR, AmendDefinition(on(1), "a longer follow-up"))
    assert world.state.study_digest == world.plan.digest
    assert [version.version for version in world.state.versions] == [1, 2]
    assert world.do(NURSE, Screen("01", on(1)))[0].event.participant == "01-0002"
    world.plan = plan()
    with pytest.raises(Refusal) as late:
        world.do(NURSE, Screen("01", on(1)))
    assert late.value.rule == "DEFINITION-VERSION"


def test_an_amendment_keeps_the_numbers_of_the_doses_that_were_given():
    world = replayed((*DAY_1, Step(NURSE, OmitDose(P, "day_1", "fever"))))
    earlier = study().encounters[0].model_copy(update={"activities": (Activity.DOSE,)})
    world.plan = amended(encounters=(earlier, *study().encounters[1:]))
    with pytest.raises(Refusal) as refusal:
        world.do(SPONSOR, AmendDefinition(on(1), "one dose more"))
    assert refusal.value.rule == "AMENDMENT-DOSES"


def test_answers_of_a_form_that_an_amendment_drops_are_kept():
    first = Step(NURSE, Capture(P, VITALS, (Typed("systolic", "120"), Typed("diastolic", "80"))))
    world = replayed((*DAY_1, first))
    kept = tuple(form for form in study().forms if form.id != "vitals")
    visits = [
        each.model_copy(update={"forms": tuple(f for f in each.forms if f != "vitals")}) for each in study().encounters
    ]
    world.plan = amended(forms=kept, encounters=tuple(visits))
    world.do(SPONSOR, AmendDefinition(on(1), "no vital signs any more"))
    values = values_of_participant(world.plan, world.state.participants[P])
    assert [value.point.item for value in values if value.point.form == "vitals"] == ["systolic", "diastolic"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"parent": "0" * 64}, "AMENDMENT-PARENT"), ({"time_zone": "Asia/Makassar"}, "AMENDMENT-PLACE")],
)
def test_an_amendment_that_does_not_fit_is_refused(changes, rule):
    world = replayed(SCREENED)
    world.plan = amended(**changes)
    with pytest.raises(Refusal) as refusal:
        world.do(SPONSOR, AmendDefinition(on(-7), "another parent"))
    assert refusal.value.rule == rule


def test_every_command_has_one_decision_and_one_row_of_the_table():
    decisions = [*CONDUCT, *SAFETY, *CLOSURE]
    assert len(decisions) == len(set(decisions))
    assert set(decisions) == set(declared_commands()) == set(PERMISSIONS)


def test_every_command_about_a_participant_has_its_steps():
    named = {
        name
        for name, command in declared_commands().items()
        if "participant" in {field.name for field in fields(command)} and name not in CLOSURE
    }
    assert named == set(STEPS)


class _Any:
    def __init__(self, name):
        self.command_name = name


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", PERMISSIONS)
def test_permission_table(name, role):
    """S08: every role with every command."""
    actor = Actor("somebody", role)
    if may(role, name):
        permit(actor, _Any(name), frozenset())
    else:
        with pytest.raises(Refusal) as refusal:
            permit(actor, _Any(name), frozenset())
        assert refusal.value.rule == "ROLE-PERMISSION"


READERS = {
    Role.PARTICIPANT,
    Role.DMC_MEMBER,
    Role.TREATING_PHYSICIAN,
    Role.AUDITOR,
    Role.PHARMACIST,
}


def test_some_roles_write_nothing_here():
    assert not {name for name in PERMISSIONS for role in READERS if may(role, name)}


def test_the_administrator_appoints_and_does_nothing_else():
    assert {name for name in PERMISSIONS if may(Role.ADMINISTRATOR, name)} == {"appoint", "end_appointment"}


def test_only_the_site_changes_what_the_site_entered():
    """A16, E6R3-3.16.1(i)."""
    site = {Role.INVESTIGATOR, Role.CARE_PROVIDER, Role.OUTCOMES_ASSESSOR, Role.SYSTEM}
    for name in ("capture", "correct", "mark_not_done", "confirm_answer"):
        assert PERMISSIONS[name] == site


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("name", STEPS)
def test_step_table(name, stage):
    """S13: every stage with every command."""
    if stage in STEPS[name]:
        require_step(stage, name, has_consented=True)
    else:
        with pytest.raises(Refusal) as refusal:
            require_step(stage, name, has_consented=True)
        assert refusal.value.rule == "STEP-ORDER"
        assert refusal.value.remedy


@pytest.mark.parametrize("name", sorted(NEEDS_CONSENT))
def test_nothing_is_recorded_of_a_person_who_declined(name):
    with pytest.raises(Refusal) as refusal:
        require_step(Stage.SCREEN_FAILED, name, has_consented=False)
    assert refusal.value.rule == "CONSENT-FIRST"


@pytest.mark.parametrize("pair", sorted(tuple(sorted(pair)) for pair in KEPT_APART))
def test_one_person_never_holds_both_roles(pair):
    """S08: the role-conflict matrix, through the same door."""
    first, second = pair
    name = next((name for name, roles in PERMISSIONS.items() if second in roles), None)
    if name is None:
        first, second = second, first
        name = next(name for name, roles in PERMISSIONS.items() if second in roles)
    with pytest.raises(Refusal) as refusal:
        permit(Actor("somebody", second), _Any(name), frozenset({first}))
    assert refusal.value.rule == "ROLE-CONFLICT"


def test_roles_are_remembered_by_person():
    world = World()
    world.do(SPONSOR, OpenTrial(True), when=at(-14))
    world.book.ledger.append([], who="x", role=Role.PHARMACIST)
    assert world.state.roles_held == {"sponsor.1": frozenset({Role.SPONSOR})}
