"""The entrance: first set-up, taking an account into use, signing in and out."""

import hmac
import re
import time
from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.vocabulary import Role, digest_bytes
from equipoise_vault.pages.demonstration import shown_accounts
from equipoise_vault.pages.demonstration_names import PASSWORD
from equipoise_vault.pages.forms import Components
from equipoise_vault.pages.frame import ROLE_NAMES, say
from equipoise_vault.pages.inviting import invite
from equipoise_vault.pages.keeper import BEGAN_AT
from equipoise_vault.pages.models import Account
from equipoise_vault.pages.qr import qr_code
from equipoise_vault.pages.record import AccountChanged, SignedIn, SignedOut, SignInFailed, note
from equipoise_vault.pages.roles import HOLDERS
from equipoise_vault.pages.second_factor import SECRET_BYTES, matching_step, new_secret, provisioning_uri

NAME = re.compile(r"[a-z][a-z0-9.\-]{1,39}")
_ENROLLING = "enrolling"
DECLARATION = gettext_lazy(
    "I have no task in this trial that must stay masked: I do not recruit, treat as an investigator, assess outcomes, "
    "enter or review data."
)
DECLARATION_MASKED = gettext_lazy(
    "I stay masked: I do not ask to see an arm, and nobody shows me one before the release."
)


class SignIn(Components):
    """Name and both components."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=40, widget=forms.TextInput({"autocomplete": "username"})
    )
    field_order = ("name", "password", "code")


class Setup(forms.Form):
    """The three holders of the key, and the code that stands on the terminal."""

    setup_code = forms.CharField(label=gettext_lazy("Set-up code, from the terminal where the vault was started"))
    statistician = forms.RegexField(NAME, label=gettext_lazy("Statistician: name to sign in with"), max_length=40)
    pharmacist = forms.RegexField(NAME, label=gettext_lazy("Pharmacist: name to sign in with"), max_length=40)
    quality_officer = forms.RegexField(NAME, label=gettext_lazy("Quality officer: name to sign in with"), max_length=40)

    def clean(self) -> None:
        given = str(self.cleaned_data.get("setup_code", "")).strip().upper()
        if not hmac.compare_digest(given.encode(), settings.PLACE.setup_code.encode()):
            raise ValidationError(_("This is not the set-up code."))
        if len({self.cleaned_data.get(role.value) for role in HOLDERS}) < len(HOLDERS):
            raise ValidationError(_("Three different people hold the key."))


class Invited(forms.Form):
    """Who was invited, and the code that they were given."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=40)
    invitation = forms.CharField(label=gettext_lazy("Invitation code"), max_length=40)


