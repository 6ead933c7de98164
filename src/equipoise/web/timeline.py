"""Everything that happened to a participant, in the order of the days on which it happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from equipoise.closure import Trial
from equipoise.conduct import Participant, Plan
from equipoise.conduct.events import DoseAdministered, EncounterStarted
from equipoise.vocabulary import Role
from equipoise.web.sight import sees_query
from equipoise.web.templatetags.study import plain
from equipoise.web.words import wording


@dataclass(frozen=True, slots=True)
class Happening:
    """One line: when, what, and a word on it."""

    on: date
    what: str
    detail: str = ""


def timeline_of(plan: Plan, trial: Trial, person: Participant, role: Role) -> tuple[Happening, ...]:
    """The course of a participant as a role may read it; what is on the same day stays in the order of the steps."""
    found = (*_steps(person), *_visits(plan, person), *_events(plan, trial, person), *_ends(plan, person, role))
    return tuple(sorted(found, key=lambda each: each.on))


def _steps(person: Participant) -> Iterator[Happening]:
    yield Happening(person.screened_on, gettext("Screened"))
    for consent in person.consents:
        yield Happening(consent.signed_on, gettext("Consent signed"), f"{consent.version} ({consent.language})")
    if person.enrolled_on:
        yield Happening(person.enrolled_on, gettext("Enrolled"))
    if person.randomised_on:
        yield Happening(person.randomised_on, gettext("Randomised"))


def _visits(plan: Plan, person: Participant) -> Iterator[Happening]:
    for name, encounter in person.encounters.items():
        if isinstance(encounter, EncounterStarted):
            planned = plan.encounters.get(name)
            yield Happening(encounter.on, gettext("Visit"), plain(planned.name) if planned else name)
    for number, dose in person.doses.items():
        if isinstance(dose, DoseAdministered):
            detail = gettext("pack %(pack)s, %(volume)s mL") % {"pack": dose.pack, "volume": f"{dose.volume_ml:f}"}
            what = gettext("Dose %(number)d given") % {"number": number}
            yield Happening(plan.local_date(dose.given_at), what, detail)


def _events(plan: Plan, trial: Trial, person: Participant) -> Iterator[Happening]:
    for event in trial.safety.events_of(person.number):
        what = gettext("Serious adverse event") if event.is_serious else gettext("Adverse event")
        yield Happening(event.current.started_on, what, event.current.term)
    for deviation in person.deviations.values():
        yield Happening(deviation.on, gettext("Protocol deviation"), wording(deviation.kind))


def _ends(plan: Plan, person: Participant, role: Role) -> Iterator[Happening]:
    for query in person.queries.values():
        if sees_query(plan, role, query):
            yield Happening(plan.local_date(query.raised_at), gettext("Query raised"), wording(query.status))
    for withdrawal in person.withdrawals:
        yield Happening(withdrawal.on, gettext("Stopped"), wording(withdrawal.stops))
    if person.completed_on:
        yield Happening(person.completed_on, gettext("Completed"))
