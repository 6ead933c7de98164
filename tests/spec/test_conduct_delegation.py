"""The delegation log: who may be appointed by whom, when it holds, what it keeps apart, and how it ends."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from conduct_world import WHO, World, at, on
from equipoise.allocation.entries import BreakReason, CodeBroken
from equipoise.closure import decide
from equipoise.conduct import (
    KEPT_APART,
    MAY_APPOINT,
    PERMISSIONS,
    Actor,
    AnswerQuery,
    Appoint,
    EndAppointment,
    OpenTrial,
    RaiseQuery,
    RecordConsent,
    Screen,
    held_by,
)
from equipoise.safety import AssessCodeBreak
from equipoise.vocabulary import MASKED_ROLES, Refusal, Role

TRAINED = "GCP certificate 2022/17"
SITE = "01"


def line(person: str, role: Role, *sites: str, **changes: object) -> Appoint:
    return replace(Appoint(person, role, sites, on(-14), TRAINED, on(-20)), **changes)


def appointed(role: Role, *sites: str) -> Appoint:
    return line(WHO[role].who, role, *sites)


@pytest.fixture
def staffed() -> World:
    """The administrator has appointed the sponsor, who appoints the leads; the investigator appoints the site."""
    world = World()
    world.clock.set(at(-14))
    world.do(Role.ADMINISTRATOR, appointed(Role.SPONSOR))
    world.do(Role.SPONSOR, appointed(Role.INVESTIGATOR, SITE))
    world.do(Role.SPONSOR, OpenTrial(synthetic=True))
    world.do(Role.INVESTIGATOR, appointed(Role.CARE_PROVIDER, SITE))
    return world


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.rule


def test_a_line_says_who_what_where_when_and_trained_by_which_record(staffed: World) -> None:
    """E6R3-2.3.3, FDA Q&A 2024 Q15: and every line stays, ended or not."""
    nurse = staffed.state.delegation[3]
    assert (nurse.person, nurse.role, nurse.sites) == (WHO[Role.CARE_PROVIDER].who, Role.CARE_PROVIDER, (SITE,))
    assert (nurse.training, nurse.trained_on) == (TRAINED, on(-20))
    assert nurse.appointed_by == WHO[Role.INVESTIGATOR].who
    staffed.do(Role.INVESTIGATOR, EndAppointment(3, "left the hospital"))
    assert staffed.state.delegation[3].end_reason == "left the hospital"
    assert held_by(staffed.state.delegation.values(), nurse.person, on(-14)) == ()


@pytest.mark.parametrize("who", Role)
@pytest.mark.parametrize("role", Role)
def test_who_appoints_whom(who: Role, role: Role) -> None:
    """S08, E6R3-2.3.3: the administrator appoints the first leads and nobody who works on data beside them."""
    world = World()
    allowed = who in PERMISSIONS["appoint"] and role in MAY_APPOINT[who]
    if allowed:
        assert [entry.type for entry in world.do(who, line("somebody", role))] == ["person_appointed"]
    else:
        assert refused(lambda: world.do(who, line("somebody", role))) in {"ROLE-PERMISSION", "DELEGATION-BY"}


def test_nobody_is_appointed_participant_administrator_or_program() -> None:
    every = frozenset().union(*MAY_APPOINT.values())
    assert every == frozenset(Role) - {Role.PARTICIPANT, Role.ADMINISTRATOR, Role.SYSTEM}
    assert MAY_APPOINT[Role.ADMINISTRATOR] <= MASKED_ROLES


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        (line("a", Role.CARE_PROVIDER, "99"), "SITE"),
        (line("a", Role.CARE_PROVIDER, SITE, training=" "), "TEXT-MISSING"),
        (line("a", Role.CARE_PROVIDER, SITE, trained_on=on(3)), "DATE-FUTURE"),
        (line("a", Role.CARE_PROVIDER, SITE, starts_on=on(-30)), "DELEGATION-TRAINING"),
        (line("a", Role.CARE_PROVIDER, SITE, until=on(-15)), "DELEGATION-DATES"),
        (line(" ", Role.CARE_PROVIDER, SITE), "TEXT-MISSING"),
        (line("a", Role.CARE_PROVIDER), "DELEGATION-SITE"),
        (appointed(Role.CARE_PROVIDER, SITE), "DELEGATION-TWICE"),
    ],
)
def test_a_line_that_does_not_hold_is_refused(staffed: World, command: Appoint, rule: str) -> None:
    """V16: no training record, no appointment; an investigator appoints at the own site alone."""
    assert refused(lambda: staffed.do(Role.INVESTIGATOR, command)) == rule


@pytest.mark.parametrize("pair", sorted(KEPT_APART, key=sorted), ids=lambda pair: "+".join(sorted(pair)))
def test_roles_that_are_kept_apart_are_never_given_to_one_person(pair: frozenset[Role]) -> None:
    """S08: in either order, and also where the first appointment has ended - what was seen stays seen."""
    for first, second in (sorted(pair), sorted(pair, reverse=True)):
        givers = [next((who for who in MAY_APPOINT if role in MAY_APPOINT[who]), None) for role in (first, second)]
        if None not in givers:  # nobody appoints an administrator: who has acted as one is refused below
            _give_both(World(), givers[0], first, givers[1], second)


def _give_both(world: World, one: Role, first: Role, other: Role, second: Role) -> None:
    for giver in {one, other} - {Role.ADMINISTRATOR}:
        world.do(Role.ADMINISTRATOR if giver is Role.SPONSOR else Role.SPONSOR, appointed(giver))
    world.do(one, line("one.person", first))
    assert refused(lambda: world.do(other, line("one.person", second))) == "ROLE-CONFLICT"
    world.do(one, EndAppointment(len(world.state.delegation), "moved"))
    assert refused(lambda: world.do(other, line("one.person", second))) == "ROLE-CONFLICT"


def test_an_administrator_is_never_given_a_hand_on_the_data() -> None:
    """S08: whoever has run the trial's machine may not be put on its log."""
    world = World()
    admin = WHO[Role.ADMINISTRATOR].who
    world.do(Role.ADMINISTRATOR, appointed(Role.SPONSOR))
    assert refused(lambda: world.do(Role.SPONSOR, line(admin, Role.DATA_MANAGER))) == "ROLE-CONFLICT"
    assert world.do(Role.SPONSOR, line(admin, Role.AUDITOR))


