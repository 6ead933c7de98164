"""Paper envelopes: printed once, counted for ever."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from equipoise_vault.pages.acts import Act, Context, Failed, ask, chosen_act, do, show
from equipoise_vault.pages.forms import Components, VerbForm, units, words
from equipoise_vault.pages.frame import say
from equipoise_vault.pages.printed import printed


class PrintEnvelopes(Components, VerbForm):
    why = words(_("Why a second set is needed (not for the first)"), required=False)
    field_order = ("why", "password", "code")


class CountEnvelopes(VerbForm):
    intact = units(_("Envelopes that are intact"))


ACTS = {
    "print_envelopes": Act(_("Print all envelopes"), PrintEnvelopes, _(""), needs_token=True),
    "count_envelopes": Act(_("Enter the count"), CountEnvelopes, _("The count is recorded.")),
}


def envelopes(request: HttpRequest) -> HttpResponse:
    """The account of the envelopes; printing shows every arm, in the answer to a POST and nowhere else."""
    failed = None
    if request.method == "POST":
        name = chosen_act(request, ACTS)
        outcome = do(request, name, ACTS[name])
        if isinstance(outcome, Failed):
            failed = outcome
        elif name == "print_envelopes":
            return printed(str(outcome["pages"]))
        else:
            say(request, ACTS[name].done)
            return redirect("envelopes")

    def look() -> Context:
        return {"paper": ask(request, "show_paper")}

    return show(request, "vault/envelopes.html", ACTS, look, failed)
