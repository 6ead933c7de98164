"""What verifying a ledger found."""

from collections import Counter
from dataclasses import dataclass

from equipoise.vocabulary import Finding, Severity


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """A judged ledger: how far it goes, who outside speaks for it, and every finding in the order it was met.

    `signed_to` and `anchored_to` are the last entries that a trusted signature and an outside anchor speak for; 0 if
    there is none.  `signing_keys` are all keys of genuine signatures that fit the ledger, trusted or not.
    """

    entries: int
    head: str
    signed_to: int
    anchored_to: int
    signing_keys: tuple[str, ...]
    projections: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """True if nothing was found that has to be an alteration or damage."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


_SHOWN = 5  # of one rule: a ledger written anew breaks it at every entry, and one screen says enough


class Findings:
    """Collects findings; of one rule only the first few are kept, the others are counted."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._counted: Counter[str] = Counter()

    def error(self, rule: str, place: str, message: str, suggestion: str = "") -> None:
        """Note an alteration or damage."""
        self._counted[rule] += 1
        if self._counted[rule] <= _SHOWN:
            self._kept.append(Finding(rule, Severity.ERROR, place, message, suggestion))

    def note(self, finding: Finding) -> None:
        """Note something that is not by itself an alteration."""
        self._kept.append(finding)

    def all(self) -> tuple[Finding, ...]:
        more = [
            Finding(rule, Severity.ERROR, "ledger", f"The same was found {count - _SHOWN} times more.")
            for rule, count in self._counted.items()
            if count > _SHOWN
        ]
        return (*self._kept, *more)
