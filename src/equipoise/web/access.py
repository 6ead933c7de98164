"""Who may ask for which page: one table, and the one place that enforces it.

A route without a row is not served.  What is not yours does not exist: the answer is 404, never 403.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from equipoise.conduct import PERMISSIONS
from equipoise.store.models import Account, Trial
from equipoise.store.running import running_trial
from equipoise.vocabulary import MASKED_ROLES, Role
from equipoise.web.api.entering import shown_token
from equipoise.web.api.offered import OFFERED
from equipoise.web.api.problems import no_such, not_known
from equipoise.web.here import Here, arrive
from equipoise.web.session import has_just_proved, make_second_factor, needs_second_factor, prove_again

MASKED = MASKED_ROLES - {Role.PARTICIPANT, Role.ADMINISTRATOR}
"""The roles that have a place on this side; who knows arms has the vault's own pages."""
SITE = frozenset({Role.INVESTIGATOR, Role.CARE_PROVIDER, Role.OUTCOMES_ASSESSOR})
BEDSIDE = frozenset({Role.INVESTIGATOR, Role.CARE_PROVIDER})
ASKING = frozenset({Role.DATA_MANAGER, Role.MONITOR})
CHECKING = frozenset({Role.MONITOR, Role.AUDITOR})
REVIEWING = frozenset({Role.INVESTIGATOR, Role.DATA_MANAGER, Role.STATISTICIAN})
SIGNING, LEAD = PERMISSIONS["register_signing_key"], PERMISSIONS["amend_definition"]
READING = frozenset({"GET", "HEAD"})


class Door(Enum):
    """Who comes in where no trial is concerned."""

    ANYBODY = "anybody"
    ACCOUNT = "account"
    ADMINISTRATOR = "administrator"
    TOKEN = "token"  # noqa: S105  # a program with a personal token, and no cookie


@dataclass(frozen=True, slots=True)
class Rule:
    """One row.  In a trial `read` and `write` are roles, for safe and other methods; elsewhere `door` decides.

    `again`: to write, the person has proved who it is within the last minutes (ASVS 7.5.3).
    A participant named in the URL belongs to one of the role's sites, always.
    """

    door: Door = Door.ACCOUNT
    read: frozenset[Role] = frozenset()
    write: frozenset[Role] = frozenset()
    again: bool = False

    @property
    def in_trial(self) -> bool:
        return bool(self.read or self.write)


ANYBODY, OWN_ACCOUNT, RUNS_SITE = Rule(Door.ANYBODY), Rule(Door.ACCOUNT), Rule(Door.ADMINISTRATOR)


def trial_rule(read: frozenset[Role], write: frozenset[Role] = frozenset(), *, again: bool = False) -> Rule:
    """A row inside a trial: the roles that read, the roles that write."""
    return Rule(Door.ACCOUNT, read, write, again)


def program_rule(read: frozenset[Role], write: frozenset[Role] = frozenset()) -> Rule:
    """A row of the API inside a trial: the same roles, by token."""
    return Rule(Door.TOKEN, read, write)


_PAGES: Mapping[str, Rule] = {
    # the own account
    "account_login": ANYBODY,
    "account_logout": ANYBODY,
    "account_inactive": ANYBODY,
    "account_reauthenticate": OWN_ACCOUNT,
    "account_change_password": OWN_ACCOUNT,
    "mfa_authenticate": ANYBODY,  # between password and second factor nobody is logged in
    "mfa_login_webauthn": ANYBODY,
    "mfa_index": OWN_ACCOUNT,
    "mfa_reauthenticate": OWN_ACCOUNT,
    "mfa_activate_totp": OWN_ACCOUNT,
    "mfa_deactivate_totp": OWN_ACCOUNT,
    "mfa_view_recovery_codes": OWN_ACCOUNT,
    "mfa_generate_recovery_codes": OWN_ACCOUNT,
    "mfa_download_recovery_codes": OWN_ACCOUNT,
    "mfa_list_webauthn": OWN_ACCOUNT,
    "mfa_add_webauthn": OWN_ACCOUNT,
    "mfa_reauthenticate_webauthn": OWN_ACCOUNT,
    "mfa_remove_webauthn": OWN_ACCOUNT,
    "mfa_edit_webauthn": OWN_ACCOUNT,
    "usersessions_list": OWN_ACCOUNT,
    "tokens": Rule(Door.ACCOUNT, again=True),
    # the site
    "my_trials": OWN_ACCOUNT,
    "choose_language": ANYBODY,
    "setup": ANYBODY,
    "begin": ANYBODY,
    "administration": Rule(Door.ADMINISTRATOR, again=True),
    # inside a trial
    "opening": trial_rule(MASKED, frozenset({Role.SPONSOR, Role.INVESTIGATOR, Role.STATISTICIAN}), again=True),
    "delegation": trial_rule(MASKED, LEAD, again=True),
    "trial": trial_rule(MASKED),
    "choose_role": trial_rule(MASKED, MASKED),
    "participants": trial_rule(MASKED, BEDSIDE),
    "participant": trial_rule(MASKED, SITE),
    "consent": trial_rule(MASKED, BEDSIDE),
    "consent_form": trial_rule(MASKED),
    "scan": trial_rule(BEDSIDE | CHECKING),
    "attachment": trial_rule(MASKED),
    "eligibility": trial_rule(MASKED, BEDSIDE),
    "randomise": trial_rule(MASKED, BEDSIDE),
    "doses": trial_rule(MASKED, BEDSIDE),
    "participant_queries": trial_rule(MASKED, SITE | ASKING),
    "events": trial_rule(MASKED, LEAD),
    "form_page": trial_rule(MASKED, SITE),
    "item": trial_rule(MASKED, SITE | ASKING),
    "second_entry": trial_rule(SITE, SITE),
    "reconciliation": trial_rule(MASKED, SITE),
    "queries": trial_rule(MASKED, SITE | ASKING),
    "deviations": trial_rule(MASKED, BEDSIDE | ASKING),
    "review": trial_rule(REVIEWING | CHECKING, REVIEWING),
    "code_breaks": trial_rule(MASKED, frozenset({Role.INVESTIGATOR})),
    "lock": trial_rule(SIGNING | CHECKING, SIGNING, again=True),
    "amendment": trial_rule(MASKED, LEAD, again=True),
    "release": trial_rule(MASKED, frozenset({Role.STATISTICIAN}), again=True),
    "lock_certificate": trial_rule(MASKED),
    "report_file": trial_rule(MASKED),  # there is one once the list is released: masking has ended for all
    "proof": trial_rule(SIGNING | CHECKING),
    "audit": trial_rule(MASKED),
    # the API's description
    "api:openapi-json": ANYBODY,
    "api_page": ANYBODY,
    "api:api-root": ANYBODY,  # the same address
    "api_unknown": ANYBODY,
}

