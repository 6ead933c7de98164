"""Results as JSON in the shape of CDISC's Analysis Results Standard: what was computed, on whom, how, and every number.

Numbers are texts that read back exactly: a fraction as `a/b`, a binary float by its shortest decimal.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from equipoise.analysis.analysis_results import AnalysisResults, ArmSummary, Result
from equipoise.analysis.harms_results import EventRow, HarmsResults
from equipoise.analysis.results import as_record
from equipoise.protocol import StudyDefinition
from equipoise.vocabulary import Json, canonical_json

_ARMS = "planned_arm"
_RECEIVED = "actual_arm"

_PURPOSE = {"primary": "PRIMARY OUTCOME MEASURE", "secondary": "SECONDARY OUTCOME MEASURE"}
_SUMMARY = "summary_by_arm"
_EVENTS = "events_by_arm"
_COUNTS = "categories_by_arm"
_LISTED = "listing_by_arm"

_OPERATIONS = {
    "n": "participants",
    "estimate": "estimate of the contrast",
    "standard_error": "standard error",
    "lower": "lower confidence limit",
    "upper": "upper confidence limit",
    "p": "two-sided p-value",
    "p_adjusted": "p-value adjusted for several tests",
    "baseline_mean": "mean at baseline",
    "baseline_sd": "standard deviation at baseline",
    "mean": "mean",
    "sd": "standard deviation",
    "median": "median",
    "lower_quartile": "lower quartile",
    "upper_quartile": "upper quartile",
    "change_mean": "mean change",
    "change_sd": "standard deviation of the change",
    "participants": "participants with the event",
    "events": "events",
    "worst_grade": "worst CTCAE grade",
    "per_hundred_doses": "events per 100 doses",
    "per_person_year": "events per person-year",
    "rate_ratio": "ratio of the events per person-year",
    "rate_ratio_lower": "lower confidence limit of the ratio",
    "rate_ratio_upper": "upper confidence limit of the ratio",
    "count": "participants with this answer",
    "answered": "participants who answered",
}


def results_as_json(definition: StudyDefinition, results: AnalysisResults) -> bytes:
    """One reporting event as canonical JSON: the same results give the same bytes.

    Analyses name their set, grouping and method; each number names its operation and its result group.  What the
    standard has no place for stands under `extension`: digests, ledger entries, assumptions, warnings, findings.
    No value of a single participant is in it.  Source: CDISC Analysis Results Standard 1.0, logical model.
    """
    return canonical_json(
        {
            "id": f"{definition.id}.{definition.version}.{results.allocation}",
            "name": f"{definition.title.text()} ({definition.label})",
            "version": 1,
            "analysisSets": [_set(definition, results, name) for name in results.sets],
            "analysisGroupings": [_grouping(definition, _ARMS), _grouping(definition, _RECEIVED)],
            "methods": [_method(name) for name in _methods_used(results)],
            "analyses": [
                *(_planned(definition, each) for each in results.results),
                *(_baseline(results, name) for name in results.baseline),
                *_categories(results),
                *(_event(row) for row in (*results.harms.overview, *results.events)),
                _listing(results.harms),
            ],
            "extension": _extension(results),
        }
    )


def _set(definition: StudyDefinition, results: AnalysisResults, name: str) -> Json:
    declared = next((each for each in definition.analysis.sets if each.id == name), None)
    return {
        "id": name,
        "name": declared.name.text() if declared else name,
        "condition": declared.where if declared else "",
        "participants": len(results.sets[name]),
    }


def _grouping(definition: StudyDefinition, variable: str) -> Json:
    groups: list[Json] = [
        {"id": arm.id, "name": arm.name.text(), "order": order} for order, arm in enumerate(definition.arms, start=1)
    ]
    return {"id": variable, "groupingVariable": variable, "dataDriven": False, "groups": groups}


def _methods_used(results: AnalysisResults) -> tuple[str, ...]:
    return (*dict.fromkeys(each.method for each in results.results), _SUMMARY, _COUNTS, _EVENTS, _LISTED)


_BY_METHOD: Mapping[str, tuple[str, ...]] = {
    _SUMMARY: ("n", "mean", "sd", "median", "lower_quartile", "upper_quartile"),
    _COUNTS: ("count", "answered"),
    _LISTED: ("participants", "events"),
    _EVENTS: (
        *("participants", "events", "worst_grade", "per_hundred_doses", "per_person_year"),
        *("estimate", "lower", "upper", "rate_ratio", "rate_ratio_lower", "rate_ratio_upper"),
    ),
}
_OF_A_COMPARISON = tuple(_OPERATIONS)[: tuple(_OPERATIONS).index("participants")]


def _method(name: str) -> Json:
    operations: list[Json] = [
        {"id": f"{name}.{operation}", "name": operation, "label": _OPERATIONS[operation], "order": order}
        for order, operation in enumerate(_BY_METHOD.get(name, _OF_A_COMPARISON), start=1)
    ]
    return {"id": name, "name": name.replace("_", " "), "operations": operations}


@dataclass(frozen=True, slots=True)
class _Number:
    """One number of an analysis; without a group it belongs to the contrast."""

    operation: str
    value: int | float | Fraction | None
    group: str = ""


def _results(method: str, grouping: str, numbers: Sequence[_Number]) -> list[Json]:
    return [
        {
            "operationId": f"{method}.{each.operation}",
            "rawValue": as_record(each.value if not isinstance(each.value, int) else str(each.value)),
            "resultGroups": [{"groupingId": grouping, "groupId": each.group}] if each.group else [],
        }
        for each in numbers
        if each.value is not None
    ]


def _planned(definition: StudyDefinition, result: Result) -> Json:
    endpoint = next(each for each in definition.endpoints if each.id == result.endpoint)
    grouping = _RECEIVED if result.analysis_set == "safety_set" else _ARMS
    lower, upper = result.interval or (None, None)
    numbers = [
        *(_Number("n", count, arm) for arm, count in result.n.items()),
        *(number for summary in result.arms for number in _of_summary(summary, _OF_A_COMPARISON)),
        _Number("estimate", result.estimate),
        _Number("standard_error", result.standard_error),
        _Number("lower", lower),
        _Number("upper", upper),
        _Number("p", result.p_exact if result.p_exact is not None else result.p),
        _Number("p_adjusted", result.p_adjusted),
    ]
    return {
        "id": result.id,
        "name": endpoint.name.text(),
        "reason": {"controlledTerm": "SPECIFIED IN PROTOCOL"},
        "purpose": {"controlledTerm": _PURPOSE.get(endpoint.rank, "EXPLORATORY OUTCOME MEASURE")},
        "analysisSetId": result.analysis_set,
        "methodId": result.method,
        "variable": endpoint.item,
        "orderedGroupings": [{"order": 1, "groupingId": grouping, "resultsByGroup": True}],
        "results": _results(result.method, grouping, numbers),
        "extension": {
            "role": result.role,
            "comparesArms": result.compares_arms,
            "contrast": result.contrast,
            "unit": result.unit,
            "confidence": repr(result.confidence),
            "twoSided": result.two_sided,
            "assumptions": list(result.assumptions),
            "checks": list(result.checks),
            "warnings": list(result.warnings),
            "inputsDigest": result.inputs_digest,
            "entries": list(result.entries),
        },
    }


def _of_summary(summary: ArmSummary, wanted: Sequence[str]) -> Iterator[_Number]:
    for operation in wanted:
        if operation != "n" and hasattr(summary, operation):
            yield _Number(operation, getattr(summary, operation), summary.arm)


def _table(name: str, identity: str, method: str, grouping: str, numbers: Sequence[_Number]) -> dict[str, Json]:
    return {
        "id": identity,
        "name": name,
        "reason": {"controlledTerm": "SPECIFIED IN PROTOCOL"},
        "purpose": {"controlledTerm": "EXPLORATORY OUTCOME MEASURE"},
        "methodId": method,
        "orderedGroupings": [{"order": 1, "groupingId": grouping, "resultsByGroup": True}],
        "results": _results(method, grouping, numbers),
    }


def _baseline(results: AnalysisResults, name: str) -> Json:
    summaries = results.baseline[name]
    numbers = [_Number("n", each.n, each.arm) for each in summaries]
    numbers += [number for each in summaries for number in _of_summary(each, _BY_METHOD[_SUMMARY])]
    return {
        **_table(name, f"baseline.{name}", _SUMMARY, _ARMS, numbers),
        "extension": {"entries": list(results.baseline_entries.get(name, ()))},
    }


def _categories(results: AnalysisResults) -> Iterator[Json]:
    for row in results.baseline_categories:
        numbers = [_Number("count", count, arm) for arm, count in row.counts.items()]
        numbers += [_Number("answered", count, arm) for arm, count in row.answered.items()]
        name = f"{row.characteristic}: {row.level}"
        yield {
            **_table(name, f"baseline.{name}", _COUNTS, _ARMS, numbers),
            "extension": {"entries": list(row.entries)},
        }


def _event(row: EventRow) -> Json:
    by_arm: Mapping[str, Mapping[str, int | float | None]] = {
        "participants": row.participants,
        "events": row.events,
        "worst_grade": row.worst_grade,
        "per_hundred_doses": row.per_hundred_doses,
        "per_person_year": row.per_person_year,
    }
    lower, upper = row.interval or (None, None)
    numbers = [_Number(name, value, arm) for name, values in by_arm.items() for arm, value in values.items()]
    numbers += [_Number("estimate", row.risk_difference), _Number("lower", lower), _Number("upper", upper)]
    lower, upper = row.rate_ratio_interval or (None, None)
    numbers.append(_Number("rate_ratio", row.rate_ratio))
    numbers += [_Number("rate_ratio_lower", lower), _Number("rate_ratio_upper", upper)]
    return {
        **_table(row.term, f"harms.{row.term}", _EVENTS, _RECEIVED, numbers),
        "extension": {"interval": row.interval_method, "entries": list(row.entries)},
    }


def _listing(harms: HarmsResults) -> Json:
    """How much the listing of adverse events holds, and every entry behind it; its rows stand in the report alone."""
    listed = harms.listing.items()
    numbers = [_Number("participants", len({row.participant for row in rows}), arm) for arm, rows in listed]
    numbers += [_Number("events", len(rows), arm) for arm, rows in listed]
    entries = sorted(entry for _, rows in listed for row in rows for entry in row.entries)
    return {
        **_table("Listing of adverse events", "listing.adverse_events", _LISTED, _RECEIVED, numbers),
        "extension": {"entries": list(entries)},
    }


def _extension(results: AnalysisResults) -> Json:
    return {
        "studyDigest": results.study_digest,
        "lockDigest": results.lock_digest,
        "allocation": results.allocation,
        "allocationDigest": results.allocation_digest,
        "synthetic": results.synthetic,
        "families": as_record(results.families),
        "exposure": as_record(results.harms.exposure),
        "gradeShifts": as_record(results.harms.shifts),
        "guesses": as_record(results.harms.guesses),
        "findings": [
            {"rule": each.rule, "severity": each.severity.value, "place": each.place, "message": each.message}
            for each in results.findings
        ],
    }
