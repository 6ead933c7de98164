"""A second trial on the synthetic site, with two hospitals: who stands at the first must not meet the second."""

import hashlib
from datetime import date
from pathlib import Path

from conduct_world import sealed_list
from equipoise.conduct import (
    Actor,
    Appoint,
    AttachFile,
    Capture,
    DeviationKind,
    FileDescription,
    OpenTrial,
    Page,
    RaiseQuery,
    RecordConsent,
    RecordDeviation,
    Screen,
    Typed,
)
from equipoise.conduct import StartEncounter as Start
from equipoise.safety import ActionTaken, Assessment, Causality, Outcome, ReportAdverseEvent
from equipoise.vocabulary import Role
from web_world import NOW
from xss_payloads import PAYLOADS

TWO = "two-sites"
STUDY = Path(__file__).with_name("conduct_study.yaml")
OWN, OTHER = "01", "02"
TODAY = date(2026, 3, 20)
NO_ACCOUNT = frozenset({Role.PARTICIPANT, Role.SYSTEM, Role.ADMINISTRATOR})
SCANS = {OWN: "ab" * 32, OTHER: "cd" * 32}
MEDICATION, DEMOGRAPHY = Page("log", "medication"), Page("screening", "demography")


def account_of(role: Role, site: str = OWN) -> str:
    return f"{role.value}.{site}"


def add_two_sites() -> dict[str, str]:
    """Add the trial with one account per role at the first site, and an investigator and a monitor at the second.

    Gives the participant of each site: both have a consent, answers and a query.
    """
    from equipoise.store.founding import add_trial
    from equipoise.store.models import Account
    from equipoise.store.running import running_trial

    add_trial(TWO, STUDY, is_synthetic=True)
    trial = running_trial(TWO)
    administrator, sponsor = Actor("administrator", Role.ADMINISTRATOR), Actor(account_of(Role.SPONSOR), Role.SPONSOR)
    trial.do(sponsor, OpenTrial(synthetic=True))
    trial.do(administrator, Appoint(sponsor.who, Role.SPONSOR, (), TODAY, "GCP", TODAY))
    Account.objects.create(username=sponsor.who, display_name="sponsor", is_demonstration=True)
    at_bedside = (Role.CARE_PROVIDER, Role.OUTCOMES_ASSESSOR)
    others = [role for role in Role if role not in NO_ACCOUNT | {Role.SPONSOR, *at_bedside}]
    for role, site in [*((role, OWN) for role in others), (Role.INVESTIGATOR, OTHER), (Role.MONITOR, OTHER)]:
        trial.do(sponsor, Appoint(account_of(role, site), role, (site,), TODAY, "GCP", TODAY))
        Account.objects.create(username=account_of(role, site), display_name=role.value, is_demonstration=True)
    investigator = Actor(account_of(Role.INVESTIGATOR), Role.INVESTIGATOR)
    for role in at_bedside:
        trial.do(investigator, Appoint(account_of(role), role, (OWN,), TODAY, "GCP", TODAY))
        Account.objects.create(username=account_of(role), display_name=role.value, is_demonstration=True)
    trial.book.ledger.append(sealed_list(), who="equipoise", role=Role.SYSTEM)
    return {site: _participant(site) for site in (OWN, OTHER)}


def client_of(role: Role, site: str = OWN):
    """A test client that is logged in as the account of a role at a site."""
    from django.test import Client

    from equipoise.store.models import Account

    logged_in = Client()
    account = Account.objects.get(username=account_of(role, site))
    logged_in.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return logged_in


def prove(client) -> None:
    """As if the person had just entered password and second factor."""
    import time

    from allauth.account.internal.flows import login

    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session.save()


def token_of(role: Role, site: str = OWN, *, days: int = 3) -> str:
    """A token of that account for this trial."""
    from equipoise.store.models import Account, Trial
    from equipoise.store.tokens import PersonalToken, make_token

    account = Account.objects.get(username=account_of(role, site))
    secret = f"{account.username} {PersonalToken.objects.count()}".encode().ljust(32, b".")
    return make_token(account, Trial.objects.get(slug=TWO), role, name="test", days=days, now=NOW, secret=secret)


def store_payloads(trial, number: str) -> None:
    """Put every payload into every kind of text that people type, through the rules themselves."""
    from equipoise.store.models import Account

    Account.objects.filter(username=account_of(Role.INVESTIGATOR)).update(display_name=PAYLOADS[20])
    investigator = Actor(account_of(Role.INVESTIGATOR), Role.INVESTIGATOR)
    monitor = Actor(account_of(Role.MONITOR), Role.MONITOR)
    with trial.book.ledger.transaction():
        for repetition, text in enumerate(PAYLOADS, start=2):
            page = Page(MEDICATION.encounter, MEDICATION.form, repetition)
            trial.do(investigator, Capture(number, page, (Typed("medicine", text),)))
            trial.do(monitor, RaiseQuery(number, text))
            trial.do(investigator, RecordDeviation(number, DeviationKind.OTHER, TODAY, text))
            if repetition % 10 == 0:
                trial.do(investigator, ReportAdverseEvent(number, TODAY, _event(text)))
                file = FileDescription(hashlib.sha256(text.encode()).hexdigest(), "application/pdf", 1, text)
                trial.do(investigator, AttachFile(number, MEDICATION, file))


def _event(term: str) -> Assessment:
    return Assessment(term, TODAY, 1, Causality.POSSIBLE, ActionTaken.NONE, Outcome.RECOVERED, (), None, TODAY)


def _participant(site: str) -> str:
    from equipoise.store.running import running_trial

    trial = running_trial(TWO)
    who = Actor(account_of(Role.INVESTIGATOR, site), Role.INVESTIGATOR)
    number: str = trial.do(who, Screen(site, TODAY))[0].event.participant
    trial.do(who, RecordConsent(number, "1.0", "en", who.who, TODAY, SCANS[site]))
    trial.do(who, Start(number, "screening", TODAY))
    trial.do(who, Capture(number, DEMOGRAPHY, (Typed("birth_year", "1990"),)))
    trial.do(who, Capture(number, MEDICATION, (Typed("medicine", "prednisolone"),)))
    monitor = Actor(account_of(Role.MONITOR, site), Role.MONITOR)
    trial.do(monitor, RaiseQuery(number, "Is this the year of birth?", DEMOGRAPHY.point("birth_year")))
    return number


class StopBeforeView:
    """The last middleware: a request that comes so far would have been served."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, *rest):
        from django.http import HttpResponse

        return HttpResponse(status=299)
