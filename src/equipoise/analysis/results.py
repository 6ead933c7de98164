"""What every method gives back: frozen values that say what was computed, how, on how many, and how far to trust it."""

from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from equipoise.vocabulary import Json, Refusal

Number: TypeAlias = int | float | Fraction


class Sides(StrEnum):
    """Which outcomes count as at least as extreme as the observed one; T is the statistic, t its observed value."""

    DISTANCE = "distance"
    """Two-sided, P(|T - E T| >= |t - E T|): the default of every exact test here."""
    DOUBLED = "doubled"
    """Two-sided, min(1, 2 min(P(T >= t), P(T <= t))): agrees with two one-sided confidence limits."""
    PROBABILITY = "probability"
    """Two-sided, all outcomes that are no more probable than the observed one (Fisher's exact test)."""
    SYMMETRIC = "symmetric"
    """Two-sided under a model whose reference distribution is symmetric (t, normal) or one-tailed by nature (F)."""
    GREATER = "greater"
    """One-sided, P(T >= t)."""
    LESS = "less"
    """One-sided, P(T <= t)."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval in the data's units; an infinite limit is `float('-inf')` or `float('inf')`.

    Refuses a level outside 0 to 1.
    """

    lower: Number
    upper: Number
    level: Fraction
    method: str

    def __post_init__(self) -> None:
        refuse_level(self.level)


def refuse_level(level: Fraction) -> None:
    """Refuses a confidence level that is not between 0 and 1."""
    if not 0 < level < 1:
        raise Refusal(
            "EXACT-LEVEL", "A confidence level lies between 0 and 1.", "Give it as a share: Fraction(95, 100) is 95 %."
        )


@dataclass(frozen=True, slots=True)
class PValue:
    """A p-value.  Exact ones are fractions, with the unreduced count of allocations (or weight) beside them.

    `interval` is the exact binomial interval of a Monte Carlo p; it is absent where nothing was sampled.
    """

    value: Fraction | float
    sides: Sides
    exact: bool
    favourable: int | None = None
    total: int | None = None
    interval: Interval | None = None

    def __float__(self) -> float:
        return float(self.value)

    def text(self, decimals: int = 4) -> str:
        """Rounded half-even, as a table prints it; below the last printed digit: `<0.0001`."""
        smallest = Decimal(1).scaleb(-decimals)
        if 0 < self.value < smallest / 2:
            return f"<{smallest:f}"
        if isinstance(self.value, Fraction):
            return f"{round(self.value * 10**decimals) * smallest:.{decimals}f}"
        return f"{self.value:.{decimals}f}"


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimated quantity.  `df` is infinite for normal-theory inference, None where it has no meaning."""

    name: str
    value: Number
    se: float | None = None
    df: float | None = None
    statistic: float | None = None
    p: PValue | None = None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Tails:
    """All conventions of one exact test side by side; `mid` is the two-sided (distance) p with half the ties."""

    distance: Fraction
    doubled: Fraction
    greater: Fraction
    less: Fraction
    mid: Fraction


@dataclass(frozen=True, slots=True)
class TestResult:
    """The result of one test.  `n` pairs a name (an arm, 'pairs') with a number of participants."""

    __test__ = False  # a noun of ours, not a class for pytest to collect

    method: str
    statistic_name: str
    statistic: Number
    p: PValue
    n: tuple[tuple[str, int], ...]
    tails: Tails | None = None
    estimate: Estimate | None = None
    reference: str = ""
    engine: str = ""
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """True only where no approximation, sampling or rounding touched the p-value."""
        return self.p.exact


@dataclass(frozen=True, slots=True)
class ModelResult:
    """The result of a fitted model: one `Estimate` per coefficient, then named scalars such as `-2 log L`."""

    method: str
    estimates: tuple[Estimate, ...]
    n: tuple[tuple[str, int], ...]
    scalars: tuple[tuple[str, float], ...] = ()
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def estimate(self, name: str) -> Estimate:
        """The coefficient called `name`.  Raises `KeyError` where there is none."""
        for found in self.estimates:
            if found.name == name:
                return found
        raise KeyError(name)

    def scalar(self, name: str) -> float:
        """The scalar called `name`.  Raises `KeyError` where there is none."""
        return dict(self.scalars)[name]


def as_record(value: object) -> Json:
    """A result as canonical JSON: fractions as `'a/b'`, binary floats as the shortest text that reads back."""
    record: Json = str(value)
    if value is None or isinstance(value, bool | int | str):
        record = value
    elif isinstance(value, Fraction):
        record = f"{value.numerator}/{value.denominator}"
    elif isinstance(value, float):
        record = repr(float(value))
    elif is_dataclass(value):
        record = {field.name: as_record(getattr(value, field.name)) for field in fields(value)}
    elif isinstance(value, tuple | list):
        record = [as_record(item) for item in value]
    elif isinstance(value, dict):
        record = {str(key): as_record(item) for key, item in value.items()}
    return record
