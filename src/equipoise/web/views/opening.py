"""The opening of a trial: its definition bound, its list sealed in the sealed room, the root put outside."""

from collections.abc import Mapping, Sequence

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from equipoise.allocation import AllocationState, AnchorMedium, record_anchor, root_in_groups
from equipoise.closure import Trial
from equipoise.conduct import OpenTrial, may
from equipoise.store.vaults import room_of
from equipoise.vocabulary import Refusal, Role
from equipoise.web.handling import Refused, hand_in, refused, show
from equipoise.web.here import TrialRequest


@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: TrialRequest, trial: str) -> HttpResponse:
    """Show how far the opening has come; the lead opens, the statistician records where the root stands."""
    here, refusal = request.here, None
    if request.method == "POST":
        anchors = request.POST.get("command") == "record_anchor"
        synthetic = here.trial.is_synthetic
        refusal = _anchor(request) if anchors else hand_in(request, {"open_trial": OpenTrial}, synthetic=synthetic)
        if refusal is None:
            return redirect("opening", trial=trial)
    context = {
        **here.trial.look(_shown),
        "room": room_of(here.trial.slug),
        "may_open": may(here.role, "open_trial"),
        "may_anchor": here.role is Role.STATISTICIAN,
        "media": [medium for medium in AnchorMedium if medium is not AnchorMedium.REHEARSAL],
    }
    return show(request, "opening.html", context, refusal)


def _shown(trial: Trial) -> Mapping[str, object]:
    state = trial.conduct.allocation
    commitment = state.commitment
    return {
        "is_open": trial.conduct.opened is not None,
        "study_digest": trial.conduct.study_digest,
        "commitment": commitment,
        "root": root_in_groups(commitment.root) if commitment else "",
        "anchors": tuple(state.anchors),
        "is_ready": state.is_ready,
        "steps": _steps(trial, state),
    }


def _steps(trial: Trial, state: AllocationState) -> Sequence[tuple[bool, str]]:
    bound = state.seed_commitments
    return (
        (trial.conduct.opened is not None, gettext("The trial is open: its ledger is bound to the study definition")),
        (bool(state.design_digest), gettext("The design is frozen in the sealed room")),
        (Role.STATISTICIAN in bound, gettext("The statistician is bound to a seed share")),
        (Role.PHARMACIST in bound, gettext("The pharmacist is bound to a seed share")),
        (state.commitment is not None, gettext("The list is sealed")),
        (state.pack_map is not None, gettext("The packs are numbered")),
        (bool(state.anchors), gettext("The root stands outside, where nobody can change it")),
    )


def _anchor(request: TrialRequest) -> Refused | None:
    """Record where the root was put, as the statistician read it there."""
    here, post = request.here, request.POST
    try:
        if here.role is not Role.STATISTICIAN:
            raise Refusal("ANCHOR-BY", "The statistician records the anchor.", "Ask the statistician.")
        try:
            medium = AnchorMedium(post.get("medium", ""))
        except ValueError:
            raise Refusal("ANCHOR-MEDIUM", "Choose where the root was put.", "Name where the root was put.") from None
        root, place = post.get("root", "")[:200], post.get("place", "")[:200]
        here.trial.book.execute(
            lambda trial: record_anchor(trial.conduct.allocation, root, medium, place),
            who=here.actor.who,
            role=here.actor.role,
            request=post.get("request", "")[:64],
        )
    except Refusal as refusal:
        return refused("record_anchor", refusal, post.dict())
    return None
