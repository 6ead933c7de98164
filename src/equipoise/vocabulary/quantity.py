"""A reported quantity: what the laboratory printed - comparator, number, unit - and never more than that.

"<0.3 mg/L" stays a pair of comparator and number for ever; nothing replaces it by half its value.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from equipoise.vocabulary.canonical import Json
from equipoise.vocabulary.refusal import Refusal
from equipoise.vocabulary.units import Equivalence, convert, unit


class Comparator(StrEnum):
    """How the printed number bounds the true one."""

    EXACT = ""
    BELOW = "<"
    ABOVE = ">"
    AT_MOST = "<="
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Interval:
    """The true values that a report allows; None is an open end without a bound."""

    low: Fraction | None
    high: Fraction | None
    low_included: bool = True
    high_included: bool = True

    def lies_above(self, limit: Fraction) -> bool | None:
        """True if every allowed value is greater than `limit`, False if none is, None if the report does not tell."""
        if self.low is not None and (self.low > limit or (self.low == limit and not self.low_included)):
            return True
        return False if self.high is not None and self.high <= limit else None

    def lies_below(self, limit: Fraction) -> bool | None:
        """True if every allowed value is less than `limit`, False if none is, None if the report does not tell."""
        if self.high is not None and (self.high < limit or (self.high == limit and not self.high_included)):
            return True
        return False if self.low is not None and self.low >= limit else None


@dataclass(frozen=True, slots=True)
class Reported:
    """A value as reported: `value` keeps its printed digits, `unit` is a UCUM code, `typed` is what was written.

    Two reports are equal if comparator, number and unit are; how they were typed does not count.
    """

    value: Decimal
    comparator: Comparator
    unit: str
    typed: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        assert self.value.is_finite(), "only parse_reported makes reported quantities from people's text"

    def text(self) -> str:
        """The canonical text, `<0.30 mg/L`; `parse_reported` reads its number back without loss."""
        return f"{self.comparator}{self.value:f} {self.unit}".rstrip()

    def echo(self, language: str = "en") -> str:
        """A sentence that tells the person how the entry was understood, with the number in his own notation."""
        number = f"{self.value:f}"
        if language == "id":
            number = number.replace(".", ",")
        words = _ECHO.get(language, _ECHO["en"])[self.comparator]
        return f"{words}{number} {self.unit}".rstrip()

    def as_json(self) -> dict[str, Json]:
        """What a ledger entry stores: texts only."""
        number = f"{self.value:f}"
        return {"value": number, "comparator": str(self.comparator), "unit": self.unit, "typed": self.typed}

    def interval(self, in_unit: str = "", equivalence: Equivalence | None = None) -> Interval:
        """The true values that this report allows, in `in_unit` (default: its own).

        Raises `Refusal` (rule `UCUM`) if the units measure different things.
        """
        number = convert(self.value, self.unit, in_unit, equivalence) if in_unit else Fraction(self.value)
        match self.comparator:
            case Comparator.EXACT:
                return Interval(number, number)
            case Comparator.BELOW | Comparator.AT_MOST:
                return Interval(None, number, high_included=self.comparator is Comparator.AT_MOST)
            case _:
                return Interval(number, None, low_included=self.comparator is Comparator.AT_LEAST)


_ECHO = {
    "en": {
        Comparator.EXACT: "",
        Comparator.BELOW: "less than ",
        Comparator.ABOVE: "more than ",
        Comparator.AT_MOST: "at most ",
        Comparator.AT_LEAST: "at least ",
    },
    "id": {
        Comparator.EXACT: "",
        Comparator.BELOW: "kurang dari ",
        Comparator.ABOVE: "lebih dari ",
        Comparator.AT_MOST: "paling banyak ",
        Comparator.AT_LEAST: "paling sedikit ",
    },
}

_SHAPE = re.compile(
    r"(?P<comparator><=|>=|<|>)?\s*(?P<number>-?[0-9]+(?:(?P<mark>[.,])(?P<decimals>[0-9]+))?)", re.ASCII
)
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:[.,' \u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?", re.ASCII)
_LONGEST = 40
_RULE = "QTY"


def parse_reported(typed: str, unit_code: str, *, three_decimals: bool = False) -> Reported:
    """Read what a person typed, such as `<0,3` or `12.5`, as a quantity in the unit that the form names.

    A decimal comma and a decimal point are both read; thousands separators are refused.  One to three digits, a mark
    and exactly three digits (`1.234`) are one number in London and another in Surakarta: refused as ambiguous unless
    `three_decimals` says that the person has confirmed decimals, or a machine wrote them.  The unit may be repeated
    after the number.  Raises `Refusal` (rule `QTY`, `QTY-AMBIGUOUS`, or `UCUM` for the unit) that never
    repeats what was typed.
    """
    unit(unit_code)
    plain = typed.strip().replace("≤", "<=").replace("≥", ">=").replace("\u2212", "-")
    if not unit_code[:1].isdigit():
        plain = plain.removesuffix(unit_code).strip()
    if not plain:
        raise Refusal(
            _RULE, "There is no number here.", "Write the value as it stands on the report, or mark it as not done."
        )
    if len(typed) > _LONGEST:
        raise Refusal(_RULE, "This is too long for one value.", "Write only the number, with < or > if it is printed.")
    match = _SHAPE.fullmatch(plain)
    if match is None:
        raise _explain(plain)
    whole = match["number"].lstrip("-").split(match["mark"] or ".")[0]
    if match["decimals"] and len(match["decimals"]) == 3 and _could_be_thousands(whole) and not three_decimals:
        raise Refusal(
            "QTY-AMBIGUOUS",
            "This can be read in two ways: as thousands or as three decimals.",
            "For one thousand two hundred write 1200; for a number with three decimals confirm that they are decimals.",
        )
    number = Decimal(match["number"].replace(",", "."))
    return Reported(number, Comparator(match["comparator"] or ""), unit_code, typed)


def reported_from_json(stored: dict[str, str]) -> Reported:
    """Read what `Reported.as_json` wrote."""
    return Reported(Decimal(stored["value"]), Comparator(stored["comparator"]), stored["unit"], stored["typed"])


def _could_be_thousands(whole: str) -> bool:
    return len(whole) <= 3 and not whole.startswith("0")


def _explain(plain: str) -> Refusal:
    if plain.lower().lstrip("+-") in {"nan", "inf", "infinity", "na", "n/a", "nd", "-", "."}:
        return Refusal(_RULE, "This is not a number.", "If there is no result, mark the value as not done and say why.")
    if _GROUPED.fullmatch(plain.lstrip("<>= ")):
        return Refusal(
            _RULE,
            "Thousands separators are not accepted.",
            "Write the digits without them, for example 1234.5 or 1234,5.",
        )
    if plain[0] in "<>=" and not any(digit in plain for digit in "0123456789"):
        return Refusal(_RULE, "There is a comparator without a number.", "Write the number after it, for example <0.3.")
    return Refusal(
        _RULE,
        "This is not a number as a laboratory prints it.",
        "Write digits with one decimal comma or point, after <, >, <= or >= if printed; choose the unit from the list.",
    )
