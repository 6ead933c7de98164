"""A laboratory's own limits: which range applies to a sample, what it flags, and what the assay can measure."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import Self

from pydantic import model_validator

from equipoise.instruments.item import Declared, Identifier, UcumCode
from equipoise.instruments.laboratory import Sex
from equipoise.vocabulary import Comparator, Equivalence, Finding, Refusal, Reported, Severity, convert, convertible


class ReferenceRange(Declared):
    """What one laboratory states for one analyte, with one method, for one sex and age, in a span of time.

    `low` and `high` are the limits of normal, both within normal.  `detection_limit`, `lowest_quantified` and
    `highest_quantified` are the assay's LOD, LLOQ and ULOQ.  All are in `unit` (UCUM).  Ages are whole years, both ends
    included; dates are inclusive.
    """

    laboratory: str
    analyte: Identifier
    unit: UcumCode
    low: Decimal | None = None
    high: Decimal | None = None
    sex: Sex = Sex.ANY
    age_from: int = 0
    age_to: int = 150
    method: str = ""
    detection_limit: Decimal | None = None
    lowest_quantified: Decimal | None = None
    highest_quantified: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""

    @model_validator(mode="after")
    def _limits_rise(self) -> Self:
        for name, ends in (
            ("low to high", (self.low, self.high)),
            ("detection to quantification", (self.detection_limit, self.lowest_quantified, self.highest_quantified)),
        ):
            known = [end for end in ends if end is not None]
            if known != sorted(known):
                raise ValueError(f"{self.laboratory}, {self.analyte}: {name} must rise")
        return self

    def covers(self, sex: Sex, age_years: int, sampled_on: date, method: str) -> bool:
        """True if this range speaks of such a sample."""
        return (
            self.sex in (Sex.ANY, sex)
            and self.age_from <= age_years <= self.age_to
            and (self.valid_from is None or self.valid_from <= sampled_on)
            and (self.valid_to is None or sampled_on <= self.valid_to)
            and (not self.method or self.method == method)
        )

    def clashes_with(self, other: "ReferenceRange") -> bool:
        """True if some sample would have both ranges, and nothing prefers one of them."""
        same = (self.laboratory, self.analyte, self.method, self.sex) == (
            other.laboratory,
            other.analyte,
            other.method,
            other.sex,
        )
        first, last = date.min, date.max
        return (
            same
            and self.age_from <= other.age_to
            and other.age_from <= self.age_to
            and (self.valid_from or first) <= (other.valid_to or last)
            and (other.valid_from or first) <= (self.valid_to or last)
        )


class Flag(StrEnum):
    """Where a result lies; `undecided` if there is no limit, or a comparator leaves it open."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    UNDECIDED = "undecided"


def applicable_range(
    ranges: Iterable[ReferenceRange],
    laboratory: str,
    analyte: str,
    *,
    sex: Sex,
    age_years: int,
    sampled_on: date,
    method: str = "",
) -> ReferenceRange | None:
    """The one range that applies to a sample, or None; a range for a sex or a method wins over a general one.

    Raises `Refusal` if two equally special ranges apply: the laboratory's list must be mended, not guessed at.
    """
    fitting = [
        each
        for each in ranges
        if (each.laboratory, each.analyte) == (laboratory, analyte) and each.covers(sex, age_years, sampled_on, method)
    ]
    if not fitting:
        return None
    most_special = max(map(_speciality, fitting))
    best = [each for each in fitting if _speciality(each) == most_special]
    if len(best) > 1:
        raise Refusal(
            "LAB-RANGE",
            f"{laboratory} states {len(best)} reference ranges of {analyte} that apply to the same sample.",
            "End one of them with valid_to, or tell them apart by method, sex or age.",
        )
    return best[0]


def judge_ranges(ranges: Sequence[ReferenceRange]) -> tuple[Finding, ...]:
    """What is wrong with a list of ranges (`LAB-RANGE`): two of them would apply to the same sample."""
    return tuple(
        Finding(
            "LAB-RANGE",
            Severity.ERROR,
            f"{one.laboratory}: {one.analyte}",
            "Two reference ranges apply to the same sample.",
            "End one of them with valid_to, or tell them apart by method, sex or age.",
        )
        for one, other in combinations(ranges, 2)
        if one.clashes_with(other)
    )


def _speciality(range_: ReferenceRange) -> int:
    return 2 * bool(range_.method) + (range_.sex is not Sex.ANY)


def flag(result: Reported, range_: ReferenceRange | None, equivalence: Equivalence | None = None) -> Flag:
    """Low, normal or high against the laboratory's own limits; a limit itself is normal."""
    if range_ is None or not convertible(result.unit, range_.unit, equivalence):
        return Flag.UNDECIDED
    allowed = result.interval(range_.unit, equivalence)
    below = allowed.lies_below(convert(range_.low, range_.unit, range_.unit)) if range_.low is not None else None
    above = allowed.lies_above(convert(range_.high, range_.unit, range_.unit)) if range_.high is not None else None
    if below:
        return Flag.LOW
    if above:
        return Flag.HIGH
    one_sided = range_.low is None or range_.high is None
    decided = [side for side in (below, above) if side is False]
    return Flag.NORMAL if len(decided) == 2 or (decided and one_sided) else Flag.UNDECIDED


def judge_against_assay(result: Reported, range_: ReferenceRange) -> tuple[Finding, ...]:
    """What does not fit the assay: a bare number where it cannot measure, or a comparator at a limit it does not have.

    `LAB-LOQ-LOW` and `LAB-LOQ-HIGH`: outside the quantified span a result needs a comparator.  `LAB-LOQ-MARK`: a
    comparator stands at a number that is no limit of the assay.  Findings carry no value.
    """
    if not convertible(result.unit, range_.unit):
        return ()
    number = convert(result.value, result.unit, range_.unit)
    lowest = range_.lowest_quantified if range_.lowest_quantified is not None else range_.detection_limit
    if result.comparator is Comparator.EXACT:
        if lowest is not None and number < lowest:
            return (
                _finding(
                    "LAB-LOQ-LOW", range_, "is below what the assay can quantify, without a <", "Write < and the limit."
                ),
            )
        if range_.highest_quantified is not None and number > range_.highest_quantified:
            return (
                _finding(
                    "LAB-LOQ-HIGH",
                    range_,
                    "is above what the assay can quantify, without a >",
                    "Write > and the limit, or note the dilution.",
                ),
            )
        return ()
    limits = {range_.detection_limit, range_.lowest_quantified, range_.highest_quantified} - {None}
    if limits and number not in limits:
        return (
            _finding(
                "LAB-LOQ-MARK",
                range_,
                "has a comparator at a number that is no limit of the assay",
                "Check the report, or correct the assay's limits.",
            ),
        )
    return ()


def _finding(rule: str, range_: ReferenceRange, what: str, suggestion: str) -> Finding:
    return Finding(rule, Severity.WARNING, f"{range_.laboratory}: {range_.analyte}", f"The result {what}.", suggestion)
