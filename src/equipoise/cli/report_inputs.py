"""What a report is made from: a trial's folder, read by the rooms in their order, and nothing that is not in it."""

from dataclasses import replace
from datetime import datetime
from importlib.metadata import version

from equipoise import __version__
from equipoise.analysis.analysis_results import AnalysisResults
from equipoise.analysis.execution.executing import analysis_sets, execute
from equipoise.analysis.execution.gathering import trial_data_of
from equipoise.cli.trial_folder import TrialFolder
from equipoise.closure import ReleasedAllocation, Trial
from equipoise.conduct import Plan
from equipoise.protocol.own_record import own_record
from equipoise.protocol.record_gaps import compare_with_record
from equipoise.registration.derive import derive
from equipoise.registration.judge import judge
from equipoise.reporting.conduct_summary import summarise_conduct
from equipoise.reporting.inputs import RegistryInputs, ReportInputs, TrialInputs, Verification
from equipoise.vocabulary import utc_from_text

VERIFY_LIST = "python3 -I -S verify_trial.py opening.json ledger.jsonl arms.json"
_SOFTWARE = ("numpy", "scipy", "typst", "matplotlib")


def trial_inputs(plan: Plan, trial: Trial, verification: Verification, made_at: datetime) -> TrialInputs:
    """What every masked role may know of a trial: all that the status report is made from."""
    return TrialInputs(
        plan.definition,
        summarise_conduct(plan, trial, made_at.date()),
        verification,
        made_at,
        trial.conduct.is_synthetic,
        (("Equipoise", __version__), *((name, version(name)) for name in _SOFTWARE)),
    )


def report_inputs(folder: TrialFolder, trial: Trial, results: AnalysisResults, made_at: datetime) -> ReportInputs:
    """Everything of a released trial, with its registry record if that lies beside the definition."""
    definition = folder.plan.definition
    record, published = own_record(definition, folder.study), folder.published()
    return ReportInputs(
        trial=trial_inputs(folder.plan, trial, _opened(trial, results), made_at),
        registry=RegistryInputs(record, derive(record), judge(record, made_at.date(), published)) if record else None,
        results=results,
        published=published,
        differences=compare_with_record(definition, record) if record else (),
    )


def analyse(plan: Plan, trial: Trial, allocation: ReleasedAllocation) -> AnalysisResults:
    """The planned analysis of a locked trial, on the sets of its blind review."""
    review, certificate = trial.closure.review, trial.closure.certificate
    assert review and certificate, "an allocation is received after review and lock"
    return execute(
        plan.definition,
        trial_data_of(plan, trial),
        analysis_sets(review.memberships),
        allocation,
        lock_digest=certificate.digest,
        synthetic=trial.conduct.is_synthetic,
    )


def sealed(trial: Trial) -> Verification:
    """What binds a trial to its past while it is masked."""
    commitment = trial.conduct.allocation.commitment
    assert commitment is not None, "a trial that is reported has a sealed list"
    return Verification(
        study_digest=trial.conduct.study_digest,
        sealed_root=commitment.root,
        slots=commitment.stratum_count * commitment.slots,
        ledger_entries=trial.conduct.seq,
        ledger_head=trial.conduct.hash,
    )


def _opened(trial: Trial, results: AnalysisResults) -> Verification:
    certificate = trial.closure.certificate
    assert certificate, "an allocation is received after the lock"
    return replace(
        sealed(trial),
        lock_digest=certificate.digest,
        locked_at=utc_from_text(certificate.locked_at),
        allocation_digest=results.allocation_digest,
        commands=(
            ("The list was fixed first and followed without a skip (in the report's folder)", VERIFY_LIST),
            ("Nothing in the ledger was changed", "equipoise verify trial"),
        ),
    )
