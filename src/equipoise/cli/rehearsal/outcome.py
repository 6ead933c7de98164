"""What a rehearsal leaves behind: the trial's folder, the opened list, the report, and the means to check them."""

import json
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from equipoise import __version__
from equipoise.analysis.analysis_results import AnalysisResults, Result
from equipoise.analysis.execution.executing import analysis_sets, execute
from equipoise.analysis.execution.gathering import trial_data_of
from equipoise.cli.rehearsal.ending import Ending
from equipoise.cli.rehearsal.trial import Rehearsal
from equipoise.conduct import Stage
from equipoise.ledger import Anchor
from equipoise.ledger.export import jsonl
from equipoise.protocol import StudyDefinition
from equipoise.protocol.objectives import Rank
from equipoise.protocol.own_record import own_record
from equipoise.protocol.record_gaps import compare_with_record
from equipoise.registration.derive import derive
from equipoise.registration.judge import judge
from equipoise.registration.published import PublishedFacts, read_published
from equipoise.reporting import (
    RegistryInputs,
    ReportInputs,
    ReportPaths,
    TrialInputs,
    Verification,
    build_report,
    summarise_conduct,
    write_report,
)
from equipoise.reporting.reading import method_name
from equipoise.vocabulary import utc_from_text

_SOFTWARE = ("numpy", "scipy", "typst", "matplotlib")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The report's files, what to say on the screen, and the command that checks the list."""

    report: ReportPaths
    lines: tuple[tuple[str, str], ...]
    command: str


def write_outcome(rehearsal: Rehearsal, ending: Ending, study: Path, out: Path) -> Outcome:
    """Analyse under the released allocation, and write everything that a reader needs."""
    trial, folder = out / "trial", out / "report"
    folder.mkdir()
    shutil.copyfile(study, trial / "study.yaml")
    ledger = rehearsal.desk.book.ledger
    entries = list(ledger.entries())
    seq, head = ledger.head()
    anchor = Anchor(seq, head, entries[-1].recorded_at.date(), "SYNTHETIC")
    (trial / "anchors.txt").write_text(anchor.text() + "\n", encoding="utf-8")
    (folder / "ledger.jsonl").write_text("".join(jsonl(entries)), encoding="utf-8", newline="\n")
    (folder / "opening.json").write_text(ending.opening, encoding="utf-8", newline="\n")
    results = _analyse(rehearsal, ending)
    arms = json.dumps(results.arms, indent=1, sort_keys=True)
    (folder / "arms.json").write_text(arms + "\n", encoding="utf-8", newline="\n")
    verifier = files("equipoise.closure") / "verify_trial.py"
    (folder / "verify_trial.py").write_bytes(verifier.read_bytes())
    command = f"cd {folder} && {VERIFY_LIST}"
    inputs = _inputs(rehearsal, ending, study, results)
    paths = write_report(build_report(inputs), folder)
    return Outcome(paths, _lines(rehearsal, results), command)


def _analyse(rehearsal: Rehearsal, ending: Ending) -> AnalysisResults:
    """The planned analysis under the allocation that really took place."""
    plan = rehearsal.desk.plan
    return execute(
        plan.definition,
        trial_data_of(plan, rehearsal.desk.trial),
        analysis_sets(ending.review.memberships),
        ending.allocation,
        lock_digest=ending.certificate.digest,
        synthetic=rehearsal.desk.state.is_synthetic,
    )


def _inputs(rehearsal: Rehearsal, ending: Ending, study: Path, results: AnalysisResults) -> ReportInputs:
    definition = rehearsal.desk.plan.definition
    made_at = rehearsal.desk.clock()
    record = own_record(definition, study)
    published = _published(definition, study)
    return ReportInputs(
        trial=trial_inputs(rehearsal, _verification(rehearsal, ending), made_at),
        registry=RegistryInputs(record, derive(record), judge(record, made_at.date(), published)) if record else None,
        results=results,
        published=published,
        differences=compare_with_record(definition, record) if record else (),
    )


def trial_inputs(rehearsal: Rehearsal, verification: Verification, made_at: datetime) -> TrialInputs:
    """What every masked role may know of the trial: all that the status report is made from."""
    desk = rehearsal.desk
    return TrialInputs(
        desk.plan.definition,
        summarise_conduct(desk.plan, desk.trial, made_at.date()),
        verification,
        made_at,
        desk.state.is_synthetic,
        (("Equipoise", __version__), *((name, version(name)) for name in _SOFTWARE)),
    )


def sealed(rehearsal: Rehearsal) -> Verification:
    """What binds the trial to its past while it is masked."""
    ledger, commitment = rehearsal.desk.book.ledger, rehearsal.desk.state.allocation.commitment
    assert commitment is not None, "a trial under way has a sealed list"
    seq, head = ledger.head()
    return Verification(
        study_digest=rehearsal.desk.plan.digest,
        sealed_root=commitment.root,
        slots=commitment.stratum_count * commitment.slots,
        ledger_entries=seq,
        ledger_head=head,
    )


def _verification(rehearsal: Rehearsal, ending: Ending) -> Verification:
    return replace(
        sealed(rehearsal),
        lock_digest=ending.certificate.digest,
        locked_at=utc_from_text(ending.certificate.locked_at),
        allocation_digest=ending.allocation.digest,
        commands=(
            ("The list was fixed first and followed without a skip (in the report's folder)", VERIFY_LIST),
            ("Nothing in the ledger was changed", "equipoise verify trial"),
        ),
    )


VERIFY_LIST = "python3 -I -S verify_trial.py opening.json ledger.jsonl arms.json"


def _published(definition: StudyDefinition, study: Path) -> PublishedFacts | None:
    """The facts of the paper, for the version of a study that follows it."""
    path = study.parent.parent / "published.yaml"
    return read_published(path) if definition.label == "as published" and path.is_file() else None


def _lines(rehearsal: Rehearsal, results: AnalysisResults) -> tuple[tuple[str, str], ...]:
    """The trial in five lines for the screen."""
    state = rehearsal.desk.state
    stages = [participant.stage for participant in state.participants.values()]
    endpoint = next(each.id for each in rehearsal.desk.plan.definition.endpoints if each.rank is Rank.PRIMARY)
    primary = [each for each in results.results if each.endpoint == endpoint and each.role in _ROLES]
    return (
        ("Study", f"{rehearsal.desk.plan.definition.id}, {rehearsal.desk.plan.definition.label}"),
        (
            "Participants",
            f"{len(stages)} screened, {rehearsal.randomised} randomised, "
            f"{sum(stage is Stage.COMPLETED for stage in stages)} completed",
        ),
        (
            "Ledger",
            f"{rehearsal.desk.book.ledger.head()[0]:,} entries, {len(state.queries)} queries, "
            f"{len(state.deviations)} deviations",
        ),
        *((_ROLES[result.role], _sentence(result)) for result in primary),
    )


_ROLES = {"main": "Between arms", "sensitivity": "Exact", "as_registered": "As registered"}


def _sentence(result: Result) -> str:
    estimate = "" if result.estimate is None else f"{result.contrast}: {result.estimate:+.2f} {result.unit}".rstrip()
    limits = "" if result.interval is None else " ({:.2f} to {:.2f})".format(*result.interval)
    p = "" if result.p is None else f", p = {result.p:.3f}"
    return f"{estimate}{limits}{p}  [dim]{method_name(result.method)}[/]"
