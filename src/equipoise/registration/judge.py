"""Judges a record by every rule of the catalogue, and says whether its design is one that this system can carry."""

from collections.abc import Mapping
from datetime import date

from equipoise.registration.field import Field
from equipoise.registration.language.passage import said
from equipoise.registration.published import PublishedFacts
from equipoise.registration.record import RegistryRecord
from equipoise.registration.rules import RULES, Case, RuleGroup
from equipoise.registration.words import Allocation, InterventionModel, StudyType
from equipoise.vocabulary import Finding, Severity

SCOPE_WHY = "Equipoise carries randomised trials with parallel arms; its allocation, flow and analysis rest on that."
SCOPE_MEND = "The record was read and checked all the same; its trial cannot be run or analysed here."


def judge(
    record: RegistryRecord,
    as_of: date | None = None,
    published: PublishedFacts | None = None,
    severities: Mapping[str, Severity] | None = None,
) -> tuple[Finding, ...]:
    """Judge a record by all rules, and by those on the paper where one is given; every rule gives one finding.

    `as_of` is the day of judging: rules that depend on it are undecidable without it.  `severities` overrides the
    weight of single rules for a study, by rule id.
    """
    case = Case(record, as_of, published)
    weights = severities or {}
    return tuple(
        rule.apply(case, weights.get(rule.id))
        for rule in RULES.values()
        if published is not None or rule.group is not RuleGroup.COMPARISON
    )


def scope(record: RegistryRecord) -> tuple[Finding, ...]:
    """Give one finding for each reason why the design lies outside this system; none for a trial that it can carry."""
    design = record.design
    if design.study_type.value not in (None, StudyType.INTERVENTIONAL):
        return (_outside("SCOPE-01", design.study_type, "is not a trial: no intervention is assigned"),)
    reasons = []
    if design.allocation.value not in (None, Allocation.RANDOMIZED):
        reasons.append(_outside("SCOPE-02", design.allocation, "does not randomise its participants"))
    if design.model.value not in (None, InterventionModel.PARALLEL):
        model = design.model.value.lower().replace("_", " ")
        reasons.append(_outside("SCOPE-03", design.model, f"has a {model} model instead of parallel arms"))
    return tuple(reasons)


def _outside(rule: str, field: Field[object], reason: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        place=field.place,
        message=f"Outside the scope of Equipoise: the study {reason}.",
        suggestion=SCOPE_MEND,
        evidence=(str(said(field)),),
        why=SCOPE_WHY,
    )
