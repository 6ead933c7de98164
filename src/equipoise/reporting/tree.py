"""A document as one tree of plain JSON values: what both templates walk, so that HTML and PDF cannot disagree."""

from collections.abc import Callable
from functools import singledispatchmethod
from typing import Any

from equipoise.reporting.document import (
    Block,
    Bullets,
    Callout,
    CodeLines,
    Content,
    Document,
    Facts,
    Figure,
    FindingsList,
    Heading,
    Paragraph,
    Reserve,
    Table,
    spans,
)
from equipoise.vocabulary import Finding, Severity, utc_text

Tree = dict[str, Any]

WORDS: dict[str, str] = {
    "contents": "Contents",
    "table": "Table",
    "figure": "Figure",
    "page": "Page",
    "of": "of",
    "skip": "Skip to the report",
    "synthetic": "SYNTHETIC DATA – rehearsal – no real participant",
    "suggestion": "What to do:",
    "why": "Why it matters:",
    "error": "error",
    "warning": "warning",
    "info": "note",
    "in_words": "The figure in words",
}
"""What the templates themselves say."""


def document_tree(document: Document, lettering: Callable[[str], str]) -> Tree:
    """The document as dictionaries, lists and texts; every text has passed through `lettering`."""
    return _TreeBuilder(document, lettering).tree()


class _TreeBuilder:
    """Numbers tables and figures in reading order and resolves references to them."""

    def __init__(self, document: Document, lettering: Callable[[str], str]) -> None:
        self._document = document
        self._letters = lettering
        self._names = _names(document)
        self._numbers = _section_numbers(document)

    def tree(self) -> Tree:
        document = self._document
        return {
            "title": self._letters(document.title),
            "subtitle": self._letters(document.subtitle),
            "study": self._letters(document.study),
            "edition": self._letters(document.edition),
            "made_at": f"{utc_text(document.made_at)[:16].replace('T', ' ')} UTC",
            "synthetic": document.synthetic,
            "language": document.language,
            "producer": document.producer,
            "keywords": [self._letters(each) for each in document.keywords],
            "words": WORDS,
            "sections": [
                self._heading(block) for block in document.blocks if isinstance(block, Heading) and block.level <= 2
            ],
            "front": [self._block(block) for block in document.front],
            "blocks": [self._block(block) for block in document.blocks],
        }

    def _content(self, content: Content) -> list[Tree]:
        return [
            {
                "text": self._letters(span.text if span.text or not span.href else self._names[span.href[1:]]),
                "style": span.style.value,
                "href": span.href,
            }
            for span in spans(content)
        ]

    @singledispatchmethod
    def _block(self, block: Block) -> Tree:
        raise AssertionError(f"no tree for {type(block).__name__}")

    @_block.register
    def _heading(self, block: Heading) -> Tree:
        return {
            "kind": "heading",
            "level": block.level,
            "number": self._numbers.get(block.anchor, ""),
            "text": self._letters(block.text),
            "anchor": block.anchor,
        }

    @_block.register
    def _paragraph(self, block: Paragraph) -> Tree:
        return {"kind": "paragraph", "content": self._content(block.content)}

    @_block.register
    def _bullets(self, block: Bullets) -> Tree:
        return {"kind": "bullets", "items": [self._content(item) for item in block.items]}

    @_block.register
    def _facts(self, block: Facts) -> Tree:
        rows = [{"name": self._letters(name), "content": self._content(content)} for name, content in block.rows]
        return {"kind": "facts", "rows": rows}

    @_block.register
    def _table(self, block: Table) -> Tree:
        return {
            "kind": "table",
            "anchor": block.anchor,
            "number": self._names[block.anchor],
            "caption": self._letters(block.caption),
            "density": block.density.value,
            "columns": [
                {
                    "head": self._content(column.head),
                    "align": column.align.value,
                    "share": column.share,
                    "group": self._letters(column.group),
                }
                for column in block.columns
            ],
            "groups": self._groups(block),
            "rows": [
                {"kind": row.kind.value, "cells": [self._content(cell) for cell in row.cells]} for row in block.rows
            ],
            "notes": [self._content(note) for note in block.notes],
        }

    def _groups(self, block: Table) -> list[Tree]:
        """The heading cells above the columns: a text and how many columns it spans; none if no column has a group."""
        groups: list[Tree] = []
        for column in block.columns:
            if groups and column.group and groups[-1]["text"] == self._letters(column.group):
                groups[-1]["span"] += 1
            else:
                groups.append({"text": self._letters(column.group), "span": 1})
        return groups if any(group["text"] for group in groups) else []

    @_block.register
    def _figure(self, block: Figure) -> Tree:
        return {
            "kind": "figure",
            "anchor": block.anchor,
            "number": self._names[block.anchor],
            "caption": self._letters(block.caption),
            "svg": block.svg,
            "alternative": self._letters(block.alternative),
            "notes": [self._content(note) for note in block.notes],
            "width": block.width,
        }

    @_block.register
    def _findings(self, block: FindingsList) -> Tree:
        order = list(Severity)
        ranked = sorted(block.findings, key=lambda finding: order.index(finding.severity))
        return {"kind": "findings", "findings": [self._finding(finding) for finding in ranked]}

    def _finding(self, finding: Finding) -> Tree:
        return {
            "rule": self._letters(finding.rule),
            "severity": finding.severity.value,
            "message": self._letters(finding.message),
            "place": self._letters(finding.place),
            "evidence": [self._letters(each) for each in finding.evidence],
            "why": self._letters(finding.why),
            "suggestion": self._letters(finding.suggestion),
        }

    @_block.register
    def _callout(self, block: Callout) -> Tree:
        return {
            "kind": "callout",
            "tone": block.tone.value,
            "title": self._letters(block.title),
            "blocks": [self._block(inner) for inner in block.blocks],
        }

    @_block.register
    def _code(self, block: CodeLines) -> Tree:
        return {"kind": "code", "text": self._letters(block.text)}

    @_block.register
    def _reserve(self, block: Reserve) -> Tree:
        return {"kind": "reserve", "millimetres": block.millimetres}


def _names(document: Document) -> dict[str, str]:
    """Anchor -> what a reference to it says: `Table 3`, `Figure 1`, or the title of a section."""
    names: dict[str, str] = {}
    tables = figures = 0
    for block in document.all_blocks():
        if isinstance(block, Table):
            tables += 1
            names[block.anchor] = f"{WORDS['table']} {tables}"
        elif isinstance(block, Figure):
            figures += 1
            names[block.anchor] = f"{WORDS['figure']} {figures}"
        elif isinstance(block, Heading):
            names[block.anchor] = block.text
    return names


def _section_numbers(document: Document) -> dict[str, str]:
    """Anchor -> `3` or `3.2`, for the headings of the first two levels of the body."""
    numbers: dict[str, str] = {}
    section = part = 0
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            section, part = section + 1, 0
            numbers[block.anchor] = str(section)
        elif isinstance(block, Heading) and block.level == 2:
            part += 1
            numbers[block.anchor] = f"{section}.{part}"
    return numbers
