"""An act is one thing that a person does on a page: a form, a verb of the desk, and the sentence that it was done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from equipoise.vocabulary import Refusal
from equipoise_vault.pages.forms import VerbForm
from equipoise_vault.pages.frame import account_of, say

Answer = Mapping[str, Any]
Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """`needs_token`: the person shows both components again for this very act (11.200(a), ASVS 7.5.3).

    `verb` is what the desk is asked, where it is not the act's own name.
    """

    title: Promise
    form: type[VerbForm]
    done: Promise
    needs_token: bool = False
    verb: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Failed:
    """An act that was not done, with what was entered, so that nothing is lost."""

    name: str
    data: Mapping[str, Any]
    files: Any
    refusal: Refusal | None


def ask(request: HttpRequest, verb: str, **body: Any) -> Answer:
    """Ask the desk in the name of the account that is here.  Raises the vault's `Refusal`."""
    account = account_of(request)
    answer: Answer = settings.DESK.ask(verb, who=account.name, role=account.acts_as, **body)
    return answer


def chosen_act(request: HttpRequest, acts: Mapping[str, Act]) -> str:
    """Which act of the page was posted.  Raises `Http404` for any other."""
    name = request.POST.get("act", "")
    if name not in acts:
        raise Http404
    return name


def do(request: HttpRequest, name: str, act: Act) -> Answer | Failed:
    """Do what was posted: check the form, the components where they are needed, and ask the verb."""
    verb = act.verb or name
    form = act.form(request.POST, request.FILES)
    failed = Failed(name, request.POST, request.FILES, None)
    if not form.is_valid():
        return failed
    try:
        body = form.body()
        if act.needs_token:
            body["token"] = _token(request, verb, form)
        why, number = str(form.cleaned_data.get("why", "")), request.POST.get("number", "")
        return ask(request, verb, why=why, number=number, **body)
    except Refusal as refusal:
        return Failed(name, request.POST, request.FILES, refusal)


def acting_page(
    request: HttpRequest, template: str, acts: Mapping[str, Act], look: Callable[[], Context]
) -> HttpResponse:
    """A page on which acts are done one after the other: after each, the page anew with a sentence."""
    failed = None
    if request.method == "POST":
        name = chosen_act(request, acts)
        outcome = do(request, name, acts[name])
        if not isinstance(outcome, Failed):
            say(request, acts[name].done)
            return redirect(request.path)
        failed = outcome
    return show(request, template, acts, look, failed)


def show(
    request: HttpRequest,
    template: str,
    acts: Mapping[str, Act],
    look: Callable[[], Context],
    failed: Failed | None = None,
) -> HttpResponse:
    """The page with its acts; where the vault refuses to show it, the refusal in its place."""
    try:
        context = {**look(), "acts": acts, "failed": failed}
    except Refusal as refusal:
        return refused(request, refusal)
    return render(request, template, context, status=409 if failed else 200)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as a page: the sentence and what to do."""
    return render(request, "vault/refused.html", {"refusal": refusal}, status=409)


def _token(request: HttpRequest, verb: str, form: VerbForm) -> str:
    account = account_of(request)
    shown = {"password": form.cleaned_data["password"], "code": form.cleaned_data["code"]}
    if authenticate(request, name=account.name, **shown) is None:
        if getattr(request, "axes_locked_out", False):
            raise Refusal("REAUTHENTICATION", _("Too many attempts."), _("Wait a quarter of an hour; use the paper."))
        raise Refusal(
            "REAUTHENTICATION",
            _("Password and one-time code were not accepted."),
            _("Enter both again; each code works once, the next one comes within 30 seconds."),
        )
    components = ["password", "one_time_code"]
    return str(ask(request, "reauthenticate", act=verb, components=components)["token"])
