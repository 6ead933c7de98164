"""How the numbers were made, how a reader checks them, and which entries of the ledger each of them comes from."""

from equipoise.analysis.analysis_results import AnalysisResults, Result
from equipoise.reporting.document import (
    Align,
    Block,
    Bullets,
    Callout,
    CodeLines,
    Column,
    Content,
    Facts,
    Heading,
    Paragraph,
    Row,
    Table,
    Tone,
    code,
)
from equipoise.reporting.inputs import ReportInputs, TrialInputs, Verification
from equipoise.reporting.numbers import NOTHING, hex_groups, plural, ranges
from equipoise.reporting.reading import ANALYSIS_SETS, method_name
from equipoise.reporting.sections.front import root_lines
from equipoise.vocabulary import utc_text

_RUNS_AT_MOST = 24
"""A result of more runs of entries than this is traced by its digest; numbers.json holds the whole list."""


def methods_section(inputs: ReportInputs) -> tuple[Block, ...]:
    """Methods as they were used, sets as they turned out, and the programs."""
    results = inputs.results
    sets = tuple(
        (ANALYSIS_SETS.get(name, name).capitalize(), plural(len(members), "participant"))
        for name, members in results.sets.items()
    )
    used = {each.method: each for each in results.results}
    return (
        Heading(1, "Methods and software", "methods"),
        Paragraph(
            "The plan was written before the arms were known, programmed on a dummy allocation, and run once on the "
            "released list. What the plan did not foresee is listed among the findings, never left out in silence."
        ),
        Bullets(tuple(_method(each) for each in used.values())),
        Facts((*sets, *trial_software(inputs.trial))),
    )


def trial_software(trial: TrialInputs) -> tuple[tuple[str, Content], ...]:
    """The programs that made numbers and pages."""
    return (("Software", ", ".join(f"{name} {version}" for name, version in trial.software) or NOTHING),)


def _method(result: Result) -> str:
    sides = f"; two-sided p: {result.two_sided}" if result.two_sided else ""
    assumed = f"; assumes {', '.join(result.assumptions)}" if result.assumptions else ""
    return f"{method_name(result.method)}{sides}{assumed}."


def verification_section(verification: Verification) -> tuple[Block, ...]:
    """Digests and commands: what a reader needs who trusts nobody."""
    steps = tuple(
        block for shown, command in verification.commands for block in (Paragraph(f"{shown}:"), CodeLines(command))
    )
    return (
        Heading(1, "How to verify", "verify"),
        Paragraph(
            "The list of allocations was sealed before the first participant by publishing its Merkle root. The "
            "stand-alone verifier uses the Python standard library alone, needs neither this report nor Equipoise, and "
            "proves that the released list is the sealed one and was followed without a skip."
        ),
        Callout(Tone.KEY, "Sealed root of the allocation list", (CodeLines(root_lines(verification.sealed_root)),)),
        Facts(tuple(_digests(verification))),
        *steps,
    )


def _digests(verification: Verification) -> list[tuple[str, Content]]:
    rows: list[tuple[str, Content]] = [("Study definition", _digest(verification.study_digest))]
    entries = plural(verification.ledger_entries, "entry", "entries")
    rows.append((f"Ledger, head after {entries}", _digest(verification.ledger_head)))
    if verification.lock_digest:
        rows.append(("Lock certificate", _digest(verification.lock_digest)))
    if verification.locked_at:
        rows.append(("Locked at", f"{utc_text(verification.locked_at)[:19].replace('T', ' ')} UTC"))
    if verification.allocation_digest:
        rows.append(("Released allocation", _digest(verification.allocation_digest)))
    return rows


def _digest(digest: str) -> Content:
    return code(hex_groups(digest, 8))


def traceability_appendix(results: AnalysisResults) -> tuple[Block, ...]:
    """Each result with the digest of its inputs and the ledger entries that made it."""
    rows = tuple(
        Row(
            (
                code(each.id),
                method_name(each.method),
                str(sum(each.n.values())),
                code(each.inputs_digest[:12]),
                _entries(each),
            )
        )
        for each in results.results
    )
    return (
        Heading(1, "From each number back to the ledger", "traceability"),
        Paragraph(
            "Every result names the entries that it was computed from (their place in the ledger, from 1) and the "
            "digest of its inputs. The file numbers.json beside this report holds all of them in full, in the shape of "
            "CDISC’s Analysis Results Standard. From this folder, the next command shows who recorded what, when and "
            "why, for the first result below; without a name it lists every number, those of the tables of baseline "
            "and harms included."
        ),
        CodeLines(f"equipoise trace . {results.results[0].id}" if results.results else "equipoise trace ."),
        Table(
            "tab-traceability",
            "Results and their sources",
            (
                Column("Result", share=3),
                Column("Method", share=3),
                Column("n", Align.END),
                Column("Inputs", share=2),
                Column("Ledger entries", share=4),
            ),
            rows,
        ),
    )


def _entries(result: Result) -> str:
    if not result.entries:
        return NOTHING
    shown = ranges(result.entries)
    if shown.count(",") < _RUNS_AT_MOST:
        return shown
    return f"{len(result.entries)} entries between {min(result.entries)} and {max(result.entries)}"
