"""Numbers as a paper prints them: a decimal text stands for every value that rounds to it."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from equipoise.vocabulary import Refusal

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)")


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number: its text, value and decimals.

    The interval [value - half a unit, value + half a unit] is closed at both ends, so that it holds whether the
    authors rounded halves up or to even.
    """

    text: str
    value: Fraction
    decimals: int

    @property
    def half(self) -> Fraction:
        """Half a unit of the last printed digit."""
        return Fraction(1, 2 * 10**self.decimals)

    def admits(self, value: Fraction) -> bool:
        """Whether this value may have been printed so."""
        return abs(value - self.value) <= self.half

    @property
    def lower(self) -> Fraction:
        """The smallest value that may have been printed so."""
        return self.value - self.half

    @property
    def upper(self) -> Fraction:
        """The largest value that may have been printed so."""
        return self.value + self.half


def printed(text: str) -> Printed:
    """Read a printed decimal; trailing zeros count.  Refuses anything else."""
    plain = text.strip().replace("−", "-")  # the minus sign of typesetters
    if not _NUMBER.fullmatch(plain):
        raise Refusal("FORENSIC-NUMBER", "A printed value is not a plain decimal number.", "Copy it as printed.")
    try:
        value = Fraction(Decimal(plain))
    except InvalidOperation:
        raise Refusal("FORENSIC-NUMBER", "A printed value is not a number.", "Copy it as printed.") from None
    return Printed(plain, value, len(plain.partition(".")[2]))


@dataclass(frozen=True, slots=True)
class PrintedP:
    """A printed p-value: `=`, `<` or `>` and a number."""

    relation: str
    number: Printed

    def admits(self, low: float, high: float) -> bool:
        """Whether some p in [low, high] may have been printed so."""
        if self.relation == "<":
            return low < float(self.number.value)
        if self.relation == ">":
            return high > float(self.number.value)
        return low <= float(self.number.upper) and high >= float(self.number.lower)


def printed_p(text: str) -> PrintedP:
    """Read `0.045`, `= .045`, `<0.001`, `p > 0.05`.  Refuses anything else."""
    plain = re.sub(r"^\s*[pP]\s*", "", text.strip())
    relation = plain[0] if plain[:1] in "<>=" and plain else "="
    number = printed(plain.lstrip("<>= "))
    if not 0 <= number.value <= 1:
        raise Refusal("FORENSIC-P", "A printed p-value lies outside 0 to 1.", "Copy it as printed.")
    return PrintedP(relation, number)
