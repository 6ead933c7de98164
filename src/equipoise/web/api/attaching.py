"""Attaching a file by a program: a multipart form, as browsers send it, since a file is no JSON.

The bytes are checked and kept as a page keeps them, and the command that names them is carried out like any other.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated

from ninja import File, Form, UploadedFile

from equipoise.conduct.attaching import LONGEST_TITLE
from equipoise.web.api.carrying_out import IdempotencyKey, carry_out
from equipoise.web.api.nouns import Written
from equipoise.web.api.offered import OFFERED
from equipoise.web.attached import keep_attachment
from equipoise.web.here import Here, TrialRequest

_LARGEST = 2**31 - 1
_Bytes = Annotated[UploadedFile, File(..., description="A PDF, JPEG or PNG, at most 10 MB.")]
_Title = Annotated[str, Form(..., min_length=1, max_length=LONGEST_TITLE, description="What people call the file.")]
_Name = Annotated[str, Form(..., max_length=100)]
_Count = Annotated[int, Form(..., ge=1, le=_LARGEST)]


@dataclass(frozen=True, slots=True)
class _Sent:
    """What every such form holds."""

    number: str
    file: UploadedFile
    title: str
    key: str | None

    def attached_by(self, here: Here, name: str, **beside: object) -> Written:
        """Raises `Refusal` for a file that cannot be kept, and what the command raises."""
        offer = OFFERED[name]
        described = asdict(keep_attachment(here, self.file)) | {"title": self.title}
        return carry_out(here, offer, self.number, offer.shape(file=described, **beside), self.key or "")


def attach_file(
    request: TrialRequest,
    *,
    trial: str,
    participant: str,
    file: _Bytes,
    title: _Title,
    encounter: _Name,
    form: _Name,
    repetition: _Count = 1,
    idempotency_key: IdempotencyKey = None,
) -> Written:
    page = {"encounter": encounter, "form": form, "repetition": repetition}
    return _Sent(participant, file, title, idempotency_key).attached_by(request.here, "attach_file", page=page)


def attach_to_adverse_event(
    request: TrialRequest,
    *,
    trial: str,
    participant: str,
    file: _Bytes,
    title: _Title,
    adverse_event: _Count,
    idempotency_key: IdempotencyKey = None,
) -> Written:
    sent = _Sent(participant, file, title, idempotency_key)
    return sent.attached_by(request.here, "attach_to_adverse_event", adverse_event=adverse_event)


WITH_FILE: Mapping[str, Callable[..., Written]] = {
    each.__name__: each for each in (attach_file, attach_to_adverse_event)
}
"""Command -> the operation that takes a file with it."""
