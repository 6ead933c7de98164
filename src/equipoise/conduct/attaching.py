"""Attachments: a file beside a form, such as the laboratory's printout, bound to it by its SHA-256.

The entry holds what the file is; the bytes lie beside the ledger, under their hash.  Nothing is removed: a file that
was attached by mistake is retracted, with a reason, and not shown any more.  Source: E6R3-4.2.2; 21 CFR 11.10(c).
"""

import re

from equipoise.conduct.capturing import page_form
from equipoise.conduct.commands import AttachFile, RetractFile
from equipoise.conduct.events import FileAttached, FileDescription, FileRetracted
from equipoise.conduct.sight import sees_attachment, sees_form
from equipoise.conduct.situation import Situation, require_text
from equipoise.vocabulary import Refusal

LONGEST_TITLE = 200
_DIGEST = re.compile(r"[0-9a-f]{64}")


def attach_file(now: Situation, command: AttachFile) -> tuple[FileAttached]:
    """Put a file beside a page of a form of which the role sees everything: nobody knows what a file shows."""
    participant = now.participant(command.participant)
    if not sees_form(now.actor.role, page_form(now, participant, command.page)):
        raise Refusal(
            "ATTACHMENT-MASKED", "Your role does not see all of this form.", "Somebody who sees it attaches the file."
        )
    return (FileAttached(participant.number, require_file(now, participant.number, command.file), command.page),)


def require_file(now: Situation, number: str, file: FileDescription) -> FileDescription:
    """The description of a file that can be attached to a participant's record.

    Raises `Refusal` where it has no title or no hash, where it is attached already, or belongs to somebody else.
    """
    title = require_text(file.title, "title")
    if len(title) > LONGEST_TITLE or not _DIGEST.fullmatch(file.digest):
        raise Refusal("ATTACHMENT-FILE", "This describes no file.", "Attach the file itself, with a short title.")
    holder = now.state.attached.get(file.digest)
    if holder not in {None, number}:
        raise Refusal("ATTACHMENT-OTHER", "This file belongs to another participant.", "Choose the right file.")
    if holder is not None:
        raise Refusal("ATTACHMENT-TWICE", "This file is attached already.", "Nothing needs to be done.")
    return FileDescription(file.digest, file.media_type, file.size, title)


def retract_file(now: Situation, command: RetractFile) -> tuple[FileRetracted]:
    """Say that a file was attached by mistake; it stays, and is not shown any more."""
    participant = now.participant(command.participant)
    found = participant.attachments.get(command.digest)
    if found is None or found.retracted or not sees_attachment(now.plan, now.actor.role, found):
        raise Refusal("ATTACHMENT", "There is no such file.", "Choose one from the list.")
    return (FileRetracted(participant.number, command.digest, require_text(command.reason, "reason")),)
