"""Attachments: handed in beside a form or an adverse event, listed there, and downloaded by who may see them."""

from typing import Any

from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from equipoise.conduct import Attachment, FileDescription, Page, Participant, RetractFile, command_name, sees_attachment
from equipoise.vocabulary import Refusal
from equipoise.web.handling import Refused, hand_in, refused
from equipoise.web.here import Here, TrialRequest
from equipoise.web.kept_files import download, keep_file

_FOLDER = "attachments"


@require_safe
def attachment(request: TrialRequest, trial: str, participant: str, digest: str) -> FileResponse:
    """One attached file, as a download, never shown as a page of this site."""
    here = request.here
    found = here.trial.look(lambda state: state.conduct.participant(participant).attachments.get(digest))
    if found is None or found.retracted or not sees_attachment(here.trial.plan, here.role, found):
        raise Http404
    answer = download(here.trial.folder / _FOLDER, digest, f"{participant}-{digest[:8]}")
    if answer is None:
        raise Http404
    return answer


def attach(request: TrialRequest, kind: type, **known: Any) -> Refused | None:
    """Keep the file of a request and hand in the command that attaches it; gives what stood against it."""
    name = command_name(kind)
    try:
        kept = keep_file(request.here.trial.folder / _FOLDER, request.FILES.get("file"))
    except Refusal as found:
        return refused(name, found, request.POST.dict())
    file = FileDescription(kept.digest, kept.media_type, kept.size, request.POST.get("title", ""))
    return hand_in(request, {name: kind}, file=file, **known)


def retract(request: TrialRequest, participant: str) -> Refused | None:
    """Take back a file that was attached by mistake."""
    return hand_in(request, {command_name(RetractFile): RetractFile}, participant=participant)


def attached(
    here: Here, person: Participant, *, page: Page | None = None, adverse_event: int | None = None
) -> list[tuple[str, Attachment]]:
    """The files beside a page or an adverse event that the role may see, retracted ones included."""
    there = [
        each for each in person.attachments.items() if (each[1].page, each[1].adverse_event) == (page, adverse_event)
    ]
    return [each for each in there if sees_attachment(here.trial.plan, here.role, each[1])]
