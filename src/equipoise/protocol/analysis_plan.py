"""Analysis sets and the analyses that are planned, before anyone can know the arms."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from equipoise.instruments.item import Declared, Identifier, Label

SetId = Literal["full_analysis_set", "per_protocol_set", "safety_set"]

Method = Literal[
    "ancova",  # follow-up on baseline and arm
    "randomisation_test",  # difference in means, under the recorded procedure
    "rank_randomisation_test",
    "paired_t_within_arm",  # as registered; does not compare arms
    "welch_t",
    "mann_whitney",
    "proportional_odds",
    "mmrm",
    "risk_difference",
]


class AnalysisSet(Declared):
    """Who is analysed: `where` is a CEL expression over what conduct knows of a participant."""

    id: SetId
    name: Label
    where: str
    """CEL condition over what is known of a participant; no name in it depends on the arm."""


class Analysis(Declared):
    """One planned analysis.  `role`: it answers the estimand, tests its robustness, or stands in the record."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]*$")]
    endpoint: Identifier
    estimand: Identifier | None = None
    method: Method
    analysis_set: SetId = "full_analysis_set"
    role: Literal["main", "sensitivity", "supplementary", "as_registered"] = "main"
    covariates: tuple[Identifier, ...] = ()
    """Items that enter the model beside the baseline value and the arm."""
    missing: Literal["complete_cases", "multiple_imputation", "jump_to_reference", "copy_increments"] = "complete_cases"
    """What happens to participants without a value."""
    below_limit: Literal["half_limit", "limit", "ranks"] = "half_limit"
    """How a value below a detection limit enters; ranks use the order alone."""


class AnalysisPlan(Declared):
    """The plan: sets, analyses in order, and how several tests share `alpha` (two-sided)."""

    alpha: Decimal = Decimal("0.05")
    """Type I error of the primary comparison, two-sided."""
    sets: tuple[AnalysisSet, ...]
    analyses: tuple[Analysis, ...]
    multiplicity: Literal["none", "holm", "hochberg", "fixed_sequence", "max_t"] = "none"
    """How the secondary comparisons share alpha, after the primary one."""
    reference_arm: Identifier
    """The arm that the others are compared with."""
