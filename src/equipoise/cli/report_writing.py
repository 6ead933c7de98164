"""Write what a reader of a trial needs: the report and, once the allocation is released, the means to check it."""

import json
from importlib.resources import files
from math import isfinite
from pathlib import Path

from equipoise.analysis.analysis_results import AnalysisResults, Result
from equipoise.cli.names import OPENING
from equipoise.cli.report_inputs import VERIFY_LIST, analyse, report_inputs, sealed, trial_inputs
from equipoise.cli.trial_folder import TrialFolder
from equipoise.cli.written import Written
from equipoise.closure import Trial
from equipoise.conduct import Plan, Stage
from equipoise.ledger.export import jsonl
from equipoise.protocol.objectives import Rank
from equipoise.reporting.reading import method_name
from equipoise.reporting.report import build_report, build_status, write_report
from equipoise.vocabulary import Refusal

_ROLES = {"main": "Between arms", "sensitivity": "Exact", "as_registered": "As registered"}


def write_report_of(folder: TrialFolder, out: Path) -> Written:
    """Write the trial's report into `out`: the same ledger gives the same bytes.

    It is dated by the ledger's last entry.  Until the allocation is released it is the status report, which holds
    nothing by arm.  Raises `Refusal` where there is nothing to report, or the papers do not belong together.
    """
    trial = folder.trial()
    if trial.conduct.allocation.commitment is None:
        raise Refusal("REPORT-EARLY", "The allocation list is not sealed yet.", "Hold the ceremony first.")
    if trial.closure.release is None:
        return _write_status(folder, trial, out)
    certificate = trial.closure.certificate
    if certificate is None or certificate.digest != trial.closure.release.certificate_digest:
        raise Refusal(
            "REPORT-LOCK",
            "The data were unlocked after the allocation was released.",
            "Lock them again, and receive the release for that lock.",
        )
    return _write_results(folder, trial, out)


def _write_status(folder: TrialFolder, trial: Trial, out: Path) -> Written:
    made_at = folder.last_entry().recorded_at
    paths = write_report(build_status(trial_inputs(folder.plan, trial, sealed(trial), made_at)), out)
    return Written(paths.pdf, paths.html, _trial_lines(folder.plan, trial), "", trial.conduct.is_synthetic)


def _write_results(folder: TrialFolder, trial: Trial, out: Path) -> Written:
    results = analyse(folder.plan, trial, folder.allocation(trial))
    _write_means_to_check(folder, results, out)
    inputs = report_inputs(folder, trial, results, folder.last_entry().recorded_at)
    lines = (*_trial_lines(folder.plan, trial), *_result_lines(folder.plan, results))
    paths = write_report(build_report(inputs), out)
    return Written(paths.pdf, paths.html, lines, f"cd {out} && {VERIFY_LIST}", trial.conduct.is_synthetic)


def _write_means_to_check(folder: TrialFolder, results: AnalysisResults, out: Path) -> None:
    """The ledger as text, the opening, each participant's arm, and the program that checks the one by the other."""
    out.mkdir(parents=True, exist_ok=True)
    entries = folder.book.ledger.entries()
    (out / "ledger.jsonl").write_text("".join(jsonl(entries)), encoding="utf-8", newline="\n")
    (out / OPENING).write_text(folder.opening(), encoding="utf-8", newline="\n")
    arms = json.dumps(results.arms, indent=1, sort_keys=True)
    (out / "arms.json").write_text(arms + "\n", encoding="utf-8", newline="\n")
    verifier = files("equipoise.closure") / "verify_trial.py"
    (out / "verify_trial.py").write_bytes(verifier.read_bytes())


def _trial_lines(plan: Plan, trial: Trial) -> tuple[tuple[str, str], ...]:
    """The trial in three lines for the screen."""
    state = trial.conduct
    stages = [participant.stage for participant in state.participants.values()]
    return (
        ("Study", f"{plan.definition.id}, {plan.definition.label}"),
        (
            "Participants",
            f"{len(stages)} screened, {len(state.allocation.slot_of)} randomised, "
            f"{sum(stage is Stage.COMPLETED for stage in stages)} completed",
        ),
        (
            "Ledger",
            f"{state.seq:,} entries, {_counted(len(state.queries), 'query', 'queries')}, "
            f"{_counted(len(state.deviations), 'deviation', 'deviations')}",
        ),
    )


def _result_lines(plan: Plan, results: AnalysisResults) -> tuple[tuple[str, str], ...]:
    """What the primary endpoint is and says, one line per planned reading of it."""
    endpoint = next(each for each in plan.definition.endpoints if each.rank is Rank.PRIMARY)
    primary = [each for each in results.results if each.endpoint == endpoint.id and each.role in _ROLES]
    return (("Endpoint", endpoint.name.text()), *((_ROLES[result.role], _sentence(result)) for result in primary))


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _sentence(result: Result) -> str:
    estimate = "" if result.estimate is None else f"{result.contrast}: {result.estimate:+.2f} {result.unit}".rstrip()
    limits = "" if result.interval is None else f" ({_limits(*result.interval)})"
    p = "" if result.p is None else f", p = {result.p:.3f}"
    return f"{estimate}{limits}{p}  [dim]{method_name(result.method)}[/]"


def _limits(low: float, high: float) -> str:
    return f"{low:.2f} to {high:.2f}" if isfinite(low) and isfinite(high) else "no limits from so few"
