"""The versions of a trial's study definition: each is kept under its digest, the one that is followed as `study.yaml`.

An amendment is laid down as a draft, read and compared by people, and followed once the ledger says so.  The ledger is
asked, never the file: a program that ended between entry and file finds the right version when it starts again.
"""

import os
import re
from pathlib import Path

from equipoise.closure import decide
from equipoise.conduct import Actor, AmendDefinition, make_plan
from equipoise.protocol import StudyDefinition, load_definition, parse_definition
from equipoise.protocol.amendment import judge_amendment
from equipoise.protocol.reading import DefinitionError
from equipoise.store.running import STUDY, RunningTrial, version_file
from equipoise.vocabulary import Finding, Severity

_DIGEST = re.compile(r"[0-9a-f]{64}")


def lay_down(trial: RunningTrial, content: bytes) -> StudyDefinition:
    """Keep a definition beside the one that is followed.  Raises `Refusal` where it cannot be read or used."""
    reading = parse_definition(content)
    if reading.definition is None or reading.errors:
        raise DefinitionError(reading.errors)
    now = trial.plan.definition
    _keep(version_file(trial.folder, now.digest), (trial.folder / STUDY).read_bytes())
    _keep(version_file(trial.folder, reading.definition.digest), content)
    return reading.definition


def laid_down(trial: RunningTrial, digest: str) -> StudyDefinition | None:
    """The version of this digest, if it was laid down for this trial."""
    file = version_file(trial.folder, digest)
    if not _DIGEST.fullmatch(digest) or not file.is_file():
        return None
    definition = load_definition(file)
    return definition if definition.digest == digest else None


def faults_of(trial: RunningTrial, definition: StudyDefinition) -> tuple[Finding, ...]:
    """What speaks against following a version next."""
    return judge_amendment(trial.plan.definition, definition)


def amend(
    trial: RunningTrial, actor: Actor, definition: StudyDefinition, command: AmendDefinition, *, request: str = ""
) -> None:
    """Follow a version that was laid down, from the entry on that this writes.  Raises `Refusal`."""
    errors = tuple(each for each in faults_of(trial, definition) if each.severity is Severity.ERROR)
    if errors:
        raise DefinitionError(errors)
    plan = make_plan(definition)
    trial.book.execute(
        lambda state: decide(plan, state, command, actor=actor, moment=trial.now()),
        who=actor.who,
        role=actor.role,
        request=request,
    )


def _keep(file: Path, content: bytes) -> None:
    """Write a version whole and durable, once: an entry of the ledger will name it."""
    if file.is_file():
        return
    file.parent.mkdir(mode=0o700, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}.part")
    with draft.open("wb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())
    draft.replace(file)
