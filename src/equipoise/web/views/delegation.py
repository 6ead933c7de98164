"""The delegation log of a trial: who acts in which role, where, from when, trained by then."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from equipoise.conduct import MAY_APPOINT, Appoint, EndAppointment
from equipoise.web.handling import hand_in, show
from equipoise.web.here import TrialRequest


@require_http_methods(["GET", "HEAD", "POST"])
def delegation(request: TrialRequest, trial: str) -> HttpResponse:
    """Show the log; the sponsor and the investigator write in it."""
    here, refusal = request.here, None
    if request.method == "POST":
        refusal = hand_in(request, {"appoint": Appoint, "end_appointment": EndAppointment})
        if refusal is None:
            return redirect("delegation", trial=trial)
    today = here.trial.today()
    log = here.trial.look(lambda state: tuple(state.conduct.delegation.values()))
    offered = MAY_APPOINT.get(here.role, frozenset())
    context = {
        "log": [(each, each.holds_on(today), each.role in offered and not each.is_over(today)) for each in log],
        "roles": sorted(offered),
        "sites": here.trial.plan.definition.sites,
        "today": today,
    }
    return show(request, "delegation.html", context, refusal)
