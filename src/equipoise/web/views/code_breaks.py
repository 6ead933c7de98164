"""Broken codes: that one was broken is known to all; the investigator, who does not know the arm, assesses each."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from equipoise.allocation.entries import CodeBroken
from equipoise.closure import Trial
from equipoise.conduct import may
from equipoise.safety import AssessCodeBreak
from equipoise.safety.events import CodeBreakAssessed
from equipoise.vocabulary import Role
from equipoise.web.handling import hand_in, show
from equipoise.web.here import Here, TrialRequest
from equipoise.web.words import wording

_NOBODY = frozenset({Role.SYSTEM, Role.ADMINISTRATOR})
"""Roles that are nobody who could have been told an arm."""


@require_http_methods(["GET", "HEAD", "POST"])
def code_breaks(request: TrialRequest, trial: str) -> HttpResponse:
    """List the broken codes of the own sites; the investigator says of each what came of it."""
    here, refusal = request.here, None
    if request.method == "POST":
        own = here.trial.look(lambda state: {str(broken.number) for broken, _ in _breaks(here, state)})
        is_own = request.POST.get("number", "") in own
        refusal = hand_in(request, {"assess_code_break": AssessCodeBreak} if is_own else {})
        if refusal is None:
            return redirect("code_breaks", trial=trial)
    context = {
        "breaks": here.trial.look(lambda state: _breaks(here, state)),
        "may_assess": may(here.role, "assess_code_break"),
        "roles": [(role.value, wording(role)) for role in Role if role not in _NOBODY],
        "known_to": request.POST.getlist("known_to"),
    }
    return show(request, "code_breaks.html", context, refusal)


def _breaks(here: Here, trial: Trial) -> list[tuple[CodeBroken, CodeBreakAssessed | None]]:
    """The breaks at the own sites, and of slots that nobody has for those who stand for all sites."""
    own = {each.number for each in here.participants(trial.conduct)}
    return [
        (broken, trial.safety.assessed_breaks.get(number))
        for number, broken in sorted(trial.conduct.allocation.breaks.items())
        if (here.sites is None if broken.participant is None else broken.participant in own)
    ]
