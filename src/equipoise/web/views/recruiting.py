"""From the screening log to the slot: consent on paper, criteria one by one, signature, enrolment, randomisation."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from equipoise.allocation import pack_for_dose
from equipoise.closure import Trial
from equipoise.conduct import (
    CorrectStratum,
    DecideCriterion,
    Enrol,
    FailScreening,
    Participant,
    Plan,
    Randomise,
    RecordConsent,
    ScreenFailure,
    SignEligibility,
    Stage,
    TrialState,
    may,
)
from equipoise.conduct.recruiting import ELIGIBILITY_MEANING, standing_against
from equipoise.vocabulary import Refusal
from equipoise.web.access import ACCESS
from equipoise.web.handling import hand_in, refused, show
from equipoise.web.here import Here, TrialRequest
from equipoise.web.kept_files import SCANS, download, keep_file
from equipoise.web.matrix import randomises_at
from equipoise.web.views.participant import head_of
from equipoise.web.words import choices

_ELIGIBILITY = {
    "decide_criterion": DecideCriterion,
    "sign_eligibility": SignEligibility,
    "fail_screening": FailScreening,
    "enrol": Enrol,
}


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: TrialRequest, trial: str, participant: str) -> HttpResponse:
    """The consents of a participant, and a form to record one with the scan of its signed page."""
    here, refusal = request.here, None
    if request.method == "POST":
        try:
            scan = keep_file(here.trial.folder / SCANS, request.FILES.get("scanned"))
            refusal = hand_in(request, {"record_consent": RecordConsent}, participant=participant, scan=scan.digest)
        except Refusal as found:
            refusal = refused("record_consent", found, request.POST.dict())
        if refusal is None:
            return redirect("participant", trial=trial, participant=participant)

    def look(state: Trial) -> dict[str, object]:
        person = state.conduct.participant(participant)
        return {**head_of(here, state, participant), "consents": tuple(person.consents)}

    context = {
        **here.trial.look(look),
        "documents": here.trial.plan.definition.consent,
        "languages": here.trial.plan.definition.languages,
        "may_record": may(here.role, "record_consent"),
        "may_download": here.role in ACCESS["scan"].read,
        "today": here.trial.today(),
    }
    return show(request, "consent.html", context, refusal)


@require_safe
def consent_form(request: TrialRequest, trial: str, participant: str) -> HttpResponse:
    """The page to be printed and signed in ink: version, language, who signs, who witnesses."""
    here = request.here
    version = request.GET.get("version", "") or here.trial.plan.definition.consent[-1].version
    document = here.trial.plan.consents.get(version)
    if document is None:
        raise Http404
    context = {
        **here.trial.look(lambda state: head_of(here, state, participant)),
        "document": document,
        "study": here.trial.plan.definition,
    }
    language = request.GET.get("language", "")
    if language not in document.languages:
        return render(request, "consent_form.html", context)
    with override(language):  # the paper speaks the language of who signs it, whatever the screen does
        return render(request, "consent_form.html", context)


@require_safe
def scan(request: TrialRequest, trial: str, participant: str, digest: str) -> FileResponse:
    """The scanned page of a consent of this participant, as a download, never shown as a page of this site."""
    here = request.here
    known = here.trial.look(lambda state: {each.scan for each in state.conduct.participant(participant).consents})
    answer = download(here.trial.folder / SCANS, digest, f"consent-{participant}") if digest in known else None
    if answer is None:
        raise Http404
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def eligibility(request: TrialRequest, trial: str, participant: str) -> HttpResponse:
    """Every criterion on its own, then the signature, then enrolment; or the end of the screening."""
    here, refusal = request.here, None
    if request.method == "POST":
        refusal = hand_in(request, _ELIGIBILITY, participant=participant)
        if refusal is None:
            return redirect("eligibility", trial=trial, participant=participant)
    context = {
        **here.trial.look(lambda state: _eligibility(here, state, participant)),
        "meaning": ELIGIBILITY_MEANING,
        "failures": choices(ScreenFailure),
    }
    return show(request, "eligibility.html", context, refusal)


def _eligibility(here: Here, trial: Trial, number: str) -> dict[str, object]:
    plan, person = here.trial.plan, trial.conduct.participant(number)
    definition = plan.definition
    return {
        **head_of(here, trial, number),
        "parts": [
            (kind, [(each, person.criteria.get(each.id)) for each in criteria])
            for kind, criteria in (("inclusion", definition.inclusion), ("exclusion", definition.exclusion))
        ],
        "against": standing_against(plan, person),
        "is_decided": all(each in person.criteria for each in plan.criteria),
        "signature": person.eligibility,
        "failure": person.failure,
        "may_decide": may(here.role, "decide_criterion") and person.stage is Stage.CONSENTED,
        "may_sign": may(here.role, "sign_eligibility") and person.stage is Stage.CONSENTED,
        "may_fail": may(here.role, "fail_screening")
        and person.stage in {Stage.SCREENED, Stage.CONSENTED, Stage.ELIGIBLE},
        "may_enrol": may(here.role, "enrol") and person.stage is Stage.ELIGIBLE,
        "is_enrolled": person.enrolled_on is not None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def randomise(request: TrialRequest, trial: str, participant: str) -> HttpResponse:
    """Give the next slot.  Pressed twice, or by two people at once, it gives the same one."""
    here, refusal = request.here, None
    may_correct = may(here.role, "correct_stratum")
    if request.method == "POST":
        kinds = {"randomise": Randomise, "correct_stratum": CorrectStratum}
        refusal = hand_in(request, kinds, participant=participant)
        if refusal is None:
            return redirect("randomise", trial=trial, participant=participant)

    def look(state: Trial) -> dict[str, object]:
        person = state.conduct.participant(participant)
        is_randomised = person.randomised_on is not None
        doses = here.trial.plan.dose_numbers
        return {
            **head_of(here, state, participant),
            "randomised_on": person.randomised_on,
            "enrolled_on": person.enrolled_on,
            "is_enrolled": person.stage is Stage.ENROLLED,
            "pack": pack_for_dose(state.conduct.allocation, participant, 1) if is_randomised and doses else "",
            "strata": _strata(here.trial.plan, state.conduct, person) if is_randomised and may_correct else (),
        }

    context = {
        **here.trial.look(look),
        "may_randomise": may(here.role, "randomise"),
        "encounter": randomises_at(here.trial.plan),
    }
    return show(request, "randomise.html", context, refusal)


def _strata(plan: Plan, state: TrialState, person: Participant) -> list[tuple[str, tuple[str, ...], str]]:
    """Each factor of the stratification: its item, its levels, and the one that counts now for the participant."""
    corrected = state.allocation.true_stratum.get(person.number)
    counts = person.strata if corrected is None else plan.strata[corrected]
    factors = plan.definition.randomisation.strata
    return [(factor.item, factor.levels, level) for factor, level in zip(factors, counts, strict=True)]
