"""Attachments: handed in beside a form or an adverse event, listed there, and downloaded by who may see them."""

from typing import Any

from django.http import FileResponse
from django.views.decorators.http import require_safe

from equipoise.conduct import Attachment, FileDescription, Page, Participant, RetractFile, command_name
from equipoise.vocabulary import Refusal
from equipoise.web.attached import attachments_of, hand_out, keep_attachment
from equipoise.web.handling import Refused, hand_in, refused
from equipoise.web.here import Here, TrialRequest


@require_safe
def attachment(request: TrialRequest, trial: str, participant: str, digest: str) -> FileResponse:
    """One attached file."""
    return hand_out(request.here, participant, digest)


def attach(request: TrialRequest, kind: type, **known: Any) -> Refused | None:
    """Keep the file of a request and hand in the command that attaches it; gives what stood against it."""
    name = command_name(kind)
    try:
        kept = keep_attachment(request.here, request.FILES.get("file"))
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
    return [
        each for each in attachments_of(here, person) if (each[1].page, each[1].adverse_event) == (page, adverse_event)
    ]
