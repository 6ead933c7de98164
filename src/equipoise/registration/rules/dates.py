"""Rules on dates and on the timing of registration."""

from itertools import pairwise

from equipoise.registration.derive import enrolment_window
from equipoise.registration.field import each
from equipoise.registration.language.numbers import counted
from equipoise.registration.language.passage import Quote, said
from equipoise.registration.language.times import last_time_point
from equipoise.registration.record import Date, RegistryRecord
from equipoise.registration.registry_date import DateKind, RegistryDate
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
from equipoise.registration.words import EnrolmentKind, OutcomeRank, OverallStatus
from equipoise.vocabulary import Severity

CATALOGUE = Catalogue(RuleGroup.DATES)
POSTING_DAYS = 31
"""Days that a registry may take from submission to posting; a posted date later than this speaks for itself."""
GAP_DAYS = 31
"""Last data of different outcomes may lie a month apart without a story behind it."""
BUSIEST = 100
"""Participants per site and month above which a rate deserves a second look: more than three a day, at every site."""


@CATALOGUE.rule(
    "REG-01",
    Severity.ERROR,
    why="Only a registration that precedes the first participant shows that outcomes were chosen before any data.",
    sources="ICMJE TRDS",
    mend="State in the report that registration was retrospective, and show dated protocol versions.",
)
def registered_after_start(case: Case) -> Judgement:
    """The study was registered after it started."""
    return _registered_after(case, case.record.timeline.start, "start")


@CATALOGUE.rule(
    "REG-02",
    Severity.ERROR,
    why="By then the data of the primary outcome can have been seen when the outcome was declared.",
    sources="ICMJE COMP",
    mend="Treat the primary outcome as not prospectively declared unless a dated protocol shows otherwise.",
)
def registered_after_primary_completion(case: Case) -> Judgement:
    """The study was registered after primary completion."""
    return _registered_after(case, case.record.timeline.primary_completion, "primary completion")


@CATALOGUE.rule(
    "REG-03",
    Severity.ERROR,
    why="Nothing in a record made after the study's end can count as prospective.",
    sources="ICMJE",
    mend="Use the record as a description after the event, not as evidence of a plan.",
)
def registered_after_completion(case: Case) -> Judgement:
    """The study was registered after it was completed."""
    return _registered_after(case, case.record.timeline.completion, "study completion")


def _registered_after(case: Case, event: Date, name: str) -> Judgement:
    submitted, posted = case.record.timeline.first_submitted, case.record.timeline.first_posted
    registered = submitted if submitted.value else posted
    if registered.value is None or event.value is None:
        return undecidable(f"The date of registration or of {name} is not in this source.")
    word = "first submitted" if submitted.value else "first posted"
    spans = (_date_quote(registered, word), _date_quote(event, name))
    days = (registered.value.earliest - event.value.latest).days
    if days > 0 and (submitted.value or days > POSTING_DAYS):
        bound = "" if submitted.value else " The posted date is an upper bound for the date of registration."
        return hit(f"The record was {word} {days} days after {name}.{bound}", *spans)
    if registered.value.latest <= event.value.earliest:
        return ok(f"The record was {word} before or on the day of {name}.", *spans)
    if days > 0:
        return undecidable(
            f"The record was posted {days} days after {name}, but the day of submission is not in this source.", *spans
        )
    return undecidable(f"The dates are too coarse to tell whether registration came before {name}.", *spans)


@CATALOGUE.rule(
    "REG-04",
    Severity.WARNING,
    why="Without a history of versions, later changes cannot be told from the first plan.",
    sources="COMP HOLST",
    mend="Keep the dated protocol and its amendments at hand; they are the only history there is.",
)
def single_version(case: Case) -> Judgement:
    """The record has a single version: first posted equals last update."""
    first, last = case.record.timeline.first_posted, case.record.timeline.last_update_posted
    if first.value is None or last.value is None:
        return undecidable("The dates of first posting and last update are not both in this source.")
    spans = (_date_quote(first, "first posted"), _date_quote(last, "last update posted"))
    if first.value.iso == last.value.iso:
        return hit("The record was posted once and never updated, so it has no history to audit.", *spans)
    return ok("The record has been updated since it was first posted.", *spans)


