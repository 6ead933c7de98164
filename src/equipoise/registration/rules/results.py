"""Rules on results and publications."""

from datetime import date

from equipoise.registration.field import Presence, each
from equipoise.registration.language.numbers import counted
from equipoise.registration.language.passage import Quote, said
from equipoise.registration.record import RegistryRecord
from equipoise.registration.registry_date import DateKind
from equipoise.registration.rules.rule import (
    Case,
    Catalogue,
    Judgement,
    RuleGroup,
    hit,
    not_applicable,
    ok,
    undecidable,
)
from equipoise.registration.words import InterventionType, OverallStatus, Phase, StudyType
from equipoise.vocabulary import Severity

CATALOGUE = Catalogue(RuleGroup.DATES)
REGULATED_TYPES = {
    InterventionType.DRUG,
    InterventionType.BIOLOGICAL,
    InterventionType.DEVICE,
    InterventionType.COMBINATION_PRODUCT,
}


@CATALOGUE.rule(
    "RES-01",
    Severity.WARNING,
    why="WHO asks for results in the registry within 12 months of the end of a study.",
    sources="WHO15",
    mend="Post the results in the registry, or state there when they will come.",
)
def results_overdue(case: Case) -> Judgement:
    """No results are posted more than 12 months after study completion."""
    record, end = case.record, case.record.timeline.completion.value
    if record.timeline.overall_status.value is OverallStatus.WITHDRAWN:
        return not_applicable("the study was withdrawn before it enrolled anyone")
    if _has_results(record):
        return ok("Results are posted.", said(record.timeline.results_first_posted, "results first posted"))
    if end is None:
        return undecidable("The date of study completion is not in this source.")
    quote = Quote(f"study completion {end}", record.timeline.completion.place)
    if end.kind is DateKind.ESTIMATED:
        return undecidable(f"Study completion, {end}, is still a plan in this copy of the record.", quote)
    return _on_the_day(case, _a_year_after(end.latest), quote)


def _on_the_day(case: Case, due: date, quote: Quote) -> Judgement:
    if case.as_of is None:
        return undecidable(f"Results are due on {due}; the day of judging was not given.", quote)
    if case.as_of <= due:
        return ok(f"On {case.as_of} results are not due before {due}.", quote)
    record = case.record
    if record.has_results.state is Presence.ABSENT:
        return undecidable(f"Results were due on {due}; this source does not say whether any are posted.", quote)
    copy = f" This copy of the record is of {record.seen_on.value}." if record.seen_on.value else ""
    return hit(
        f"Results were due on {due}; on {case.as_of} this record shows none.{copy}",
        quote,
        Quote("no results posted", record.has_results.place),
        suggestion="Look at the registry as it is today; if nothing is posted, post the results." if copy else "",
    )


@CATALOGUE.rule(
    "RES-02",
    Severity.INFO,
    why="The US clock, one year from primary completion, binds applicable trials only; for others it is a false alarm.",
    sources="DEF",
    mend="Plan for results within one year of primary completion.",
)
def applicable_clinical_trial(case: Case) -> Judgement:
    """The FDAAA screen makes this an applicable clinical trial, so that the US clock for results runs."""
    record = case.record
    if record.design.study_type.value is not StudyType.INTERVENTIONAL:
        return not_applicable("the study is not interventional")
    if set(each(record.design.phases)) in ({Phase.PHASE1}, {Phase.EARLY_PHASE1}):
        return ok("A phase 1 trial is not an applicable clinical trial.", said(record.design.phases, "phase"))
    oversight, us_site = record.oversight, any("United States" in country for country in countries_of(record))
    flags = (oversight.fda_regulated_drug, oversight.fda_regulated_device)
    spans = (said(flags[0], "FDA-regulated drug"), said(flags[1], "FDA-regulated device"))
    if any(flag.value for flag in flags) and (us_site or oversight.us_export.value):
        return hit("The trial studies a product that the FDA regulates and has a site in the United States.", *spans)
    if all(flag.value is False for flag in flags):
        return ok("Neither drug nor device is regulated by the FDA.", *spans)
    regulated_kind = any(one.type.value in REGULATED_TYPES for one in each(record.interventions))
    if not countries_of(record) or (us_site and regulated_kind):
        return undecidable("Neither the FDA's part nor enough about sites is in this source to tell.")
    return ok("No site lies in the United States and no product is stated to be under the FDA.")


@CATALOGUE.rule(
    "RES-03",
    Severity.WARNING,
    why="A link from record to paper lets a reader lay the plan beside the report.",
    sources="TRDS COMP",
    mend="Add the paper to the record's references.",
)
def publication_not_linked(case: Case) -> Judgement:
    """A publication is known but is not linked in the record."""
    references = case.record.references
    if case.published is None:
        if each(references):
            return ok(
                f"The record links {counted(len(each(references)), 'reference')}.",
                Quote("references", references.place),
            )
        return undecidable("No paper was given, so a missing link cannot be told from a missing paper.")
    paper = case.published
    linked = [one for one in each(references) if paper.doi and paper.doi.lower() in (one.citation.value or "").lower()]
    named = [one for one in each(references) if paper.citation[:60].lower() in (one.citation.value or "").lower()]
    if linked or named:
        return ok("The record links the paper.", said((linked + named)[0].citation))
    said_none = references.state is Presence.NONE
    where = Quote(
        "no publication provided" if said_none else counted(len(each(references)), "other reference"), references.place
    )
    return hit(f"The paper ({paper.citation}) is not among the record's references.", where)


def countries_of(record: RegistryRecord) -> tuple[str, ...]:
    """Give the countries of the sites, and those that the record lists by themselves."""
    of_sites = (site.country.value for site in each(record.sites) if site.country.value)
    return tuple(dict.fromkeys((*of_sites, *each(record.countries))))


def _has_results(record: RegistryRecord) -> bool:
    return bool(record.has_results.value) or record.results.is_given or record.timeline.results_first_posted.is_given


def _a_year_after(day: date) -> date:
    return day.replace(year=day.year + 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)
