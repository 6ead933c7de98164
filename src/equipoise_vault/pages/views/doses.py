"""The pharmacist's day: each dose with its arm, its steps, and the one thing that comes next for its kit."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from equipoise.vocabulary import Refusal
from equipoise_vault.pages import pharmacy_forms as forms
from equipoise_vault.pages.acts import Act, Answer, Context, acting_page, ask, refused
from equipoise_vault.pages.printed import printed

ACTS = {
    "start_thaw": Act(_("Start the thaw"), forms.StartThaw, _("The thaw was started.")),
    "start_spare": Act(
        _("Take a spare instead"), forms.StartSpare, _("The thaw of the spare was started."), verb="start_thaw"
    ),
    "end_thaw": Act(
        _("End the thaw"), forms.EndThaw, _("The thaw has ended: the time to use counts. Print the label.")
    ),
    "prepare_dose": Act(_("Dose drawn, sleeved, labelled"), forms.PrepareDose, _("The dose is prepared.")),
    "check_preparation": Act(_("I have checked it"), forms.OfKit, _("The dose is checked.")),
    "hand_over": Act(_("Hand over"), forms.HandOver, _("The dose was handed over.")),
    "take_back": Act(_("It came back"), forms.TakeBack, _("The kit is in the returns box.")),
    "discard": Act(_("It cannot be given"), forms.Discard, _("The kit is discarded. Take a spare.")),
}
NEXT = {
    "thawing": "end_thaw",
    "thawed": "prepare_dose",
    "prepared": "check_preparation",
    "checked": "hand_over",
    "dispensed": "take_back",
}
"""What comes next for a kit at a stage."""


def doses(request: HttpRequest) -> HttpResponse:
    """Today's doses by slot and visit; looking at them is on record before they are shown."""

    def look() -> Context:
        manual = in_trial_time(request)
        today = ask(request, "todays_doses")
        return {"manual": manual, "day": today["day"], "doses": [_dose(dose) for dose in today["doses"]]}

    try:
        in_trial_time(request)
    except Refusal as refusal:
        return refused(request, refusal)
    return acting_page(request, "vault/doses.html", ACTS, look)


def labels(request: HttpRequest) -> HttpResponse:
    """Labels to print, in one layout for every arm: pack number, visit, time to use."""
    try:
        page = ask(request, "labels", packs=request.POST.getlist("pack"))["page"]
    except Refusal as refusal:
        return refused(request, refusal)
    return printed(str(page))


def in_trial_time(request: HttpRequest) -> Answer:
    """Show and read times where the trial takes place, for this request; gives the pharmacy manual."""
    manual = ask(request, "show_manual")
    timezone.activate(ZoneInfo(manual["time_zone"]))
    return manual


def _track(stage: str) -> list[tuple[str, str]]:
    """The way of a kit through the pharmacy, each stage as done, now or to come; none where it has left the way."""
    stages = list(NEXT)
    if stage not in stages:
        return []
    here = stages.index(stage)
    return [(each, "done" if at < here else "now" if at == here else "") for at, each in enumerate(stages)]


def _dose(dose: Answer) -> dict[str, object]:
    """A dose with what comes next: of its own pack, and of each kit that was taken for it."""
    shelves = [
        (each["consignment"], f"{each['lot']}, {each['place']} ({each['units']})") for each in dose["consignments"]
    ]
    kits = [{**kit, "next": NEXT.get(kit["stage"], ""), "track": _track(kit["stage"])} for kit in dose["kits"]]
    alive = [kit for kit in kits if kit["next"]]
    nothing_yet = {"pack": dose["pack"], "stage": "not_started", "use_before": ""}
    is_own_used = any(kit["pack"] == dose["pack"] for kit in kits)
    return {
        **dose,
        "kits": kits,
        "at_hand": (alive or kits or [nothing_yet])[-1],
        "is_on_the_bench": any(kit["stage"] in ("thawing", "thawed") for kit in kits),
        "shelves": shelves,
        "can_start": not is_own_used,
        "spare": dose["spares"][0] if is_own_used and not alive and dose["spares"] else "",
        "labelled": [kit["pack"] for kit in kits if kit["stage"] in ("thawed", "prepared", "checked")],
    }
