"""The catalogue of rules on a registration and on its agreement with the paper, in the order of their ids."""

from collections.abc import Mapping

from equipoise.registration.rules import (
    admin,
    analysis,
    comparison,
    dates,
    design,
    eligibility,
    enrolment,
    intervention,
    masking,
    outcomes,
    results,
    text,
)
from equipoise.registration.rules.rule import Case, Judgement, Rule, RuleGroup, by_id

_FAMILIES = ("REG", "DAT", "RES", "ENR", "DES", "OUT", "ANA", "ELI", "TXT", "ADM", "CMP")
_FOUND = by_id(
    dates.CATALOGUE,
    results.CATALOGUE,
    enrolment.CATALOGUE,
    design.CATALOGUE,
    masking.CATALOGUE,
    intervention.CATALOGUE,
    outcomes.CATALOGUE,
    analysis.CATALOGUE,
    eligibility.CATALOGUE,
    text.CATALOGUE,
    admin.CATALOGUE,
    comparison.CATALOGUE,
)

RULES: Mapping[str, Rule] = {
    id: _FOUND[id] for id in sorted(_FOUND, key=lambda id: (_FAMILIES.index(id[:3]), int(id[4:])))
}
"""Every rule by its id: 76 on a record alone, 15 on record and paper."""

__all__ = ["RULES", "Case", "Judgement", "Rule", "RuleGroup"]
