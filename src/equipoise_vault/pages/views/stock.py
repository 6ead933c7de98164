"""Stock and cold chain: kit accountability to the unit, temperature logs with their excursions drawn."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from equipoise.vocabulary import Refusal
from equipoise_vault.pages import pharmacy_forms as forms
from equipoise_vault.pages.acts import Act, Context, acting_page, ask, refused, show
from equipoise_vault.pages.log_chart import draw_log
from equipoise_vault.pages.shown import wording
from equipoise_vault.pages.views.doses import in_trial_time

ACTS = {
    "receive_consignment": Act(_("Book a delivery"), forms.Receive, _("The delivery is booked.")),
    "correct_receipt": Act(_("Correct the receipt"), forms.CorrectReceipt, _("The receipt is corrected.")),
    "record_test": Act(_("Enter a test of the certificate"), forms.RecordTest, _("The test is entered.")),
    "release_consignment": Act(_("Release for use"), forms.OfConsignment, _("Your release is recorded.")),
    "move_consignment": Act(_("Move"), forms.Move, _("The consignment was moved.")),
    "set_aside": Act(_("Set units aside"), forms.SetAside, _("The units are set aside.")),
    "count_stock": Act(_("Count"), forms.Count, _("The count is recorded.")),
    "propose_removal": Act(_("Take off the books"), forms.ProposeRemoval, _("It waits for its witness.")),
    "witness_removal": Act(_("I saw it"), forms.WitnessRemoval, _("The removal is witnessed.")),
    "read_log": Act(_("Read a temperature log"), forms.ReadLog, _("The log was read. Judge what it found.")),
    "judge_excursion": Act(_("Judge"), forms.JudgeExcursion, _("The excursion is judged.")),
}


def stock(request: HttpRequest) -> HttpResponse:
    """Everything on the books, whether it adds up, and what can be done to each."""

    def look() -> Context:
        manual, held = in_trial_time(request), ask(request, "show_stock")
        tests = {product["id"]: product["tests"] for product in manual["products"]}
        titles = {product["id"]: wording(product["name"]) for product in manual["products"]}
        return {
            **held,
            "manual": manual,
            "consignments": [
                {**_consignment(each, held, tests), "title": titles[each["product"]]} for each in held["consignments"]
            ],
            "removals": [each for each in held["removals"] if not each["is_witnessed"]],
            "products_offered": list(titles.items()),
            "places": sorted({(each["place"], each["place"]) for each in held["consignments"]}),
            "balance_of_products": [{**line, "title": titles[line["name"]]} for line in held["products"]],
        }

    try:
        in_trial_time(request)
    except Refusal as refusal:
        return refused(request, refusal)
    return acting_page(request, "vault/stock.html", ACTS, look)


def log(request: HttpRequest, digest: str) -> HttpResponse:
    """One temperature log as a picture, with the range of each product and what lies outside it."""

    def look() -> Context:
        manual = in_trial_time(request)
        read = ask(request, "show_log", digest=digest)
        found = [each for each in ask(request, "show_stock")["excursions"] if _is_within(each, read)]
        return {"log": read, "picture": draw_log(read, found, manual["time_zone"]), "excursions": found}

    return show(request, "vault/log.html", {}, look)


def _is_within(excursion: Mapping[str, Any], log: Mapping[str, Any]) -> bool:
    ended = excursion["ended_at"] or log["ended_at"]
    return bool(excursion["began_at"] <= log["ended_at"] and ended >= log["began_at"])


def _consignment(
    each: Mapping[str, Any], held: Mapping[str, Any], tests: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    """A consignment with what the forms of it offer."""
    kits = [kit for kit in held["kits"] if kit["consignment"] == each["consignment"]]
    here = [kit["pack"] for kit in kits if kit["stage"] not in ("dispensed", "destroyed", "not_found")]
    leaving = [kit["pack"] for kit in kits if kit["stage"] in ("discarded", "returned")]
    wanted = tests.get(each["product"], ())
    return {
        **each,
        "tests_wanted": [(test, test) for test in wanted],
        "tests_missing": [test for test in wanted if test not in each["tests"]],
        "kits_here": [(pack, pack) for pack in here],
        "kits_leaving": [(pack, pack) for pack in leaving],
        "is_open": any(
            found["is_usable"] is None for found in held["excursions"] if found["consignment"] == each["consignment"]
        ),
    }
