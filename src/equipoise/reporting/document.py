"""The report as a document: frozen blocks that know nothing of HTML or PDF.  Each renderer walks the same blocks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from equipoise.vocabulary import Finding


class Style(StrEnum):
    """How a stretch of text is set."""

    PLAIN = "plain"
    STRONG = "strong"
    EMPHASIS = "emphasis"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one style.  `href` is `#anchor` of a heading, table or figure, or an https address."""

    text: str
    style: Style = Style.PLAIN
    href: str = ""


Content: TypeAlias = str | Span | tuple["str | Span", ...]
"""What a paragraph or a cell holds: text, always text, never markup."""


def spans(content: Content) -> tuple[Span, ...]:
    """The content as spans."""
    parts = content if isinstance(content, tuple) else (content,)
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def strong(text: str) -> Span:
    return Span(text, Style.STRONG)


def emphasis(text: str) -> Span:
    return Span(text, Style.EMPHASIS)


def code(text: str) -> Span:
    return Span(text, Style.CODE)


def reference(anchor: str) -> Span:
    """A link to a table, figure or section; the renderer fills in its number or title."""
    return Span("", Style.PLAIN, f"#{anchor}")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (a section), 2 or 3.  `anchor` is unique in the document."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    content: Content


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what is known of each, in two columns."""

    rows: tuple[tuple[str, Content], ...]


class Align(StrEnum):
    START = "start"
    CENTRE = "centre"
    END = "end"


@dataclass(frozen=True, slots=True)
class Column:
    """A column.  Neighbours of one `group` share a heading above; `share` is the width relative to the others,
    0 for as wide as its content."""

    head: Content
    align: Align = Align.START
    group: str = ""
    share: int = 0


class RowKind(StrEnum):
    """A group row is a heading inside the table; an indented row belongs to the one above."""

    BODY = "body"
    GROUP = "group"
    INDENTED = "indented"


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Content, ...]
    kind: RowKind = RowKind.BODY


class Density(StrEnum):
    """How tightly a table is set: a schedule with a dozen visits needs narrow columns."""

    NORMAL = "normal"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of data.  The first column names its rows; a group row has one cell."""

    anchor: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Content, ...] = ()
    density: Density = Density.NORMAL

    def __post_init__(self) -> None:
        for row in self.rows:
            expected = 1 if row.kind is RowKind.GROUP else len(self.columns)
            assert len(row.cells) == expected, f"table {self.anchor}: a row has {len(row.cells)} cells, not {expected}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A vector picture.  `alternative` says in words what it shows, with the numbers that matter (WCAG 1.1.1).

    `width` is the share of the text's width, in percent.
    """

    anchor: str
    caption: str
    svg: str
    alternative: str
    notes: tuple[Content, ...] = ()
    width: int = 100

    def __post_init__(self) -> None:
        assert self.alternative, f"figure {self.anchor} has no alternative text"


@dataclass(frozen=True, slots=True)
class FindingsList:
    """Findings, each with rule, message, quoted evidence, reason and suggestion."""

    findings: tuple[Finding, ...]


class Tone(StrEnum):
    """What a call-out is for."""

    KEY = "key"
    NOTE = "note"
    CAUTION = "caution"


@dataclass(frozen=True, slots=True)
class CodeLines:
    """Commands or digests, set in a fixed pitch and never broken inside a line that fits."""

    text: str


@dataclass(frozen=True, slots=True)
class Reserve:
    """On paper a new page begins here unless this many millimetres are left; invisible on a screen."""

    millimetres: int


@dataclass(frozen=True, slots=True)
class Callout:
    tone: Tone
    title: str
    blocks: tuple["Paragraph | Bullets | Facts | CodeLines", ...]


Block: TypeAlias = Heading | Paragraph | Bullets | Facts | Table | Figure | FindingsList | Callout | CodeLines | Reserve


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    `made_at` is the moment that the document and its file carry; `synthetic` marks every page, figure and the file.
    """

    title: str
    subtitle: str
    study: str
    edition: str
    made_at: datetime
    synthetic: bool
    front: tuple[Block, ...]
    blocks: tuple[Block, ...]
    language: str = "en"
    producer: str = "Equipoise"
    keywords: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        assert self.made_at.tzinfo is not None, "a report is dated in a time zone"
        anchors = [block.anchor for block in self.all_blocks() if isinstance(block, Heading | Table | Figure)]
        twice = {anchor for anchor in anchors if anchors.count(anchor) > 1}
        assert not twice, f"anchors stand twice: {sorted(twice)}"

    def all_blocks(self) -> Iterator[Block]:
        """The blocks of the front page, then of the body."""
        yield from self.front
        yield from self.blocks

    def figures(self) -> tuple[Figure, ...]:
        return tuple(block for block in self.all_blocks() if isinstance(block, Figure))