@CATALOGUE.rule(
    "DAT-01",
    Severity.ERROR,
    why="No study runs in another order; such dates are an entry error.",
    sources="QC DEF",
    mend="Correct the date that is out of order.",
)
def dates_in_order(case: Case) -> Judgement:
    """Start, primary completion and study completion are not in this order."""
    timeline = case.record.timeline
    named = [
        (name, date)
        for name, date in (
            ("start", timeline.start),
            ("primary completion", timeline.primary_completion),
            ("study completion", timeline.completion),
        )
        if date.value
    ]
    if len(named) < 2:
        return undecidable("Fewer than two of the three dates are in this source.")
    for (name, date), (later_name, later) in pairwise(named):
        if date.value and later.value and date.value.earliest > later.value.latest:
            return hit(
                f"The {later_name} lies before the {name}.", _date_quote(date, name), _date_quote(later, later_name)
            )
    return ok("The dates are in order.", *(_date_quote(date, name) for name, date in named))


@CATALOGUE.rule(
    "DAT-02",
    Severity.ERROR,
    why="An event cannot be reported as having happened before it does.",
    sources="DEF QC",
    mend="Type the date as anticipated, or bring the record up to date.",
)
def actual_date_in_future(case: Case) -> Judgement:
    """A date typed Actual lies after the record was last verified or updated."""
    timeline = case.record.timeline
    known = [
        date.value
        for date in (timeline.verified, timeline.last_update_submitted, timeline.last_update_posted)
        if date.value
    ]
    if not known:
        return undecidable("Neither the date of verification nor that of the last update is in this source.")
    last = max(known, key=lambda date: date.latest)
    for name, date in _typed_dates(case.record):
        if date.value and date.value.kind is DateKind.ACTUAL and date.value.earliest > last.latest:
            return hit(
                f"The {name} is typed actual but lies after the last word on the record, {last}.",
                _date_quote(date, name),
            )
    return ok(f"Every date typed actual lies before the last word on the record, {last}.")


@CATALOGUE.rule(
    "DAT-03",
    Severity.ERROR,
    why="A study that is completed has no plans left: status and types must agree.",
    sources="DEF",
    mend="Give the actual date and the actual enrolment.",
)
def completed_with_plans(case: Case) -> Judgement:
    """The status is Completed while a date or the enrolment is typed as a plan."""
    record = case.record
    if record.timeline.overall_status.value is not OverallStatus.COMPLETED:
        return not_applicable("the study is not completed")
    status = said(record.timeline.overall_status, "status")
    for name, date in _typed_dates(record):
        if date.value and date.value.kind is DateKind.ESTIMATED:
            return hit(f"The study is completed, but its {name} is typed as a plan.", status, _date_quote(date, name))
    kind = record.design.enrolment.kind
    if kind.value is EnrolmentKind.ESTIMATED:
        return hit(
            "The study is completed, but its enrolment is typed as a plan.", status, said(kind, "enrolment type")
        )
    return ok("Dates and enrolment are typed as a completed study's are.", status)


