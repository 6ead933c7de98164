"""What the administrator of the site does: accounts and trials.  Nothing of what is in a trial is shown here."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from equipoise.conduct import ALL_SITES, Actor, Appoint
from equipoise.protocol import shipped_studies, study_file
from equipoise.store.admitting import invite, new_code
from equipoise.store.founding import add_trial
from equipoise.store.models import Account, Trial
from equipoise.store.running import installation, running_trial
from equipoise.vocabulary import Refusal, Role
from equipoise.web.handling import refused

_LEADS = (Role.SPONSOR, Role.INVESTIGATOR)
_LARGEST_STUDY = 2 << 20


@require_http_methods(["GET", "HEAD", "POST"])
def administration(request: HttpRequest) -> HttpResponse:
    """One page: who has an account, which trials there are, and who leads them first."""
    refusal, code = None, ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            code = _ACTS.get(act, _unknown)(request)
            if not code:
                return redirect("administration")
        except Refusal as error:
            refusal = refused(act, error, request.POST.dict())
    context = {
        "accounts": Account.objects.order_by("username"),
        "trials": Trial.objects.order_by("slug"),
        "studies": shipped_studies(),
        "leads": _LEADS,
        "code": code,
        "refused": refusal,
        "installation": installation(),
    }
    return render(request, "administration.html", context, status=422 if refusal else 200)


def _invite(request: HttpRequest) -> str:
    return invite(request.POST.get("username", ""), request.POST.get("display_name", ""), os.urandom)


def _renew(request: HttpRequest) -> str:
    return new_code(_account(request), os.urandom)


def _switch(request: HttpRequest) -> str:
    """Take an account out of use, at once and in every open session; or bring it back."""
    account = _account(request)
    if account == request.user:
        raise Refusal("ACCOUNT-OWN", "This is your own account.", "Another administrator can take it out of use.")
    account.is_active = not account.is_active
    account.save(update_fields=["is_active"])
    return ""


def _add_trial(request: HttpRequest) -> str:
    slug, study = request.POST.get("slug", ""), request.POST.get("study", "")
    if not slug.isascii() or slug != slug.lower() or not slug.replace("-", "").isalnum() or len(slug) > 40:
        raise Refusal("TRIAL-NAME", "A short name has small letters, digits and hyphens.", "Such as nct05921058.")
    sent = request.FILES.get("file")
    if sent is None:
        if study not in shipped_studies():
            raise Refusal("TRIAL-STUDY", "A trial needs its study definition.", "Choose one, or send a study.yaml.")
        add_trial(slug, study_file(study))
        return ""
    if sent.size is None or sent.size > _LARGEST_STUDY:
        raise Refusal("TRIAL-STUDY", "The file is too large for a study definition.", "Send the study.yaml alone.")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "study.yaml"
        file.write_bytes(sent.read())
        add_trial(slug, file)
    return ""


def _appoint(request: HttpRequest) -> str:
    """Put the first lead on a trial's delegation log; the others are appointed in the trial."""
    account = Account.objects.get(pk=request.user.pk)
    found = Trial.objects.filter(slug=request.POST.get("trial", "")).first()
    role = next((each for each in _LEADS if each.value == request.POST.get("role")), None)
    if found is None or role is None:
        raise Refusal("TRIAL-LEAD", "Choose a trial and a role.", "Nothing was changed.")
    trial = running_trial(found.slug)
    today = trial.today()
    person = _account(request).username
    appointment = Appoint(person, role, ALL_SITES, today, request.POST.get("training", ""), today)
    trial.do(Actor(account.username, Role.ADMINISTRATOR), appointment)
    return ""


def _account(request: HttpRequest) -> Account:
    found = Account.objects.filter(username=request.POST.get("username", "").strip().lower()).first()
    if found is None:
        raise Refusal("ACCOUNT", "There is no account of this name.", "Choose one from the list.")
    return found


def _unknown(request: HttpRequest) -> str:
    raise Refusal("COMMAND", "This page cannot do that.", "Choose one of its buttons.")


_ACTS: Mapping[str, Callable[[HttpRequest], str]] = {
    "invite": _invite,
    "renew": _renew,
    "switch": _switch,
    "add_trial": _add_trial,
    "appoint": _appoint,
}
"""Button -> what it does; gives a code to show once, or nothing."""
