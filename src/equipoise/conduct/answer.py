"""What was answered: canonical text that reads the same everywhere, beside what was typed."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from equipoise.vocabulary import Comparator, Reported, utc_from_text


@dataclass(frozen=True, slots=True)
class Typed:
    """One answer as a person wrote it.

    `unit` is a UCUM code, empty for the item's usual one; `reason` answers a soft check beforehand;
    `three_decimals` confirms that `1.234` is a number below two.
    """

    item: str
    text: str
    unit: str = ""
    reason: str = ""
    three_decimals: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it is stored.

    `value` is the code of a choice, `true` or `false`, a number with its printed digits, an ISO date, a UTC time or a
    text.  `comparator` and `unit` belong to numbers; `typed` is kept where it differs from `value`.
    """

    value: str
    comparator: Comparator | None = None
    unit: str | None = None
    typed: str | None = None

    def text(self) -> str:
        """The answer on one line, `<0.3 mg/L`."""
        return f"{self.comparator or ''}{self.value} {self.unit or ''}".strip()

    def number(self) -> Decimal:
        """The printed number, without its comparator."""
        return Decimal(self.value)

    def reported(self) -> Reported:
        """The answer to a reported quantity."""
        return Reported(Decimal(self.value), self.comparator or Comparator.EXACT, self.unit or "1", self.typed or "")

    def date(self) -> date:
        return date.fromisoformat(self.value)

    def moment(self) -> datetime:
        return utc_from_text(self.value)
