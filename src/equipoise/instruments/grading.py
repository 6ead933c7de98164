"""Grading by CTCAE v5: what grade the data give, or why they give none.

Evaluated from grade 4 down; the first criterion that holds gives the grade.  A missing limit gives a missing grade, not
grade 0.  A value with a comparator is graded only if every number that it allows falls into one grade.  Numbers are
exact fractions, so nothing is rounded before comparing (admiral rounds to significant digits because of binary
floating point).  A grade is a candidate for an adverse event and never one by itself: the investigator decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from equipoise.instruments.ctcae import ClinicalCriterion, GradedTerm, Of, SignTerm, Test, Variant, When
from equipoise.instruments.grouped_index import Presence
from equipoise.instruments.item import Label
from equipoise.instruments.reference_range import Flag, ReferenceRange
from equipoise.vocabulary import Comparator, Equivalence, Interval, Reported, convert, convertible


class Remark(StrEnum):
    """Why there is no grade, or what the grade rests on."""

    NO_VALUE = "no_value"
    UNIT = "unit"
    LOWER_LIMIT_MISSING = "lower_limit_missing"
    UPPER_LIMIT_MISSING = "upper_limit_missing"
    BASELINE_MISSING = "baseline_missing"
    COMPARATOR = "comparator"
    ANTICOAGULATION_UNKNOWN = "anticoagulation_unknown"
    DURATION_UNKNOWN = "duration_unknown"
    BASELINE_TAKEN_AS_NORMAL = "baseline_taken_as_normal"
    SIGNS_NOT_ASSESSED = "signs_not_assessed"
    ONLY_ASSOCIATED_SIGNS = "only_associated_signs"

    def label(self) -> Label:
        """The remark as a sentence."""
        english, indonesian = _SENTENCES[self]
        return Label(en=english, id=indonesian)


_SENTENCES = {
    Remark.NO_VALUE: ("There is no value.", "Tidak ada nilai."),
    Remark.UNIT: ("The unit is not one that the criteria use.", "Satuan tidak dipakai dalam kriteria."),
    Remark.LOWER_LIMIT_MISSING: ("The lower limit of normal is missing.", "Batas bawah normal tidak ada."),
    Remark.UPPER_LIMIT_MISSING: ("The upper limit of normal is missing.", "Batas atas normal tidak ada."),
    Remark.BASELINE_MISSING: ("There is no exact baseline value.", "Tidak ada nilai data awal yang pasti."),
    Remark.COMPARATOR: (
        "The reported < or > leaves more than one grade open.",
        "Tanda < atau > belum menentukan derajat.",
    ),
    Remark.ANTICOAGULATION_UNKNOWN: ("Anticoagulation is not known.", "Status antikoagulan tidak diketahui."),
    Remark.DURATION_UNKNOWN: ("The duration is not known.", "Lamanya tidak diketahui."),
    Remark.BASELINE_TAKEN_AS_NORMAL: ("The baseline is not flagged; taken as normal.", "Data awal dianggap normal."),
    Remark.SIGNS_NOT_ASSESSED: ("Some signs were not assessed.", "Sebagian tanda tidak dinilai."),
    Remark.ONLY_ASSOCIATED_SIGNS: (
        "Only signs that alone meet no criterion.",
        "Hanya tanda yang belum memenuhi kriteria.",
    ),
}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a grade may depend on beside the value: the laboratory's limits, the baseline, anticoagulation, duration."""

    limits: ReferenceRange | None = None
    baseline: Reported | None = None
    baseline_flag: Flag | None = None
    anticoagulated: bool | None = None
    hours: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Grading:
    """The `grade` (0 to 4) that the data give, or None, and `remarks` that say why.

    `at_least` marks a grade above which a missing limit, baseline or duration leaves a higher one open; `to_judge` are
    clinical criteria that no number decides.
    """

    term: str
    grade: int | None
    remarks: tuple[Remark, ...] = ()
    at_least: bool = False
    to_judge: tuple[ClinicalCriterion, ...] = ()

    @property
    def is_candidate(self) -> bool:
        """True if the investigator should be asked whether this is an adverse event."""
        return self.grade is not None and self.grade > 0


def grade(
    term: GradedTerm, result: Reported | None, about: Circumstances, equivalence: Equivalence | None = None
) -> Grading:
    """Grade one result for one term; `equivalence` joins the analyte's mass and substance units."""
    if result is None:
        return Grading(term.id, None, (Remark.NO_VALUE,), to_judge=term.clinical)
    variant, remarks = _variant(term, result, about)
    if variant is None:
        return Grading(term.id, None, remarks, to_judge=term.clinical)
    measure = _Measure(result, variant, about, equivalence)
    if missing := tuple(
        measure.reference(need) for need in variant.needs if isinstance(measure.reference(need), Remark)
    ):
        return Grading(term.id, None, remarks + _remarks_in(missing), to_judge=term.clinical)
    found, obstacles = _walk_down(variant, measure)
    at_least = bool(found) and bool(obstacles)
    return Grading(term.id, found, remarks + obstacles, at_least, term.clinical)


