"""Safety: adverse events, candidates from graded results, the expedited clock, the open report."""

from equipoise.safety.candidates import Candidate, GradedResult, RangeOf, candidates, graded_results
from equipoise.safety.clock import Deadline, deadlines, is_expedited
from equipoise.safety.commands import (
    AssessCodeBreak,
    AttachToAdverseEvent,
    DeclineCandidate,
    FollowUpAdverseEvent,
    RecordExpeditedReport,
    ReportAdverseEvent,
)
from equipoise.safety.decide import DECISIONS, decide
from equipoise.safety.events import Assessment
from equipoise.safety.open_report import OpenReport, TermCount, open_report
from equipoise.safety.state import AdverseEvent, AssessedVersion, SafetyState
from equipoise.safety.words import ActionTaken, Causality, Expectedness, Outcome, Seriousness

__all__ = [
    "DECISIONS",
    "ActionTaken",
    "AdverseEvent",
    "AssessCodeBreak",
    "AssessedVersion",
    "Assessment",
    "AttachToAdverseEvent",
    "Candidate",
    "Causality",
    "Deadline",
    "DeclineCandidate",
    "Expectedness",
    "FollowUpAdverseEvent",
    "GradedResult",
    "OpenReport",
    "Outcome",
    "RangeOf",
    "RecordExpeditedReport",
    "ReportAdverseEvent",
    "SafetyState",
    "Seriousness",
    "TermCount",
    "candidates",
    "deadlines",
    "decide",
    "graded_results",
    "is_expedited",
    "open_report",
]
