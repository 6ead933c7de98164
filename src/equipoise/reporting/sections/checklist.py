"""Where the report answers the items of CONSORT 2025, and which items nobody but the authors can answer."""

from collections.abc import Collection

from equipoise.reporting.document import Block, Column, Content, Heading, Paragraph, Row, Table, reference

_AUTHORS = "for the authors"

_ITEMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("1a, 1b", "Named as randomised; structured summary", ()),
    ("2", "Registry, number, date of registration", ("record",)),
    ("3", "Where protocol and analysis plan are", ("verify",)),
    ("4", "Data, dictionary and code", ("traceability", "verify")),
    ("5a, 5b", "Funding; conflicts of interest", ()),
    ("6", "Background and rationale", ()),
    ("7", "Objectives, benefits and harms", ("design-endpoints",)),
    ("8", "Involvement of patients and the public", ()),
    ("9", "Design, allocation ratio, framework", ("design",)),
    ("10", "Changes after the start, with reasons", ("gaps", "decisions")),
    ("11", "Settings and locations", ("design",)),
    ("12a, 12b", "Eligibility of participants and sites", ("design",)),
    ("13", "Intervention and comparator", ("design-arms",)),
    ("14", "Outcomes: variable, metric, aggregation, time", ("design-endpoints",)),
    ("15", "How harms were defined and assessed", ("safety",)),
    ("16a, 16b", "Sample size; interim analyses and stopping", ("decisions",)),
    ("17a, 17b", "How the sequence was made; its restriction", ("methods", "verify")),
    ("18, 19", "Concealment; who had access to the sequence", ("design-masking", "verify")),
    ("20a, 20b", "Who was masked, and how", ("design-masking", "guesses")),
    ("21a–21d", "Statistical methods, sets, missing data, additional analyses", ("design-analyses", "methods")),
    ("22a, 22b", "Flow of participants, losses with reasons", ("participants",)),
    ("23a, 23b", "Dates of recruitment and follow-up; why ended", ("participants",)),
    ("24a, 24b", "Interventions as delivered; concomitant care", ("visits",)),
    ("25", "Baseline table", ("baseline",)),
    ("26", "Result of each outcome with its precision", ("results",)),
    ("27", "All harms in each arm", ("safety", "listing")),
    ("28", "Other analyses, planned or not", ("results-others", "results-findings")),
    ("29, 30", "Interpretation; limitations", ()),
)
"""Item, what it asks in our own short words, and the sections that answer it (none: only the authors can)."""


def checklist_appendix(anchors: Collection[str]) -> tuple[Block, ...]:
    """The items and their sections, of those that this report has."""
    return (
        Heading(1, "CONSORT 2025: what stands where", "checklist"),
        Paragraph(
            "Items in our own short words, after Hopewell S, et al. CONSORT 2025 statement. BMJ 2025;388:e081123 "
            "(CC BY 4.0). A report made from data cannot say what only the authors know: those items are theirs."
        ),
        Table(
            "tab-checklist",
            "Items of CONSORT 2025 and the sections of this report",
            (Column("Item"), Column("Asks for", share=3), Column("Where", share=3)),
            tuple(Row((item, asks, _where(sections, anchors))) for item, asks, sections in _ITEMS),
        ),
    )


def _where(sections: tuple[str, ...], anchors: Collection[str]) -> Content:
    found = [reference(section) for section in sections if section in anchors]
    if not found:
        return _AUTHORS if not sections else "not in this report"
    return tuple(part for place, span in enumerate(found) for part in ((", ", span) if place else (span,)))
