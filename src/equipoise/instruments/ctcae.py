"""The Common Terminology Criteria for Adverse Events, version 5, as data: terms, tests and what stays clinical."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from equipoise.instruments.instrument import Sourced, Standing
from equipoise.instruments.item import Declared, Identifier, Label, UcumCode

GradeNumber = Annotated[int, Field(ge=1, le=4)]


class Of(StrEnum):
    """What the number of a test multiplies."""

    VALUE = "value"  # the number itself, in the variant's unit
    LLN = "lln"
    ULN = "uln"
    BASELINE = "baseline"
    OVER_ULN = "over_uln"  # the number is added to the upper limit


class Test(Declared):
    """One numeric criterion: it gives `grade` if the value is below, above, or at least a number times `of`."""

    __test__ = False  # not a test of ours: pytest looks at names

    grade: GradeNumber
    below: Decimal | None = None
    above: Decimal | None = None
    at_least: Decimal | None = None
    of: Of = Of.VALUE
    lasting_more_than_h: Decimal | None = None

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        if sum(number is not None for number in (self.below, self.above, self.at_least)) != 1:
            raise ValueError("a test has exactly one of below, above and at_least")
        return self

    @property
    def number(self) -> Decimal:
        """The number that the test compares with."""
        number = next(each for each in (self.below, self.above, self.at_least) if each is not None)
        assert number is not None, "checked when the file was read"
        return number


class When(StrEnum):
    """For whom a variant of the criteria holds."""

    ALWAYS = "always"
    BASELINE_NORMAL = "baseline_normal"
    BASELINE_RAISED = "baseline_raised"
    ANTICOAGULATED = "anticoagulated"
    NOT_ANTICOAGULATED = "not_anticoagulated"


class Variant(Declared):
    """Criteria for one unit (empty: ratios, any unit) and one circumstance.

    `needs` are limits without which there is no grade at all, even where a test would do without them.
    """

    unit: UcumCode | Literal[""] = ""
    when: When = When.ALWAYS
    needs: tuple[Of, ...] = ()
    tests: tuple[Test, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        grades = [test.grade for test in self.tests]
        if grades != sorted(grades, reverse=True):
            raise ValueError("tests stand from the highest grade down")
        if not self.unit and any(test.of in {Of.VALUE, Of.OVER_ULN} for test in self.tests):
            raise ValueError("a test on a number needs the unit of the number")
        return self


class ClinicalCriterion(Declared):
    """A criterion that no number decides."""

    grade: Annotated[int, Field(ge=1, le=5)]
    label: Label


class GradedTerm(Declared):
    """A term graded from one quantity; `hours` names the item that holds its duration."""

    id: Identifier
    label: Label
    analyte: Identifier
    hours: Identifier | None = None
    variants: tuple[Variant, ...] = Field(min_length=1)
    clinical: tuple[ClinicalCriterion, ...] = ()
    source: Identifier
    note: str = ""


class SignTerm(Declared):
    """A term graded from signs; `associated` signs alone meet no criterion."""

    id: Identifier
    label: Label
    prefix: Identifier
    signs: Mapping[Identifier, GradeNumber]
    associated: tuple[Identifier, ...] = ()
    clinical: tuple[ClinicalCriterion, ...] = ()
    source: Identifier
    note: str = ""


class Ctcae(Sourced):
    """All terms of one version."""

    id: Identifier
    version: str
    terms: tuple[GradedTerm, ...]
    sign_terms: tuple[SignTerm, ...]

    @model_validator(mode="after")
    def _sources_are_known(self) -> Self:
        if unknown := self.unknown_sources(*(term.source for term in self.all_terms())):
            raise ValueError(f"{self.id}: no such source: {', '.join(unknown)}")
        return self

    def all_terms(self) -> tuple[GradedTerm | SignTerm, ...]:
        """Terms graded from quantities, then terms graded from signs."""
        return (*self.terms, *self.sign_terms)

    def term(self, term_id: str) -> GradedTerm | SignTerm:
        """The term with this id.  Raises `KeyError` if there is none."""
        for term in self.all_terms():
            if term.id == term_id:
                return term
        raise KeyError(term_id)

    def terms_of(self, analyte: str) -> tuple[GradedTerm, ...]:
        """The terms that one analyte can raise: too low, too high, or both."""
        return tuple(term for term in self.terms if term.analyte == analyte)

    def is_unconfirmed(self, term: GradedTerm | SignTerm) -> bool:
        """True if the criteria have not been checked against the original; shown wherever a grade is shown."""
        return self.source(term.source).standing is Standing.UNCONFIRMED
