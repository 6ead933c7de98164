"""A finding: what a rule says about a document or about data.  Documents are judged; people are refused."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs, heaviest first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Verdict(StrEnum):
    """What a rule concluded; 'not decidable' is reported, never hidden."""

    HIT = "hit"
    OK = "ok"
    UNDECIDABLE = "undecidable"
    SOURCE_ARTEFACT = "source artefact"  # a fault of the page the record was read from, not of the registration


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement.

    `rule` is the clause or catalogue id (`E6R3-4.1.4`, `ENR-01`); `place` says where (field, file:line:column);
    `evidence` quotes the spans that clash, in order; `suggestion` says how to mend it; `why` is the rule's reason.
    """

    rule: str
    severity: Severity
    place: str
    message: str
    suggestion: str = ""
    evidence: tuple[str, ...] = ()
    why: str = ""
    sources: tuple[str, ...] = ()
    verdict: Verdict = Verdict.HIT
