"""One tree for both outputs: whatever stands in a block stands in the HTML and in the PDF, as text and nothing else."""

import io
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise

import pypdf
import pytest

from equipoise.reporting.document import (
    Bullets,
    Callout,
    CodeLines,
    Column,
    Document,
    Facts,
    Figure,
    FindingsList,
    Heading,
    Paragraph,
    Reserve,
    Row,
    RowKind,
    Table,
    Tone,
    code,
    reference,
    strong,
)
from equipoise.reporting.html import render_html
from equipoise.reporting.lettering import printable, visible
from equipoise.reporting.pdf import render_pdf
from equipoise.vocabulary import Finding, Severity

MADE_AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10"/></svg>'

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '#panic() #eval("1") $x$ *bold* _it_ `raw` @label <label> \\ // note',
    "{{ 7*7 }} {% raw %}",
    "]]> <!-- & &amp; \u202egnirts\u202c \x00\x07\ufeff\ue000 中文 😀 é ≤ − →",
    "x" * 300,
)


def a_document(*blocks, synthetic: bool = False, title: str = "A title") -> Document:
    return Document(
        title, "A subtitle", "STUDY-1", "edition", MADE_AT, synthetic, (), (Heading(1, "First", "first"), *blocks)
    )


def every_kind(text: str) -> tuple:
    """One block of every kind, each holding the text."""
    return (
        Heading(2, text, "second"),
        Paragraph((text, strong(text), code(text), reference("tab-one"))),
        Bullets((text,)),
        Facts(((text, text),)),
        Table("tab-one", text, (Column(text), Column(text, group=text)),
              (Row((text,), RowKind.GROUP), Row((text, text), RowKind.INDENTED), Row((text, text))),
              (text,)),
        Figure("fig-one", text, SVG, text or "nothing", (text,)),
        FindingsList((Finding("R-1", Severity.ERROR, text, text, text, (text,), text),)),
        Callout(Tone.KEY, text, (Paragraph(text), CodeLines(text))),
        CodeLines(text),
        Reserve(40),
    )  # fmt: skip


class TagsAndText(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.text.append(data)


def seen(html: str) -> TagsAndText:
    parser = TagsAndText()
    parser.feed(html)
    return parser


def pdf_text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\u00ad-]", "", text)


def test_every_text_comes_out_of_both_renderers():
    document = a_document(*every_kind("Unmistakable"))
    expected = 25
    assert "".join(seen(render_html(document)).text).count("Unmistakable") >= expected
    assert (
        squeezed(pdf_text(render_pdf(document))).count("Unmistakable") >= expected - 1
    )  # the alternative is not on the page


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text):
    document = a_document(*every_kind(text), title=text)
    page = seen(render_html(document))
    assert not {"script", "img", "label"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    shown = squeezed(visible(text))
    assert shown in squeezed("".join(page.text))
    assert squeezed(printable(text))[:40] in squeezed(pdf_text(render_pdf(document)))


def test_invisible_characters_are_named():
    assert visible("a\u202eb\x07c\tdé") == "a[U+202E]b[U+0007]c dé"
    assert printable("≤ 中") == "≤ [U+4E2D]"


def test_a_reference_shows_the_number_of_what_it_names():
    document = a_document(Paragraph(("See ", reference("tab-one"), " and ", reference("first"), ".")), *every_kind("x"))
    assert "See Table 1 and First." in "".join(seen(render_html(document)).text)
    assert "See Table 1 and First." in pdf_text(render_pdf(document))


def test_anchors_are_unique():
    with pytest.raises(AssertionError, match="stand twice"):
        a_document(Heading(2, "Again", "first"))


def test_a_row_has_a_cell_for_every_column():
    with pytest.raises(AssertionError, match="cells"):
        Table("t", "caption", (Column("a"), Column("b")), (Row(("only one",)),))


def test_a_figure_needs_words():
    with pytest.raises(AssertionError, match="alternative"):
        Figure("f", "caption", SVG, "")


def test_the_page_asks_nobody_for_anything():
    html = render_html(a_document(*every_kind("x")))
    page = seen(html)
    assert not {"script", "link", "iframe", "object", "embed"} & set(page.tags)
    assert not re.findall(r"(?:src|href)=\"(?!#)", html)
    assert not re.findall(r"url\((?!\"data:font/)", html) and "@import" not in html


def test_the_page_has_landmarks_and_a_language():
    page = seen(render_html(a_document(*every_kind("x"))))
    assert {"main", "nav", "header", "footer"} <= set(page.tags)
    assert ("lang", "en") in page.attributes
    assert page.tags.count("h1") == 1


def test_headings_never_skip_a_level():
    page = seen(render_html(a_document(Heading(2, "b", "b"), Heading(3, "c", "c"))))
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
