"""The blind review: what stands before a lock, deviations to classify, who is in which analysis set and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from equipoise.closure import (
    BLIND_MEANING,
    OPEN_MEANING,
    BlindReview,
    ClassifyDeviation,
    DecideMembership,
    Membership,
    SignBlindReview,
    Trial,
    review,
)
from equipoise.conduct import may
from equipoise.conduct.events import DeviationRecorded
from equipoise.protocol.analysis_plan import AnalysisSet
from equipoise.vocabulary import Finding, Refusal, Severity
from equipoise.web.handling import Refused, hand_in, refused, show
from equipoise.web.here import Here, TrialRequest
from equipoise.web.mending import mended_at
from equipoise.web.signing import own_key


@dataclass(frozen=True, slots=True)
class ShownSet:
    """An analysis set with the own sites' participants: who is in it by the plan's rule, who is not, who is open."""

    of: AnalysisSet
    included: tuple[Membership, ...]
    excluded: tuple[Membership, ...]
    undecided: tuple[str, ...]


@require_http_methods(["GET", "HEAD", "POST"])
def review_page(request: TrialRequest, trial: str) -> HttpResponse:
    """Show the review; classify a deviation, decide a membership, or sign."""
    here, refusal = request.here, None
    if request.method == "POST":
        refusal = _hand_in(request)
        if refusal is None:
            return redirect("review", trial=trial)
    context = {
        **here.trial.look(lambda state: _shown(here, state)),
        **{f"may_{name}": may(here.role, command) for name, command in _BUTTONS.items()},
    }
    return show(request, "review.html", context, refusal)


_BUTTONS = {"classify": "classify_deviation", "decide": "decide_membership", "sign": "sign_blind_review"}


def _hand_in(request: TrialRequest) -> Refused | None:
    """Carry out what the page was sent for, at the own sites; gives what stood against it."""
    here, post = request.here, request.POST
    match post.get("command"):
        case "classify_deviation":
            own = here.trial.look(lambda state: {str(each.deviation) for each in waiting(here, state)})
            return hand_in(request, {"classify_deviation": ClassifyDeviation} if post.get("deviation") in own else {})
        case "sign_blind_review":
            try:
                own_key(request)
            except Refusal as refusal:
                return refused("sign_blind_review", refusal, {})
            return hand_in(request, {"sign_blind_review": SignBlindReview})
    numbers = here.trial.look(lambda state: {each.number for each in here.participants(state.conduct)})
    return hand_in(request, {"decide_membership": DecideMembership} if post.get("participant") in numbers else {})


def _shown(here: Here, trial: Trial) -> Mapping[str, object]:
    found = review(here.trial.plan, trial)
    own = {each.number for each in here.participants(trial.conduct)}
    findings = [each for each in found.findings if here.sites is None or each.place.split(",")[0] in own]
    by_rule: dict[str, list[tuple[Finding, str]]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append((finding, mended_at(here.trial.slug, finding)))
    signed = trial.closure.review
    return {
        "by_rule": sorted(by_rule.items()),
        "count": len(findings),
        "errors": sum(each.severity is Severity.ERROR for each in findings),
        "waiting": waiting(here, trial),
        "certificate": trial.closure.certificate,
        "sets": _sets(here, found, own),
        "numbers": [each for each in trial.conduct.allocation.slot_of if each in own],
        "undecided": len(found.undecided),
        "signed": signed,
        "is_current": signed is not None and signed.data_digest == found.data_digest,
        "meaning": OPEN_MEANING if trial.closure.release else BLIND_MEANING,
    }


def _sets(here: Here, found: BlindReview, own: set[str]) -> list[ShownSet]:
    mine = [each for each in found.memberships if each.participant in own]
    return [
        ShownSet(
            each,
            tuple(one for one in mine if one.analysis_set == each.id and one.included),
            tuple(one for one in mine if one.analysis_set == each.id and not one.included),
            tuple(number for number, name in found.undecided if name == each.id and number in own),
        )
        for each in here.trial.plan.definition.analysis.sets
    ]


def waiting(here: Here, trial: Trial) -> list[DeviationRecorded]:
    """The deviations at the own sites that nobody has classified."""
    return [
        each
        for person in here.participants(trial.conduct)
        for each in person.deviations.values()
        if each.deviation not in trial.closure.important
    ]