class TakeIntoUse(forms.Form):
    """Own password, first one-time code, and the declaration."""

    password = forms.CharField(
        label=gettext_lazy("New password"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=gettext_lazy("The same again"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    code = forms.CharField(label=gettext_lazy("One-time code from the app"), max_length=10)
    declared = forms.BooleanField(label="")


def setup(request: HttpRequest) -> HttpResponse:
    """Invite the three holders; possible as long as there is no account."""
    if Account.objects.exists():
        raise Http404
    form = Setup(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            invited = [
                (form.cleaned_data[role.value], ROLE_NAMES[role], invite(form.cleaned_data[role.value], "", role))
                for role in HOLDERS
            ]
            Account.objects.update(confirmed_by="setup")
        return render(request, "vault/invited.html", {"invited": invited})
    return render(request, "vault/form.html", {"form": form, "kind": "setup"}, status=200 if not form.errors else 409)


def enrol(request: HttpRequest) -> HttpResponse:
    """An invited person sets the own password and second factor: nobody else ever knows them (S05)."""
    account = Account.objects.filter(pk=request.session.get(_ENROLLING)).exclude(invitation="").first()
    if account is None or "invitation" in request.POST:
        return _show_invitation(request)
    form = TakeIntoUse(request.POST or None)
    form.fields["declared"].label = DECLARATION_MASKED if _is_masked(account) else DECLARATION
    if request.method == "POST" and form.is_valid() and _take_into_use(account, form):
        del request.session[_ENROLLING]
        say(request, _("Your account is ready. Sign in with it."))
        return redirect("sign_in")
    context = {
        "form": form,
        "invited": account,
        "role": ROLE_NAMES[account.acts_as],
        "secret": account.second_factor,
        "qr": qr_code(provisioning_uri(account.second_factor, account.name)),
    }
    return render(request, "vault/enrol.html", context, status=409 if form.errors else 200)


def sign_in(request: HttpRequest) -> HttpResponse:
    """Name, password and one-time code; five failures lock the name out for a quarter of an hour."""
    if not Account.objects.exists():
        return redirect("setup")
    form, is_locked_out = SignIn(request.POST or None), False
    if request.method == "POST" and form.is_valid():
        account = authenticate(request, **form.cleaned_data)
        is_locked_out = bool(getattr(request, "axes_locked_out", False))
        if isinstance(account, Account):
            login(request, account)
            request.session[BEGAN_AT] = datetime.now(UTC).isoformat()
            note(SignedIn(), who=account.name, role=account.acts_as)
            return redirect("home")
        _note_failure(form.cleaned_data["name"], is_locked_out)
        form.add_error(None, _("Name, password and one-time code do not belong together, or the code was used before."))
    context = {"form": form, "is_locked_out": is_locked_out}
    if settings.PLACE.is_demonstration:
        context |= {"demonstration": shown_accounts(), "password": PASSWORD}
    status = 429 if is_locked_out else 401 if form.errors else 200
    return render(request, "vault/sign_in.html", context, status=status)


def sign_out(request: HttpRequest) -> HttpResponse:
    """End the web session, on the server too."""
    account = request.user
    assert isinstance(account, Account), "the keeper lets nobody else through"
    note(SignedOut(), who=account.name, role=account.acts_as)
    logout(request)
    return redirect("sign_in")


def _show_invitation(request: HttpRequest) -> HttpResponse:
    form = Invited(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = digest_bytes(form.cleaned_data["invitation"].strip().upper().encode())
        account = Account.objects.filter(name=form.cleaned_data["name"], is_ended=False).first()
        if account is not None and account.invitation and hmac.compare_digest(account.invitation, given):
            account.second_factor = new_secret(settings.PLACE.entropy(SECRET_BYTES))
            account.save(update_fields=["second_factor"])
            request.session.cycle_key()
            request.session[_ENROLLING] = account.pk
            return redirect("enrol")
        form.add_error(None, _("This name and invitation do not belong together, or it was used before."))
    return render(request, "vault/form.html", {"form": form, "kind": "enrol"}, status=409 if form.errors else 200)


def _take_into_use(account: Account, form: TakeIntoUse) -> bool:
    password, code = form.cleaned_data["password"], form.cleaned_data["code"]
    if password != form.cleaned_data["again"]:
        form.add_error("again", _("These two are not the same."))
    try:
        validate_password(password, account)
    except ValidationError as error:
        form.add_error("password", error)
    step = matching_step(account.second_factor, code, int(time.time()), 0)
    if step is None:
        form.add_error("code", _("This is not the code that the app shows now. Check the phone's clock."))
    if form.errors or step is None:
        return False
    account.set_password(password)
    account.last_step, account.invitation = step, ""
    account.save()
    declared = "masked" if _is_masked(account) else "no masked task"
    note(
        AccountChanged(account.name, account.acts_as, "taken_into_use", declared),
        who=account.name,
        role=account.acts_as,
    )
    return True


def _is_masked(account: Account) -> bool:
    return account.acts_as in (Role.STATISTICIAN, Role.QUALITY_OFFICER)


def _note_failure(name: str, is_locked_out: bool) -> None:
    known = Account.objects.filter(name=name).first()
    failed = SignInFailed(known.name if known else "", is_locked_out)
    note(failed, who="door", role=Role.SYSTEM)
