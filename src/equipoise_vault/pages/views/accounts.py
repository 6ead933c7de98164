"""The accounts of the vault: one holder of the key proposes, another confirms."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.vocabulary import Refusal, Role
from equipoise_vault.pages.frame import ROLE_NAMES, account_of, say
from equipoise_vault.pages.inviting import confirm, end, invite, renew
from equipoise_vault.pages.models import Account
from equipoise_vault.pages.roles import ROLES
from equipoise_vault.pages.views.entrance import NAME


class Invitation(forms.Form):
    """A new person."""

    name = forms.RegexField(
        NAME, label=gettext_lazy("Name to sign in with (small letters, digits, dots)"), max_length=40
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[(role.value, ROLE_NAMES[role]) for role in ROLES])


def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts, ended ones too, and what can be done to each."""
    form, refusal = Invitation(), None
    if request.method == "POST":
        try:
            if request.POST.get("act") == "invite":
                form = Invitation(request.POST)
                if form.is_valid():
                    return _invited(request, form.cleaned_data["name"], Role(form.cleaned_data["role"]))
            else:
                return _act_on(request, get_object_or_404(Account, name=request.POST.get("name", "")))
        except Refusal as refused:
            refusal = refused
    rows = [(account, ROLE_NAMES[account.acts_as], _standing(account)) for account in Account.objects.all()]
    context = {"rows": rows, "form": form, "refusal": refusal}
    return render(request, "vault/accounts.html", context, status=409 if refusal or form.errors else 200)


def _invited(request: HttpRequest, name: str, role: Role) -> HttpResponse:
    by = account_of(request)
    code = invite(name, by.name, role, by.acts_as)
    return render(request, "vault/invited.html", {"invited": [(name, ROLE_NAMES[role], code)]})


def _act_on(request: HttpRequest, account: Account) -> HttpResponse:
    by, act = account_of(request), request.POST.get("act")
    if act == "renew":
        return render(
            request,
            "vault/invited.html",
            {"invited": [(account.name, ROLE_NAMES[account.acts_as], renew(account, by))]},
        )
    if act == "confirm":
        confirm(account, by)
        say(request, _("The account is confirmed."))
    elif act == "end":
        end(account, by)
        say(request, _("The account is ended."))
    return redirect("accounts")


def _standing(account: Account) -> str:
    if account.is_ended:
        return "ended"
    if not account.confirmed_by:
        return "unconfirmed"
    return "invited" if account.invitation else "in_use"
