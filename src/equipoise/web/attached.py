"""Attachments of a trial, for pages and programs: where their bytes are kept, which of them a role may see."""

from django.http import FileResponse, Http404

from equipoise.conduct import Attachment, Participant, sees_attachment
from equipoise.web.here import Here
from equipoise.web.kept_files import KeptFile, Upload, download, keep_file

_FOLDER = "attachments"


def keep_attachment(here: Here, upload: "Upload | None") -> KeptFile:
    """Keep the bytes of a file that is about to be attached.  Raises `Refusal` where they are not to be had."""
    return keep_file(here.trial.folder / _FOLDER, upload)


def attachments_of(here: Here, person: Participant) -> list[tuple[str, Attachment]]:
    """The files of a participant that the role may see, by digest, retracted ones included."""
    return [each for each in person.attachments.items() if sees_attachment(here.trial.plan, here.role, each[1])]


def hand_out(here: Here, number: str, digest: str) -> FileResponse:
    """One attached file as a download, never shown as a page of this site; 404 for what the role does not see."""
    found = here.trial.look(lambda state: dict(attachments_of(here, state.conduct.participant(number))).get(digest))
    if found is None or found.retracted:
        raise Http404
    answer = download(here.trial.folder / _FOLDER, digest, f"{number}-{digest[:8]}")
    if answer is None:
        raise Http404
    return answer