@CATALOGUE.rule(
    "DAT-04",
    Severity.WARNING,
    why="Time between the completions is follow-up for some outcome; if none fits, an outcome or date is missing.",
    sources="QC OWN",
    mend="Register the outcome that was followed for longer, or correct the date.",
)
def unexplained_gap(case: Case) -> Judgement:
    """The gap between primary and study completion fits the time frame of no registered outcome."""
    timeline = case.record.timeline
    primary, end = timeline.primary_completion.value, timeline.completion.value
    if primary is None or end is None:
        return undecidable("Primary or study completion is not in this source.")
    gap = (end.earliest - primary.earliest).days
    spans = (
        _date_quote(timeline.primary_completion, "primary completion"),
        _date_quote(timeline.completion, "study completion"),
    )
    if gap <= GAP_DAYS:
        return ok(f"Primary and study completion lie {gap} days apart.", *spans)
    frames = {
        rank: [
            last for outcome in case.record.of_rank(rank) if (last := last_time_point(outcome.time_frame.value or ""))
        ]
        for rank in OutcomeRank
    }
    if not frames[OutcomeRank.PRIMARY]:
        return undecidable(f"The gap of {gap} days cannot be compared: no primary time frame names a time.", *spans)
    longest_primary = max(days.latest for days in frames[OutcomeRank.PRIMARY])
    longest = max(days.latest for found in frames.values() for days in found)
    explained = longest - longest_primary
    if gap <= explained + max(GAP_DAYS, explained // 4):
        return ok(f"The gap of {gap} days fits outcomes followed {explained} days longer than the primary.", *spans)
    return hit(f"{gap} days lie between the two completions; registered outcomes explain {explained} of them.", *spans)


@CATALOGUE.rule(
    "DAT-05",
    Severity.WARNING,
    why="If nobody could have started and finished within the dates, or only at an unheard-of rate, a date is wrong.",
    sources="OWN",
    mend="Check start, primary completion and the last visit against the enrolment log.",
)
def implausible_window(case: Case) -> Judgement:
    """The enrolment window that dates and last visit leave is negative, or the rate that it implies is implausible."""
    window, count = enrolment_window(case.record), case.record.design.enrolment.count.value
    if window is None:
        return undecidable("The dates or a fixed last visit are not in this source.")
    if count == 0:
        return not_applicable("nobody was enrolled")
    closes = f"who starts after {window.closes} does not reach the last visit, {window.last_day} days on, in time"
    if window.days < 0:
        return hit(f"No participant could have completed: {closes}.", window.why_last_day)
    if not count or not window.days:
        return undecidable("Too little is known to work out a rate.", window.why_last_day)
    rate = count / window.months
    sites = max(1, len(each(case.record.sites)))
    if rate / sites > BUSIEST:
        return hit(
            f"{count} participants in {window.months:.2f} months at {counted(sites, 'site')} "
            f"is {rate / sites:.0f} per site and month; {closes}.",
            window.why_last_day,
            said(case.record.design.enrolment.count, "enrolment"),
        )
    return ok(
        f"{window.months:.2f} months were open for a first dose: {rate:.1f} participants per month.",
        window.why_last_day,
    )


@CATALOGUE.rule(
    "DAT-06",
    Severity.INFO,
    why="A record that nobody has confirmed for a year may no longer be true.",
    sources="DEF",
    mend="Verify the record, even if nothing has changed.",
)
def stale_verification(case: Case) -> Judgement:
    """The record was last verified more than 12 months before the day of judging."""
    verified = case.record.timeline.verified
    if verified.value is None:
        return undecidable("The date of verification is not in this source.")
    if case.as_of is None:
        return undecidable(
            "This depends on the day of judging, which was not given.", _date_quote(verified, "verified")
        )
    months = (case.as_of.year - verified.value.year) * 12 + case.as_of.month - (verified.value.month or 12)
    if months > 12:
        return hit(
            f"On {case.as_of} the record was last verified {months} months ago.", _date_quote(verified, "verified")
        )
    return ok(
        f"On {case.as_of} the record was last verified {max(months, 0)} months ago.", _date_quote(verified, "verified")
    )


def _typed_dates(record: RegistryRecord) -> tuple[tuple[str, Date], ...]:
    timeline = record.timeline
    return (
        ("start", timeline.start),
        ("primary completion", timeline.primary_completion),
        ("study completion", timeline.completion),
    )


def _date_quote(date: Date, name: str) -> Quote:
    value: RegistryDate | None = date.value
    kind = f" ({value.kind.lower()})" if value and value.kind else ""
    return Quote(f"{name} {value}{kind}", date.place)