ACCESS: Mapping[str, Rule] = {
    **_PAGES,
    **{f"api:{name}": program_rule(frozenset(), PERMISSIONS[name] & MASKED) for name in OFFERED},
    **{
        f"api:{name}": program_rule(MASKED)
        for name in (
            "me",
            "status",
            "definition",
            "participants",
            "participant",
            "matrix",
            "page",
            "trail",
            "reconciliation",
            "attachments",
            "attachment",
            "queries",
            "deviations",
            "adverse_events",
            "delegation",
            "audit_trail",
            "audit_sheet",
        )
    },
}
"""Name of a route -> its row.  The API reads what the pages show; a command is for the roles that may give it."""
_OWN_KEYS = ("account_", "mfa_", "choose_language")
"""The routes on which an account is made safe, open before it is."""


class AccessMiddleware:
    """Lets a request through to its view, or answers in its place."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Look the route up and enforce its row; sets `request.account`, and `request.here` inside a trial."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        rule = ACCESS.get(name)
        if rule is None:
            raise Http404
        if rule.door is Door.ANYBODY:
            return None
        if rule.door is Door.TOKEN:
            return _enter_by_token(request, rule, kwargs)
        if not isinstance(request.user, Account):
            return redirect_to_login(request.get_full_path())
        request.account = request.user  # type: ignore[attr-defined]  # declared by `TrialRequest`
        if not name.startswith(_OWN_KEYS) and needs_second_factor(request, request.user):
            return make_second_factor()
        if rule.door is Door.ADMINISTRATOR and not request.user.is_administrator:
            raise Http404
        if rule.in_trial:
            request.here = _enter(request, request.user, rule, kwargs)  # type: ignore[attr-defined]  # as above
        if rule.again and request.method not in READING and not has_just_proved(request, request.user):
            return prove_again(request)
        return None


def _enter(request: HttpRequest, account: Account, rule: Rule, kwargs: Mapping[str, Any]) -> Here:
    here = place_in(str(kwargs["trial"]), account, request.session.get(f"role:{kwargs['trial']}"))
    if here is None or not _lets_in(here, rule, request, kwargs):
        raise Http404
    return here


def _enter_by_token(request: HttpRequest, rule: Rule, kwargs: Mapping[str, Any]) -> HttpResponse | None:
    """Let a program in as the person whose token it shows, in the token's trial and role and no other."""
    shown = shown_token(request)
    if shown is None:
        return not_known()
    shown.put_on(request)
    if kwargs.get("trial", shown.here.trial.slug) != shown.here.trial.slug:
        return no_such()
    return None if _lets_in(shown.here, rule, request, kwargs) else no_such()


def _lets_in(here: Here, rule: Rule, request: HttpRequest, kwargs: Mapping[str, Any]) -> bool:
    allowed = rule.read if request.method in READING else rule.write
    return here.role in allowed and ("participant" not in kwargs or _is_own(here, str(kwargs["participant"])))


def place_in(slug: str, account: Account, wanted: str | None) -> Here | None:
    """Where an account stands in the trial of this slug; nothing if there is no such trial for it."""
    if not Trial.objects.filter(slug=slug).exists():
        return None
    return arrive(running_trial(slug), account, wanted)


def _is_own(here: Here, number: str) -> bool:
    def at_own_site(state: Any) -> bool:
        found = state.conduct.participants.get(number)
        return found is not None and here.covers(found.site)

    return here.trial.look(at_own_site)
