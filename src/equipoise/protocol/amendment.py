"""An amendment is a new version that names its parent: whether one definition may follow another."""

from collections.abc import Iterator

from equipoise.protocol.change import steps
from equipoise.protocol.model_faults import Fault
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.vocabulary import Finding, Severity

_WHY = "An amendment must be traceable to the version that it replaces (ICH E6(R3) B.1; SPIRIT 2025 item 31)."


def judge_amendment(before: StudyDefinition, after: StudyDefinition) -> tuple[Finding, ...]:
    """Judge whether `after` is an amendment of `before`: same study, next version, parent = digest of `before`."""
    return tuple(
        Finding(fault.rule, fault.severity, ".".join(map(str, fault.path)), fault.message, fault.suggestion, why=_WHY)
        for fault in _faults(before, after)
    )


def _faults(before: StudyDefinition, after: StudyDefinition) -> Iterator[Fault]:
    if after.id != before.id:
        yield Fault("AMD-01", ("id",), f"this is study {after.id}, not {before.id}.", "Compare versions of one study.")
    if after.version != before.version + 1:
        yield Fault(
            "AMD-02",
            ("version",),
            f"version {after.version} does not follow version {before.version}.",
            f"Write `version: {before.version + 1}`.",
        )
    if after.parent != before.digest:
        named = f"names {after.parent[:12]}..." if after.parent else "names none"
        yield Fault(
            "AMD-03",
            ("parent",),
            f"`parent` {named}; the version before has the digest {before.digest[:12]}...",
            f"Write `parent: {before.digest}`.",
        )
    content = [step for step in steps(before, after) if step.path[0] not in ("version", "parent", "label")]
    if not content:
        yield Fault(
            "AMD-04", ("version",), "nothing differs from the version before.", "Change something.", Severity.WARNING
        )