def test_only_who_is_on_the_log_acts(staffed: World) -> None:
    """S11, ASVS 8.3.2: asked at the write door, so an end holds for the very next command."""
    assert staffed.do(Role.CARE_PROVIDER, Screen(SITE, on(-14)))
    assert refused(lambda: staffed.do(Role.DATA_MANAGER, Screen(SITE, on(-14)))) == "DELEGATION-NONE"
    stranger = Actor("stranger", Role.CARE_PROVIDER)
    assert refused(lambda: _decided(staffed, stranger, Screen(SITE, on(-14)))) == "DELEGATION-NONE"
    staffed.do(Role.INVESTIGATOR, EndAppointment(3, "left the hospital"))
    assert refused(lambda: staffed.do(Role.CARE_PROVIDER, Screen(SITE, on(-14)))) == "DELEGATION-NONE"
    assert refused(lambda: staffed.do(Role.INVESTIGATOR, EndAppointment(3, "again"))) == "DELEGATION-OVER"
    assert refused(lambda: staffed.do(Role.INVESTIGATOR, EndAppointment(9, "none"))) == "DELEGATION"


def test_an_appointment_holds_from_its_first_day_to_its_last(staffed: World) -> None:
    locum = Actor("locum", Role.CARE_PROVIDER)
    staffed.do(Role.INVESTIGATOR, line("locum", Role.CARE_PROVIDER, SITE, starts_on=on(-10), until=on(-9)))
    outcome = {}
    for day in (-11, -10, -9, -8):
        staffed.clock.set(at(day))
        try:
            _decided(staffed, locum, Screen(SITE, on(day)))
            outcome[day] = True
        except Refusal:
            outcome[day] = False
    assert outcome == {-11: False, -10: True, -9: True, -8: False}


def test_an_appointment_does_not_reach_a_participant_of_another_site(staffed: World) -> None:
    """ASVS 8.2.2: the participant's site decides, whatever the command says."""
    other = next(site.id for site in staffed.plan.definition.sites if site.id != SITE)
    staffed.do(Role.SPONSOR, line("lead.02", Role.INVESTIGATOR, other))
    lead = Actor("lead.02", Role.INVESTIGATOR)
    number = staffed.do(Role.CARE_PROVIDER, Screen(SITE, on(-14)))[0].event.participant
    document = next(iter(staffed.plan.consents.values()))
    consent = RecordConsent(number, document.version, document.languages[0], "x", on(-14), "ab" * 32, "w")
    assert refused(lambda: _decided(staffed, lead, consent)) == "DELEGATION-NONE"


def test_a_person_is_not_screened_at_a_site_that_is_not_ones_own(staffed: World) -> None:
    other = next(site.id for site in staffed.plan.definition.sites if site.id != SITE)
    assert refused(lambda: staffed.do(Role.CARE_PROVIDER, Screen(other, on(-14)))) == "DELEGATION-NONE"


def test_a_query_is_answered_at_its_own_site(staffed: World) -> None:
    """A command that names a query, and no participant, is about the query's participant."""
    other = next(site.id for site in staffed.plan.definition.sites if site.id != SITE)
    staffed.do(Role.SPONSOR, line("monitor", Role.MONITOR))
    number = staffed.do(Role.CARE_PROVIDER, Screen(SITE, on(-14)))[0].event.participant
    events = _decided(staffed, Actor("monitor", Role.MONITOR), RaiseQuery(number, "SYNTHETIC: please check"))
    staffed.put(events, Role.MONITOR)
    staffed.do(Role.SPONSOR, line("lead.02", Role.INVESTIGATOR, other))
    answer = AnswerQuery(1, "checked")
    assert refused(lambda: _decided(staffed, Actor("lead.02", Role.INVESTIGATOR), answer)) == "DELEGATION-NONE"
    assert staffed.do(Role.CARE_PROVIDER, answer)


def test_a_code_break_is_assessed_at_the_site_of_whom_it_concerns(staffed: World) -> None:
    """As a query, a code break is named by its number alone."""
    other = next(site.id for site in staffed.plan.definition.sites if site.id != SITE)
    staffed.do(Role.SPONSOR, line("lead.02", Role.INVESTIGATOR, other))
    number = staffed.do(Role.CARE_PROVIDER, Screen(SITE, on(-14)))[0].event.participant
    broken = CodeBroken(1, 0, 0, BreakReason.OVERDOSE, staffed.clock(), on_paper=False, participant=number)
    staffed.put((broken,), Role.SYSTEM)
    assessed = AssessCodeBreak(1, True, (Role.TREATING_PHYSICIAN,), "the doses were stopped")
    assert refused(lambda: _decided(staffed, Actor("lead.02", Role.INVESTIGATOR), assessed)) == "DELEGATION-NONE"
    assert staffed.do(Role.INVESTIGATOR, assessed)


def _decided(world: World, actor: Actor, command: object) -> tuple[object, ...]:
    return decide(world.plan, world.book.state(), command, actor=actor, moment=world.clock())
