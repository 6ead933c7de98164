"""Doses at the bedside: read the pack, give it, or say why not.  A pack number says nothing of the arm."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from equipoise.allocation import pack_for_dose
from equipoise.closure import Trial
from equipoise.conduct import AdministerDose, Dispense, OmitDose, Participant, Plan, Stage, WithdrawalFrom, may
from equipoise.conduct.events import DoseAdministered, DoseOmitted
from equipoise.protocol.schedule import Encounter
from equipoise.web.handling import hand_in, show
from equipoise.web.here import Here, TrialRequest
from equipoise.web.views.participant import head_of

_COMMANDS = {"dispense": Dispense, "administer_dose": AdministerDose, "omit_dose": OmitDose}


@dataclass(frozen=True, slots=True)
class Row:
    """One planned dose and what became of it."""

    dose: int
    encounter: Encounter
    packs: tuple[str, ...]
    given: DoseAdministered | None
    omitted: DoseOmitted | None
    has_started: bool


@require_http_methods(["GET", "HEAD", "POST"])
def doses(request: TrialRequest, trial: str, participant: str) -> HttpResponse:
    """All doses of a participant, and the next one to be dispensed, given or omitted."""
    here, refusal = request.here, None
    if request.method == "POST":
        refusal = hand_in(request, _COMMANDS, participant=participant)
        if refusal is None:
            return redirect("doses", trial=trial, participant=participant)
    volumes = {each.dose_ml for each in here.trial.plan.definition.interventions}
    context = {
        **here.trial.look(lambda state: _doses(here, state, participant)),
        "volume": f"{volumes.pop()}" if len(volumes) == 1 else "",
        "now": here.trial.now().astimezone(here.trial.plan.zone).strftime("%Y-%m-%dT%H:%M"),
        "may_give": may(here.role, "administer_dose"),
    }
    return show(request, "doses.html", context, refusal)


def _doses(here: Here, trial: Trial, number: str) -> dict[str, object]:
    plan, person = here.trial.plan, trial.conduct.participant(number)
    rows = [_row(plan, person, encounter, dose) for encounter, dose in plan.dose_numbers.items()]
    waiting = next((row for row in rows if row.given is None and row.omitted is None), None)
    is_expected = person.stage is Stage.RANDOMISED and person.stopped(WithdrawalFrom.TREATMENT) is None
    following = waiting if waiting and waiting.has_started and is_expected else None
    allocation = trial.conduct.allocation
    return {
        **head_of(here, trial, number),
        "rows": rows,
        "waiting": waiting,
        "following": following,
        "pack": pack_for_dose(allocation, number, following.dose) if following else "",
    }


def _row(plan: Plan, person: Participant, encounter: str, dose: int) -> Row:
    found = person.doses.get(dose)
    return Row(
        dose=dose,
        encounter=plan.encounters[encounter],
        packs=tuple(person.packs.get(dose, ())),
        given=found if isinstance(found, DoseAdministered) else None,
        omitted=found if isinstance(found, DoseOmitted) else None,
        has_started=person.started(encounter) is not None,
    )
