"""A broken code is assessed by the investigator, who still does not know the arm (E6R3-4.1.4, M03)."""

from equipoise.conduct import Situation
from equipoise.conduct.situation import require_text
from equipoise.safety.commands import AssessCodeBreak
from equipoise.safety.events import CodeBreakAssessed
from equipoise.safety.state import SafetyState
from equipoise.vocabulary import Refusal


def assess_code_break(now: Situation, safety: SafetyState, command: AssessCodeBreak) -> tuple[CodeBreakAssessed]:
    """Say what came of a code break, once; until then the database is not locked."""
    broken = now.state.allocation.breaks.get(command.number)
    if broken is None:
        raise Refusal("CODE-BREAK", "There is no such code break.", "Check its number.")
    if command.number in safety.assessed_breaks:
        raise Refusal("CODE-BREAK", "This code break is assessed already.", "Nothing more is needed.")
    consequence = require_text(command.consequence, "consequence")
    known_to = tuple(sorted(set(command.known_to)))
    return (CodeBreakAssessed(command.number, command.was_needed, known_to, consequence, broken.participant),)
