"""What a rule is: a small function that judges one case, with its id, severity, reason and sources beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from equipoise.registration.language.passage import Quote
from equipoise.registration.published import PublishedFacts
from equipoise.registration.record import RecordFormat, RegistryRecord
from equipoise.registration.rules.sources import SOURCES
from equipoise.vocabulary import Finding, Severity, Verdict


class RuleGroup(StrEnum):
    """What a rule is about, in the order in which findings are shown."""

    DATES = "dates and registration timing"
    ENROLMENT = "participant numbers"
    DESIGN = "design, masking, interventions"
    OUTCOMES = "outcome measures"
    ANALYSIS = "statistical analysis"
    ELIGIBILITY = "eligibility criteria"
    TEXT = "wording"
    ADMIN = "administrative items"
    COMPARISON = "agreement of record and paper"


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged: a record, the day of judging if it is given, and the facts of a paper if one is known."""

    record: RegistryRecord
    as_of: date | None = None
    published: PublishedFacts | None = None

    @property
    def paper(self) -> PublishedFacts:
        """The facts of the paper; comparison rules run only where there are some."""
        assert self.published is not None, "a comparison rule runs only with a paper"
        return self.published

    @property
    def from_page(self) -> bool:
        """True when the record was read from a mirror page, which can drop or double what the registry holds."""
        return self.record.provenance.format is RecordFormat.PAGE


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule concludes: verdict, sentence, the words that clash, and how to mend it where that depends."""

    verdict: Verdict
    message: str
    evidence: tuple[Quote, ...] = ()
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue; `title` says when it fires, `why` is its reason, `mend` the usual way to mend it."""

    id: str
    group: RuleGroup
    severity: Severity
    title: str
    why: str
    sources: tuple[str, ...]
    mend: str
    judge: Callable[[Case], Judgement]

    def apply(self, case: Case, severity: Severity | None = None) -> Finding:
        """Judge a case and give the finding, with another severity if the study sets one."""
        judgement = self.judge(case)
        mendable = judgement.verdict in (Verdict.HIT, Verdict.SOURCE_ARTEFACT)
        return Finding(
            rule=self.id,
            severity=severity or self.severity,
            place=judgement.evidence[0].place if judgement.evidence else case.record.provenance.file,
            message=judgement.message,
            suggestion=(judgement.suggestion or self.mend) if mendable else "",
            evidence=tuple(str(quote) for quote in judgement.evidence),
            why=self.why,
            sources=tuple(SOURCES[key] for key in self.sources),
            verdict=judgement.verdict,
        )


class Catalogue:
    """The rules of one module, in the order in which they are written."""

    def __init__(self, group: RuleGroup) -> None:
        self.group = group
        self.rules: list[Rule] = []

    def rule(
        self, id: str, severity: Severity, *, why: str, sources: str, mend: str
    ) -> Callable[[Callable[[Case], Judgement]], Callable[[Case], Judgement]]:
        """Enter the decorated function as a rule; the first line of its docstring says when it fires."""

        def enter(judge: Callable[[Case], Judgement]) -> Callable[[Case], Judgement]:
            title = (judge.__doc__ or "").strip().splitlines()[0].rstrip(".")
            keys = tuple(sources.split())
            assert title and all(key in SOURCES for key in keys), f"rule {id} lacks a title or a source"
            self.rules.append(Rule(id, self.group, severity, title, why, keys, mend, judge))
            return judge

        return enter


def hit(message: str, *evidence: Quote | None, suggestion: str = "") -> Judgement:
    """The rule fires."""
    return Judgement(Verdict.HIT, message, _kept(evidence), suggestion)


def ok(message: str, *evidence: Quote | None) -> Judgement:
    """The rule was checked and does not fire."""
    return Judgement(Verdict.OK, message, _kept(evidence))


def not_applicable(reason: str) -> Judgement:
    """The rule has nothing to check in this study."""
    return Judgement(Verdict.OK, f"Does not apply: {reason}.")


def undecidable(message: str, *evidence: Quote | None) -> Judgement:
    """The sources at hand do not allow a conclusion."""
    return Judgement(Verdict.UNDECIDABLE, message, _kept(evidence))


def artefact(message: str, *evidence: Quote | None, suggestion: str = "") -> Judgement:
    """The fault is one of the page, not of the registration."""
    return Judgement(Verdict.SOURCE_ARTEFACT, message, _kept(evidence), suggestion)


def by_id(*catalogues: Catalogue) -> Mapping[str, Rule]:
    """Put catalogues together; an id stands only once."""
    rules = {rule.id: rule for catalogue in catalogues for rule in catalogue.rules}
    assert len(rules) == sum(len(catalogue.rules) for catalogue in catalogues), "a rule id stands twice"
    return rules


def _kept(evidence: tuple[Quote | None, ...]) -> tuple[Quote, ...]:
    return tuple(quote for quote in evidence if quote is not None)
