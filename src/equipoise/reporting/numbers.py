"""Numbers as a reader wants them: sensible digits, true minus signs, the decimal mark of the language."""

import math
from dataclasses import dataclass
from fractions import Fraction

MINUS = "\u2212"
NOTHING = "–"
"""What a table prints where there is no value."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Prints numbers in one language; `decimal_mark` is a point or a comma."""

    decimal_mark: str = "."

    def fixed(self, value: float | Fraction | None, decimals: int) -> str:
        """Rounded half to even; a value that rounds to zero has no sign; infinite limits are written as such."""
        if value is None:
            return NOTHING
        if isinstance(value, float) and not math.isfinite(value):
            return NOTHING if math.isnan(value) else f"{MINUS if value < 0 else ''}∞"
        text = f"{float(value):.{decimals}f}".replace(".", self.decimal_mark)
        if not text.strip("-0.,"):
            text = text.lstrip("-")
        return text.replace("-", MINUS)

    def interval(self, limits: tuple[float, float] | None, decimals: int) -> str:
        """`−3.9 to −0.3`."""
        if limits is None:
            return NOTHING
        return f"{self.fixed(limits[0], decimals)} to {self.fixed(limits[1], decimals)}"

    def mean_sd(self, mean: float | None, sd: float | None, decimals: int) -> str:
        """`5.3 (3.2)`."""
        return f"{self.fixed(mean, decimals)} ({self.fixed(sd, decimals)})" if mean is not None else NOTHING

    def median_quartiles(self, values: tuple[float | None, float | None, float | None], decimals: int) -> str:
        """`5 [3 to 8]` from median, lower and upper quartile."""
        median, lower, upper = (self.fixed(value, decimals) for value in values)
        return f"{median} [{lower} to {upper}]" if values[0] is not None else NOTHING

    def p(self, value: float | Fraction | None) -> str:
        """Three decimals, `<0.001` below half of the last one."""
        if value is None:
            return NOTHING
        if value < Fraction(1, 2000):
            return f"<0{self.decimal_mark}001"
        return self.fixed(value, 3)

    def count_percent(self, count: int, whole: int) -> str:
        """`4 (27 %)`; no percentage of nobody."""
        return f"{count} ({self.fixed(100 * count / whole, 0)} %)" if whole else f"{count}"


ENGLISH = Numbers()


def decimals_for(spread: float | None) -> int:
    """How many decimals show two significant digits of a standard deviation, the most that a reader can use.

    Source: Cole TJ, Arch Dis Child 2015;100:608-609.
    """
    if not spread or not math.isfinite(spread):
        return 1
    return min(6, max(0, 1 - math.floor(math.log10(abs(spread)))))


def plural(count: int, one: str, many: str = "") -> str:
    """`1 query`, `2 queries`: the noun in the number that the count asks for."""
    return f"{count:,} {one if count == 1 else many or one + 's'}".replace(",", "\u202f")


def hex_groups(digest: str, size: int = 4) -> str:
    """A digest as a person reads it aloud, in groups."""
    return " ".join(digest[at : at + size] for at in range(0, len(digest), size))


def ranges(numbers: tuple[int, ...]) -> str:
    """`3–7, 9, 12–13`: sorted whole numbers as ranges."""
    ordered = sorted(set(numbers))
    runs: list[list[int]] = []
    for number in ordered:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in runs)


def days_in_words(days: tuple[int, ...]) -> str:
    """`days 1–7, 14, 21, 28`, or `day 29`."""
    return f"{'day' if len(days) == 1 else 'days'} {ranges(days)}" if days else "no day"
