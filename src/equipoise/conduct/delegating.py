"""Appoint and end: the delegation log grows by these two commands, and the door asks it before every other one."""

from collections.abc import Iterable, Mapping

from equipoise.conduct.commands import Appoint, EndAppointment
from equipoise.conduct.delegation import held_by
from equipoise.conduct.events import AppointmentEnded, PersonAppointed
from equipoise.conduct.permissions import require_apart
from equipoise.conduct.situation import Situation, require_text
from equipoise.vocabulary import Refusal, Role

MAY_APPOINT: Mapping[Role, frozenset[Role]] = {
    Role.ADMINISTRATOR: frozenset({Role.SPONSOR, Role.INVESTIGATOR}),
    Role.SPONSOR: frozenset(
        {
            Role.INVESTIGATOR,
            Role.DATA_MANAGER,
            Role.MONITOR,
            Role.STATISTICIAN,
            Role.PHARMACIST,
            Role.QUALITY_OFFICER,
            Role.DMC_MEMBER,
            Role.TREATING_PHYSICIAN,
            Role.AUDITOR,
            Role.SPONSOR,
        }
    ),
    Role.INVESTIGATOR: frozenset({Role.INVESTIGATOR, Role.CARE_PROVIDER, Role.OUTCOMES_ASSESSOR, Role.PHARMACIST}),
}
"""Who puts whom on the log: the machine's administrator the first lead, the sponsor its own people, the investigator
those of the site (E6R3-2.3.3).  Nobody checks the own work: `KEPT_APART`."""


def appoint(now: Situation, command: Appoint) -> tuple[PersonAppointed]:
    """Put a person on the delegation log: known sites, trained by the first day, no clash of roles (S08, V16)."""
    if command.role not in MAY_APPOINT.get(now.actor.role, frozenset()):
        raise Refusal(
            "DELEGATION-BY",
            f"The {_word(now.actor.role)} does not appoint the {_word(command.role)}.",
            "Ask the sponsor or the investigator.",
        )
    person = require_text(command.person, "person")
    _require_sites(now, command.sites)
    if now.actor.role is Role.INVESTIGATOR:
        _require_own_sites(now, command.sites)
    if command.until is not None and command.until < command.starts_on:
        raise Refusal("DELEGATION-DATES", "The last day lies before the first.", "Check the two dates.")
    training = require_text(command.training, "training record")
    now.not_in_future(command.trained_on)
    if command.trained_on > command.starts_on:
        raise Refusal(
            "DELEGATION-TRAINING",
            "The training is later than the first day.",
            "Let the appointment start after the training.",
        )
    _require_apart(now, person, command.role)
    same = (each for each in held_by(now.state.delegation.values(), person, now.today) if each.role is command.role)
    if any(each.sites == command.sites for each in same):
        raise Refusal("DELEGATION-TWICE", "The person holds this role already.", "End the former appointment first.")
    number = len(now.state.delegation) + 1
    sites = tuple(dict.fromkeys(command.sites))
    return (
        PersonAppointed(
            number, person, command.role, sites, command.starts_on, command.until, training, command.trained_on
        ),
    )


def end_appointment(now: Situation, command: EndAppointment) -> tuple[AppointmentEnded]:
    """End an appointment at once, with a reason; whoever may appoint to the role may end it (S11)."""
    found = now.state.delegation.get(command.appointment)
    if found is None or found.role not in MAY_APPOINT.get(now.actor.role, frozenset()):
        raise Refusal("DELEGATION", "There is no such appointment for you to end.", "Check the log.")
    if found.is_over(now.today):
        raise Refusal("DELEGATION-OVER", "This appointment has ended already.", "Nothing needs to be done.")
    return (AppointmentEnded(command.appointment, found.person, require_text(command.reason, "reason")),)


def require_appointed(now: Situation, command: object) -> None:
    """Refuse who is not on the delegation log in this role today, at the site that the command concerns (S11).

    A trial that keeps no log here asks nobody; the administrator stands outside it, and programs act as `system`.
    """
    actor, log = now.actor, now.state.delegation
    if not log or actor.role in {Role.ADMINISTRATOR, Role.SYSTEM}:
        return
    held = [each for each in held_by(log.values(), actor.who, now.today) if each.role is actor.role]
    site = _site_of(now, command)
    if not any(site is None or each.covers(site) for each in held):
        raise Refusal(
            "DELEGATION-NONE",
            f"You are not on the delegation log as {_word(actor.role)} here today.",
            "Ask the sponsor or the investigator.",
        )


def _site_of(now: Situation, command: object) -> str | None:
    """The site of the person whom a command is about; nothing where it is about nobody, or about nobody known."""
    state, site = now.state, getattr(command, "site", None)
    broken = state.allocation.breaks.get(getattr(command, "number", None) or 0)
    number = (
        getattr(command, "participant", None)
        or state.queries.get(getattr(command, "query", None) or 0)
        or state.deviations.get(getattr(command, "deviation", None) or 0)
        or (broken.participant if broken else None)
    )
    known = state.participants.get(number) if number else None
    return known.site if known else site


def _require_apart(now: Situation, person: str, role: Role) -> None:
    """A person never holds two roles that are kept apart, past ones included: what was seen stays seen."""
    acted = now.state.roles_held.get(person, frozenset())
    appointed = frozenset(each.role for each in now.state.delegation.values() if each.person == person)
    require_apart(acted | appointed, role)


def _require_sites(now: Situation, sites: Iterable[str]) -> None:
    known = {site.id for site in now.plan.definition.sites}
    if any(site not in known for site in sites):
        raise Refusal("SITE", "The study has no such site.", "Choose a site of the study.")


def _require_own_sites(now: Situation, sites: tuple[str, ...]) -> None:
    """An investigator appoints where the own appointment holds; one for all sites is given by who holds all."""
    log = now.state.delegation
    held = [each for each in held_by(log.values(), now.actor.who, now.today) if each.role is Role.INVESTIGATOR]
    if log and not any(not each.sites or (sites and set(sites) <= set(each.sites)) for each in held):
        raise Refusal("DELEGATION-SITE", "This is not your site.", "Appoint people at your own site.")


def _word(role: Role) -> str:
    return role.value.replace("_", " ")
