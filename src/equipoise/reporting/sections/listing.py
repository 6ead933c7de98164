"""The listing of adverse events, participant by participant under the arm that was received (ICH E3 12.2.4, 16.2.7)."""

from equipoise.analysis.harms_data import ListedEvent
from equipoise.reporting.document import Align, Block, Column, Density, Heading, Paragraph, Row, RowKind, Table, code
from equipoise.reporting.inputs import ReportInputs
from equipoise.reporting.numbers import MINUS, NOTHING, plural, ranges
from equipoise.reporting.reading import arm_names
from equipoise.safety import Assessment
from equipoise.safety.words import ENDED, Outcome


def listing_appendix(inputs: ReportInputs) -> tuple[Block, ...]:
    """Every adverse event of everybody who was randomised, those before the first dose included."""
    listing = inputs.results.harms.listing
    if not any(listing.values()):
        return ()
    rows: list[Row] = []
    for arm, name in arm_names(inputs.trial.definition).items():
        events = listing.get(arm, ())
        people = plural(len({event.participant for event in events}), "participant")
        rows.append(Row((f"{name}: {plural(len(events), 'event')} of {people}",), RowKind.GROUP))
        rows += [_row(event) for event in events]
    return (
        Heading(1, "Listing of adverse events", "listing"),
        Paragraph(
            "Each event as it was last assessed by the masked investigator, under the arm that was received. Events "
            "that began before day 1 are listed here and counted in no table. Participants are named by their number "
            "alone, yet number, dates and arm together may tell who somebody is: what is published leaves this "
            "appendix out."
        ),
        Table(
            "tab-listing",
            "Adverse events, participant by participant",
            (
                Column("Participant"),
                Column("Event", share=5),
                Column("Day", Align.END),
                Column("Onset", Align.CENTRE),
                Column("End", Align.CENTRE),
                Column("Grade", Align.CENTRE),
                Column("Serious", share=4),
                Column("Related"),
                Column("Action", share=3),
                Column("Outcome", share=3),
                Column("Entries"),
            ),
            tuple(rows),
            (
                "Day: of the onset; day 1 is that of randomisation. Grade: the worst that was given (CTCAE v5.0: 1 "
                "mild to 5 death). Serious: the criteria that were met (ICH E2A), and whether the event was expected. "
                "Related: to what was given, as judged without knowledge of the arm. Action: on the doses.",
                (
                    "Entries: the places of its assessments in the ledger. Who wrote them, when and why: ",
                    code("equipoise trace . listing.adverse_events --participant NUMBER"),
                    ".",
                ),
            ),
            Density.COMPACT,
        ),
    )


def _row(event: ListedEvent) -> Row:
    said = event.assessment
    return Row(
        (
            event.participant,
            " ".join(said.term.split()),
            str(event.study_day).replace("-", MINUS),
            said.started_on.isoformat(),
            _end(said),
            str(event.grade),
            _serious(said),
            _words(said.causality),
            _words(said.action),
            _words(said.outcome),
            ranges(event.entries),
        )
    )


def _end(said: Assessment) -> str:
    if said.ended_on is not None:
        return said.ended_on.isoformat()
    return NOTHING if said.outcome in ENDED or said.outcome is Outcome.UNKNOWN else "ongoing"


def _serious(said: Assessment) -> str:
    if not said.serious:
        return "no"
    criteria = ", ".join(_words(each) for each in said.serious)
    return f"{criteria}; {_words(said.expectedness)}" if said.expectedness else criteria


def _words(word: str) -> str:
    """`not_recovered` as a reader writes it."""
    return word.replace("_", " ")