def _variant(term: GradedTerm, result: Reported, about: Circumstances) -> tuple[Variant | None, tuple[Remark, ...]]:
    """The criteria that hold here, and what was assumed to choose them."""
    remarks: tuple[Remark, ...] = ()
    conditions = {variant.when for variant in term.variants}
    holding = {When.ALWAYS}
    if When.BASELINE_RAISED in conditions:
        holding.add(When.BASELINE_RAISED if about.baseline_flag is Flag.HIGH else When.BASELINE_NORMAL)
        if about.baseline_flag in {None, Flag.UNDECIDED}:
            remarks = (Remark.BASELINE_TAKEN_AS_NORMAL,)
    if When.ANTICOAGULATED in conditions:
        if about.anticoagulated is None:
            return None, (Remark.ANTICOAGULATION_UNKNOWN,)
        holding.add(When.ANTICOAGULATED if about.anticoagulated else When.NOT_ANTICOAGULATED)
    for variant in term.variants:
        if variant.when in holding and (not variant.unit or convertible(result.unit, variant.unit)):
            return variant, remarks
    return None, (Remark.UNIT,)


_MISSING = {
    Of.LLN: Remark.LOWER_LIMIT_MISSING,
    Of.ULN: Remark.UPPER_LIMIT_MISSING,
    Of.OVER_ULN: Remark.UPPER_LIMIT_MISSING,
    Of.BASELINE: Remark.BASELINE_MISSING,
}


class _Measure:
    """One result in the unit of its variant, with the references that tests compare it with."""

    def __init__(
        self, result: Reported, variant: Variant, about: Circumstances, equivalence: Equivalence | None
    ) -> None:
        self._unit = variant.unit or result.unit
        self._about = about
        self._equivalence = equivalence
        self._allowed: Interval = result.interval(self._unit)

    def reference(self, of: Of) -> Fraction | Remark:
        """The limit or baseline in the unit of the variant, or the remark that it is missing."""
        limits, baseline = self._about.limits, self._about.baseline
        number: Decimal | None = None
        unit = ""
        if of is Of.BASELINE and baseline is not None and baseline.comparator is Comparator.EXACT:
            number, unit = baseline.value, baseline.unit
        elif of is not Of.BASELINE and limits is not None:
            number, unit = (limits.low if of is Of.LLN else limits.high), limits.unit
        if number is None or not convertible(unit, self._unit, self._equivalence):
            return _MISSING[of]
        return convert(number, unit, self._unit, self._equivalence)

    def meets(self, test: Test) -> bool | Remark:
        """Whether the result meets a test, or why that cannot be said."""
        limit = Fraction(test.number)
        if test.of is not Of.VALUE:
            reference = self.reference(test.of)
            if isinstance(reference, Remark):
                return reference
            limit = reference + limit if test.of is Of.OVER_ULN else reference * limit
        holds = self._compare(test, limit)
        if holds is None:
            return Remark.COMPARATOR
        if holds and test.lasting_more_than_h is not None:
            hours = self._about.hours
            return Remark.DURATION_UNKNOWN if hours is None else hours > test.lasting_more_than_h
        return holds

    def _compare(self, test: Test, limit: Fraction) -> bool | None:
        if test.above is not None:
            return self._allowed.lies_above(limit)
        below = self._allowed.lies_below(limit)
        if test.below is not None or below is None:
            return below
        return not below


def _walk_down(variant: Variant, measure: _Measure) -> tuple[int | None, tuple[Remark, ...]]:
    """The first grade from the top whose test is met, and what stood in the way of deciding the tests above it.

    A baseline that the variant does not need may be missing: the limits of normal alone then decide that there is no
    grade (creatinine before there is a baseline).
    """
    obstacles: tuple[Remark, ...] = ()
    for number in sorted({test.grade for test in variant.tests}, reverse=True):
        outcomes = [measure.meets(test) for test in variant.tests if test.grade == number]
        if True in outcomes:
            return number, obstacles
        obstacles += tuple(each for each in _remarks_in(outcomes) if each not in obstacles)
        if Remark.COMPARATOR in outcomes:
            return None, obstacles
    return (None if set(obstacles) - {Remark.BASELINE_MISSING} else 0), obstacles


def _remarks_in(outcomes: Iterable[object]) -> tuple[Remark, ...]:
    return tuple(dict.fromkeys(each for each in outcomes if isinstance(each, Remark)))


def grade_signs(term: SignTerm, signs: Mapping[str, str]) -> Grading:
    """Grade a term from signs that are present, absent or unknown; a sign without an answer is unknown."""
    states = {sign: Presence(signs.get(sign, Presence.UNKNOWN)) for sign in (*term.signs, *term.associated)}
    present = [number for sign, number in term.signs.items() if states[sign] is Presence.PRESENT]
    found = max(present, default=0)
    unknown = [number for sign, number in term.signs.items() if states[sign] is Presence.UNKNOWN and number > found]
    remarks: tuple[Remark, ...] = (Remark.SIGNS_NOT_ASSESSED,) if unknown else ()
    if found:
        return Grading(term.id, found, remarks, bool(unknown), term.clinical)
    associated = {states[sign] for sign in term.associated}
    if Presence.PRESENT in associated:
        remarks += (Remark.ONLY_ASSOCIATED_SIGNS,)
    elif Presence.UNKNOWN in associated and not remarks:
        remarks = (Remark.SIGNS_NOT_ASSESSED,)
    return Grading(term.id, None if remarks else 0, remarks, to_judge=term.clinical)


@dataclass(frozen=True, slots=True)
class Shift:
    """A term's grade at baseline and now; lupus often starts with low counts, so the change is what counts."""

    term: str
    baseline: int | None
    now: int | None

    @property
    def worsened(self) -> bool | None:
        """True if the grade rose; None if either grade is missing."""
        return None if self.baseline is None or self.now is None else self.now > self.baseline


def shift(baseline: Grading, now: Grading) -> Shift:
    """The shift of one term against its baseline grade."""
    assert baseline.term == now.term, "a shift compares one term with itself"
    return Shift(now.term, baseline.grade, now.grade)
