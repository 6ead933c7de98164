"""The door of safety: the same conditions as in conduct, then the rule of the command."""

from collections.abc import Callable, Mapping
from typing import Any

from equipoise.conduct import Situation, admit, command_name
from equipoise.safety import assessing, attaching, breaking
from equipoise.safety.state import SafetyState

DECISIONS: Mapping[str, Callable[[Situation, SafetyState, Any], tuple[object, ...]]] = {
    "report_adverse_event": assessing.report_adverse_event,
    "follow_up_adverse_event": assessing.follow_up_adverse_event,
    "attach_to_adverse_event": attaching.attach_to_adverse_event,
    "decline_candidate": assessing.decline_candidate,
    "assess_code_break": breaking.assess_code_break,
    "record_expedited_report": assessing.record_expedited_report,
}
"""Command -> the rule that turns it into entries."""


def decide(now: Situation, safety: SafetyState, command: object) -> tuple[object, ...]:
    """Turn a command of safety into the events to write.  Pure.  Raises `Refusal`."""
    admit(now, command)
    return DECISIONS[command_name(command)](now, safety, command)
