"""The committee's door: members and their keys, and closed reports that only members can read."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from equipoise.vocabulary import Json, Role, canonical_json
from equipoise_vault.pages.acts import Act, Context, Failed, acting_page, ask, do, show
from equipoise_vault.pages.forms import VerbForm, hidden, one_of, several
from equipoise_vault.pages.frame import account_of


class Register(VerbForm):
    key = forms.CharField(label=_("Your public key (64 digits)"), max_length=64)


class OfMember(VerbForm):
    member = hidden()


class Admit(OfMember):
    key = forms.CharField(label=_("The key, as its owner reads it out"), max_length=64)


class ClosedReport(VerbForm):
    handed_in = one_of(_("Data of"))
    recipients = several(_("For"))

    def body(self) -> dict[str, Json]:
        return {"data": self.cleaned_data["handed_in"], "recipients": self.cleaned_data["recipients"]}


ACTS = {
    "register_member": Act(_("Register my key"), Register, _("Your key waits for somebody who compares it.")),
    "admit_member": Act(_("Admit"), Admit, _("The member is admitted.")),
    "remove_member": Act(_("Has left the committee"), OfMember, _("No later report goes to this member.")),
}
REPORT = {"closed_report": Act(_("Make a closed report"), ClosedReport, _(""))}


def committee(request: HttpRequest) -> HttpResponse:
    """Members, data that were handed in, and the report that can be made of them."""
    return acting_page(request, "vault/committee.html", ACTS | REPORT, lambda: _look(request))


def closed_report(request: HttpRequest) -> HttpResponse:
    """The report as a file that only its recipients can read; its name tells nothing."""
    outcome = do(request, "closed_report", REPORT["closed_report"])
    if isinstance(outcome, Failed):
        return show(request, "vault/committee.html", ACTS | REPORT, lambda: _look(request), outcome)
    response = HttpResponse(canonical_json(dict(outcome)), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="closed-report-{int(outcome["report"])}.json"'
    return response


def _look(request: HttpRequest) -> Context:
    known, account = ask(request, "show_committee"), account_of(request)
    return {
        **known,
        "me": account.name,
        "is_member": account.acts_as is Role.DMC_MEMBER,
        "data_offered": [(each["digest"], f"{each['at'][:10]} · {each['digest'][:12]}") for each in known["data"]],
        "recipients_offered": [(each["name"], each["name"]) for each in known["members"] if each["is_admitted"]],
    }
