"""Looking things up in a definition and its results: names of arms and endpoints, and which result answers what."""

import re

from equipoise.analysis.analysis_results import AnalysisResults, ArmSummary, Result
from equipoise.protocol.objectives import Endpoint, Rank
from equipoise.protocol.study_definition import StudyDefinition

METHODS = {
    "ancova": "Analysis of covariance",
    "randomisation_test": "Randomisation test (difference in means)",
    "rank_randomisation_test": "Randomisation test (ranks)",
    "paired_t_within_arm": "Paired t-test inside one arm",
    "welch_t": "Welch’s t-test",
    "mann_whitney": "Mann-Whitney test",
    "proportional_odds": "Proportional odds model",
    "mmrm": "Mixed model for repeated measures",
    "risk_difference": "Risk difference",
}

ANALYSIS_SETS = {
    "full_analysis_set": "full analysis set",
    "per_protocol_set": "per-protocol set",
    "safety_set": "safety set",
}

_UNITS = {"1": "", "[IU]/mL": "IU/mL", "k[IU]/L": "kIU/L", "[pH]": "", "Cel": "°C", "mm[Hg]": "mmHg"}
_POWER = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def method_name(method: str) -> str:
    """A method in words."""
    return METHODS.get(method, method.replace("_", " ").capitalize())


def unit_name(code: str) -> str:
    """A UCUM code as a reader writes it: `10*9/L` is `×10⁹/L`, an annotation in braces is left out."""
    plain = re.sub(r"\{[^}]*\}", "", _UNITS.get(code, code))
    plain = re.sub(r"10[*^](\d+)", lambda power: "×10" + power[1].translate(_POWER), plain)
    return re.sub(r"\bu(?=[gLlm])", "µ", plain.replace("[", "").replace("]", ""))


def plain_unit(name: str) -> str:
    """A name that ends in a UCUM code in brackets, with the code as a reader writes it."""
    return re.sub(r" \(([^()]+)\)$", lambda unit: f" ({unit_name(unit[1])})" if unit_name(unit[1]) else "", name)


def arm_names(definition: StudyDefinition, language: str = "en") -> dict[str, str]:
    """Arm id -> its name: the reference arm last, so that tables and figures read in the direction of the contrast."""
    reference = definition.analysis.reference_arm
    ordered = sorted(definition.arms, key=lambda arm: arm.id == reference)
    return {arm.id: arm.name.text(language) for arm in ordered}


def encounter_name(definition: StudyDefinition, encounter_id: str, language: str = "en") -> str:
    return definition.encounter(encounter_id).name.text(language)


def measure_name(endpoint: Endpoint) -> str:
    """What is measured: the endpoint's name without `Change in` and without an explanation in brackets."""
    name = re.sub(r"\s*\([^()]*\)\s*$", "", endpoint.name.text())
    measure = re.sub(r"^change (?:in|of) (?=.)", "", name, flags=re.IGNORECASE)
    first = measure.split(" ")[0]
    return measure[0].upper() + measure[1:] if first.isalpha() and first.islower() else measure


def short_visit(definition: StudyDefinition, encounter_id: str) -> str:
    """The name of an encounter for the head of a column: its day where the name is long."""
    encounter = definition.encounter(encounter_id)
    name = encounter.name.text()
    return name if len(name) <= 14 else f"Day {encounter.day}"


def primary_endpoint(definition: StudyDefinition) -> Endpoint:
    """The first primary endpoint.  A definition without one has been refused before it came to a report."""
    return next(endpoint for endpoint in definition.endpoints if endpoint.rank is Rank.PRIMARY)


def with_unit(name: str, unit: str) -> str:
    """`hs-CRP (mg/L)`, or the name alone."""
    shown = unit_name(unit)
    return f"{name} ({shown})" if shown else name


def between_arms(results: AnalysisResults, endpoint: str) -> tuple[Result, ...]:
    """The results of an endpoint that compare the arms, the main one first, then in the order of the plan."""
    found = [each for each in results.results if each.endpoint == endpoint and each.compares_arms]
    return tuple(sorted(found, key=lambda each: each.role != "main"))


def within_arm(results: AnalysisResults, endpoint: str) -> tuple[Result, ...]:
    """The results of an endpoint that look at one arm alone."""
    return tuple(each for each in results.results if each.endpoint == endpoint and not each.compares_arms)


def main_result(results: AnalysisResults, endpoint: str) -> Result | None:
    """The result that answers the estimand: the planned main analysis, else the first that compares arms."""
    return next(iter(between_arms(results, endpoint)), None)


def randomisation_result(results: AnalysisResults, endpoint: str) -> Result | None:
    """The first randomisation test of an endpoint."""
    found = between_arms(results, endpoint)
    return next((each for each in found if "randomisation" in each.method), None)


def analysed_participants(definition: StudyDefinition, results: AnalysisResults) -> frozenset[str]:
    """Those in the set of the primary endpoint's main analysis who were measured then, and at baseline for a change."""
    endpoint = primary_endpoint(definition)
    main = main_result(results, endpoint.id)
    if main is None:
        return frozenset()
    needed = {endpoint.encounter} | ({endpoint.baseline} if endpoint.metric == "change" else set())
    seen: dict[str, set[str]] = {}
    for each in results.observations:
        if each.item == endpoint.item and each.value is not None:
            seen.setdefault(each.participant, set()).add(each.encounter)
    members = results.sets.get(main.analysis_set, tuple(results.arms))
    return frozenset(each for each in members if needed <= seen.get(each, set()))


def summary_of(result: Result, arm: str) -> ArmSummary | None:
    return next((summary for summary in result.arms if summary.arm == arm), None)
