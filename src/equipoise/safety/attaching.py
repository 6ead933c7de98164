"""A file beside an adverse event, such as the hospital's letter: bound to it as one beside a form is."""

from equipoise.conduct import Situation
from equipoise.conduct.attaching import require_file
from equipoise.conduct.events import FileAttached
from equipoise.safety.commands import AttachToAdverseEvent
from equipoise.safety.state import SafetyState


def attach_to_adverse_event(now: Situation, safety: SafetyState, command: AttachToAdverseEvent) -> tuple[FileAttached]:
    """Put a file beside an adverse event of the participant."""
    event = safety.adverse_event(command.participant, command.adverse_event)
    file = require_file(now, event.participant, command.file)
    return (FileAttached(event.participant, file, adverse_event=event.number),)
