"""The registry record as it was read, the figures that follow from it, and what is wrong with it."""

import re
from collections.abc import Iterable
from enum import StrEnum

from equipoise.registration import Field, Presence, RegistryRecord, each
from equipoise.registration.derive import DerivedFigures, Figure
from equipoise.registration.words import OutcomeRank
from equipoise.reporting.document import (
    Align,
    Block,
    Column,
    Content,
    Facts,
    FindingsList,
    Heading,
    Paragraph,
    Row,
    Table,
    reference,
)
from equipoise.reporting.gap import is_comparison
from equipoise.reporting.inputs import RegistryInputs
from equipoise.reporting.numbers import plural
from equipoise.reporting.sections.finding_table import finding_table
from equipoise.vocabulary import Finding, Severity, Verdict


def registry_section(registry: RegistryInputs) -> tuple[Block, ...]:
    """The record, its figures, and the findings that must be mended; the lighter ones stand in an appendix."""
    hits = _hits(registry.findings)
    errors = tuple(finding for finding in hits if finding.severity is Severity.ERROR)
    lighter = len(hits) - len(errors)
    provenance = registry.record.provenance
    return (
        Heading(1, "The registry record", "record"),
        Paragraph(
            f"Read from {provenance.file} ({provenance.format.value}, SHA-256 {provenance.sha256[:16]}…); "
            f"{plural(provenance.leaves, 'entry', 'entries')} in the source, {len(provenance.unread)} of them "
            "kept aside unread. Where the source is silent, the table says so; silence is not “none”."
        ),
        Facts(tuple(_record_rows(registry.record))),
        _figures_table(registry.figures),
        Heading(2, "What is wrong with the record", "record-errors"),
        Paragraph(
            (
                f"{plural(len(errors), 'finding')} of the weight of an error; {plural(lighter, 'lighter one')} "
                "stand in the appendix, ",
                reference("record-findings"),
                ".",
            )
        ),
        FindingsList(errors),
    )


def registry_appendix(registry: RegistryInputs) -> tuple[Block, ...]:
    """Warnings and notes on the record, in short."""
    lighter = [finding for finding in _hits(registry.findings) if finding.severity is not Severity.ERROR]
    if not lighter:
        return (Heading(1, "Further findings on the record", "record-findings"), Paragraph("There are none."))
    caption = "Warnings and notes on the registry record, with the words that led to them"
    return (
        Heading(1, "Further findings on the record", "record-findings"),
        finding_table("tab-record-findings", caption, lighter, evidence=True),
    )


def _hits(findings: tuple[Finding, ...]) -> list[Finding]:
    """What is wrong with the record itself; where it differs from a paper stands among the gaps."""
    return [each for each in findings if each.verdict is Verdict.HIT and not is_comparison(each)]


def _record_rows(record: RegistryRecord) -> Iterable[tuple[str, Content]]:
    design, timeline = record.design, record.timeline
    yield "Registry number", _shown(record.identity.nct_id)
    yield "Official title", _shown(record.identity.official_title)
    yield "Sponsor", _shown(record.parties.lead_sponsor.name)
    yield "Conditions", _shown(record.conditions)
    yield "Phase", _shown(design.phases)
    yield "Participants", _joined(_shown(design.enrolment.count), _shown(design.enrolment.kind))
    yield "Allocation, model", _joined(_shown(design.allocation), _shown(design.model))
    yield "Masking", _joined(_shown(design.masking), _shown(design.masked_roles))
    yield "Arms", _several(arm.label.value for arm in each(record.arms))
    for outcome in record.of_rank(OutcomeRank.PRIMARY):
        yield "Primary outcome", _joined(_shown(outcome.measure), _shown(outcome.time_frame))
    yield "Start", _shown(timeline.start)
    yield "Primary completion", _shown(timeline.primary_completion)
    yield "Study completion", _shown(timeline.completion)
    yield "First submitted", _shown(timeline.first_submitted)
    yield "First posted", _shown(timeline.first_posted)
    yield "Results", _shown(record.has_results)


def _shown(field: Field[object]) -> str:
    if field.state is not Presence.VALUE:
        return field.state.value
    value = field.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return _several(_word(member) for member in value)
    return _word(value)


def _word(value: object) -> str:
    """A word of a pick list in lower case; names, numbers and dates as they are."""
    if not isinstance(value, StrEnum):
        return str(value)
    return re.sub(r"(?<=[a-z])(?=\d)", " ", value.value.replace("_", " ").lower())


def _several(values: Iterable[str | None]) -> str:
    return "; ".join(value for value in values if value) or Presence.ABSENT.value


def _joined(*texts: str) -> str:
    return ", ".join(text for text in texts if text != Presence.ABSENT.value) or Presence.ABSENT.value


def _figures_table(figures: DerivedFigures) -> Table:
    rows: tuple[Figure, ...] = (
        figures.participants, figures.sites, figures.arms, figures.months, figures.per_site_per_month,
        figures.recruitment_rate,
    )  # fmt: skip
    return Table(
        "tab-record-figures",
        "Figures that follow from the record",
        (Column("Figure", share=2), Column("Value", Align.END), Column("Unit"), Column("Formula", share=3)),
        tuple(Row((each.name.capitalize(), each.shown, each.unit, each.formula)) for each in rows),
        (
            "The first five are what mirror pages print. The last divides by the time in which a participant could "
            "start and still reach the end of the schedule: the rate at which people really came.",
        ),
    )
