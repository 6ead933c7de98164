"""The design report: what was assumed, what follows from it, and with what uncertainty of the simulation."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any

from equipoise.design.forecast import Forecast
from equipoise.design.simulation.operating import Estimation, Rate
from equipoise.vocabulary import Finding, Json, digest

DIGITS = 10
"""Significant digits with which numbers enter the digest, so that the last bits of a processor do not change it."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """One thing that was taken as given: its name, its value in words, and where it comes from."""

    name: str
    value: str
    source: str = ""


class Plan(StrEnum):
    """Which plan a row of the honest table speaks for."""

    AS_REGISTERED = "as registered"
    AS_DEFINED = "as defined"
    OTHERWISE = "if it were"


PLAN_HEADINGS = {
    Plan.AS_REGISTERED: "As registered: tests inside an arm",
    Plan.AS_DEFINED: "As defined: comparisons of the arms",
    Plan.OTHERWISE: "All endpoints as one family",
}


@dataclass(frozen=True, slots=True)
class HonestRow:
    """How often a way to claim an effect succeeds: with no effect at all, and with the effect planned for.

    `nominal` is what the claim's error rate is believed to be.
    """

    id: str
    plan: Plan
    claim: str
    nominal: float
    without_effect: Rate
    with_effect: Rate

    @property
    def is_honest(self) -> bool:
        """Whether the error rate is at most the nominal one, within three Monte Carlo standard errors."""
        return self.without_effect.share <= self.nominal + 3 * self.without_effect.se


@dataclass(frozen=True, slots=True)
class Variation:
    """The false claims of the main ways at one size, under one entry rule and one shared improvement (own unit)."""

    participants: int
    entry: float | None
    improvement: float
    within_arm: Rate | None
    between_arms: Rate | None


@dataclass(frozen=True, slots=True)
class SizeRow:
    """What a number of participants can do for one effect (SDs of the outcome): analytic power, t test and ANCOVA."""

    participants: int
    arms: tuple[int, int]
    effect: float
    t_test: float
    ancova: float


@dataclass(frozen=True, slots=True)
class Detectable:
    """The effect (SDs of the outcome) that a number of participants finds with a power."""

    participants: int
    power: float
    t_test: float
    ancova: float


@dataclass(frozen=True, slots=True)
class Needed:
    """Participants of all arms that an effect needs for a power, and how many must be randomised if some leave."""

    effect: float
    power: float
    t_test: int
    ancova: int
    ancova_with_leaving: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Points (x, y) under a name."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class DesignReport:
    """Everything that a design step found out.

    `definition` and `scenario` are digests of what it was made from; `restriction` is (guess, certain) of the
    randomisation, which no recruiter may see.  `effect` says in words which effect was simulated.
    """

    study: str
    label: str
    definition: str
    scenario: str
    scenario_name: str
    software: str
    seed: int
    trials: int
    participants: int
    effect: str
    correlation: float
    assumptions: tuple[Assumption, ...]
    rows: tuple[HonestRow, ...]
    estimates: Mapping[str, Estimation]
    variations: tuple[Variation, ...]
    sizes: tuple[SizeRow, ...]
    detectable: tuple[Detectable, ...]
    needed: tuple[Needed, ...]
    by_size: tuple[Curve, ...]
    by_effect: tuple[Curve, ...]
    predictability: tuple[float, float, float]
    supply: Forecast
    left_out: Mapping[str, str]
    findings: tuple[Finding, ...]

    def canonical(self) -> Json:
        """The report as JSON that hashes the same everywhere: numbers are texts of ten significant digits."""
        return _canonical(self)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical form: what a study definition links its number of participants to."""
        return digest(self.canonical())


def _canonical(value: Any) -> Json:
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}"
    if is_dataclass(value):
        return {field.name: _canonical(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _canonical(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_canonical(each) for each in value]
    known: Json = value
    return known
