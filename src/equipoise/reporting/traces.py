"""The numbers of the report as a file: every result with its method, its inputs' digest and its ledger entries."""

import json

from equipoise.analysis.analysis_results import AnalysisResults
from equipoise.analysis.results import as_record


def numbers_file(results: AnalysisResults) -> str:
    """The results as JSON text with sorted keys: exact p-values as fractions, other numbers as text that reads back.

    Observations are left out: participants' values belong to the data export, not to a file that travels with a report.
    """
    kept = {
        "study_digest": results.study_digest,
        "lock_digest": results.lock_digest,
        "allocation": results.allocation,
        "allocation_digest": results.allocation_digest,
        "synthetic": results.synthetic,
        "sets": {name: len(members) for name, members in results.sets.items()},
        "results": as_record(results.results),
        "events": as_record(results.events),
        "baseline": as_record(results.baseline),
    }
    return json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
