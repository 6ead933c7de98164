"""What the whole analysis gives: numbers that carry their method, their inputs and the way back to the ledger."""

from dataclasses import dataclass, field
from fractions import Fraction

from equipoise.analysis.harms_results import EventRow, HarmsResults
from equipoise.vocabulary import Finding


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """How one arm did on one endpoint.  Values in the endpoint's unit; `None` where nobody was measured."""

    arm: str
    n: int
    baseline_mean: float | None
    baseline_sd: float | None
    mean: float | None
    sd: float | None
    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None
    change_mean: float | None
    change_sd: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """One planned analysis, executed.

    `estimate` with `interval` is in `unit` (a difference: experimental minus reference arm, unless `contrast` says
    otherwise); `p` is two-sided under `two_sided`, and `p_exact` the same as a fraction where the method is exact.
    `compares_arms` is False for a within-arm test: a result that cannot show an effect of the intervention.
    `entries` are the ledger entries (seq) that the number was computed from.
    """

    id: str
    endpoint: str
    method: str
    role: str
    analysis_set: str
    contrast: str
    n: dict[str, int]
    unit: str
    estimate: float | None = None
    standard_error: float | None = None
    interval: tuple[float, float] | None = None
    confidence: float = 0.95
    p: float | None = None
    p_exact: Fraction | None = None
    p_adjusted: float | None = None
    two_sided: str = ""
    compares_arms: bool = True
    arms: tuple[ArmSummary, ...] = ()
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    inputs_digest: str = ""
    entries: tuple[int, ...] = ()
    checks: tuple[str, ...] = ()
    """What was looked at to see whether the assumptions hold, with its numbers."""


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One answer of a baseline characteristic: how many gave it, of how many who answered, by arm."""

    characteristic: str
    level: str
    counts: dict[str, int]
    answered: dict[str, int]
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """Results that share the error rate `alpha`; `method` is none where a family has one member and needs no sharing.

    `members` are ids of planned analyses, `not_run` those among them without a result: they count as p = 1.
    """

    rank: str
    method: str
    alpha: str
    members: tuple[str, ...]
    not_run: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PermutationDistribution:
    """Every value that a statistic could have taken under the recorded procedure, with its weight: the exact law.

    `weights` are whole numbers that sum to `total`; `observed` is the value of the trial, in the unit of its result,
    and `centre` the mean of the law, from which the two-sided p-value measures distance.
    """

    values: tuple[Fraction, ...]
    weights: tuple[int, ...]
    total: int
    observed: Fraction
    centre: Fraction


@dataclass(frozen=True, slots=True)
class Observation:
    """One measured value as it was reported, with the entry that last recorded it."""

    participant: str
    item: str
    encounter: str
    value: float | None
    text: str
    entry: int


@dataclass(frozen=True, slots=True)
class AnalysisResults:
    """Everything that the plan asked for, under one allocation.

    `allocation` is `released`, or `dummy` while the trial is masked; `synthetic` is True for a rehearsal.
    """

    study_digest: str
    lock_digest: str
    allocation: str
    allocation_digest: str
    synthetic: bool
    arms: dict[str, str]
    """Participant -> arm, as analysed."""
    sets: dict[str, tuple[str, ...]]
    """Analysis set -> participants."""
    results: tuple[Result, ...]
    events: tuple[EventRow, ...] = ()
    observations: tuple[Observation, ...] = ()
    findings: tuple[Finding, ...] = ()
    baseline: dict[str, tuple[ArmSummary, ...]] = field(default_factory=dict)
    """Baseline characteristic -> summary by arm."""
    distributions: dict[str, PermutationDistribution] = field(default_factory=dict)
    """Id of a result -> the exact distribution of its statistic, where it is small enough to draw."""
    baseline_categories: tuple[CategoryRow, ...] = ()
    baseline_entries: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Baseline characteristic -> the ledger entries behind its summaries."""
    families: tuple[Family, ...] = ()
    harms: HarmsResults = field(default_factory=HarmsResults)
