"""The report of an invented trial: what it must say, on every page, in every figure, in every file."""

import io
import json
import re
from functools import lru_cache
from xml.etree import ElementTree

import pypdf
import pytest

from equipoise.reporting.figures.canvas import SYNTHETIC_MARK
from equipoise.reporting.html import render_html
from equipoise.reporting.pdf import render_pdf
from equipoise.reporting.report import build_report, build_status, write_report
from equipoise.reporting.tree import WORDS
from reporting_fixture import ARMS, a_trial, some_inputs


@lru_cache
def the_report():
    return build_report(some_inputs())


@lru_cache
def the_pdf():
    return pypdf.PdfReader(io.BytesIO(render_pdf(the_report().document)))


@lru_cache
def the_status():
    return build_status(a_trial())


@lru_cache
def the_pages() -> tuple[str, ...]:
    """The text of each page on one line."""
    return tuple(flat(page.extract_text()) for page in the_pdf().pages)


@lru_cache
def the_page_text() -> str:
    return flat(re.sub(r"<[^>]+>", "", render_html(the_report().document)))


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_two_runs_write_the_same_bytes(tmp_path):
    first = write_report(the_report(), tmp_path / "first")
    second = write_report(build_report(some_inputs()), tmp_path / "second")
    for one, other in zip(
        (first.html, first.pdf, first.numbers, *first.figures),
        (second.html, second.pdf, second.numbers, *second.figures),
        strict=True,
    ):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_the_archive_copy_claims_pdf_a_and_is_tagged():
    reader = the_pdf()
    metadata = reader.xmp_metadata.stream.get_data().decode()
    assert re.search(r"<pdfaid:part>2</pdfaid:part>", metadata)
    assert re.search(r"<pdfaid:conformance>A</pdfaid:conformance>", metadata)
    assert "pdfuaid" in metadata
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("en")
    assert "/OutputIntents" in reader.trailer["/Root"]


def test_every_font_travels_with_the_file():
    for page in the_pdf().pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(inner)


def test_synthetic_data_say_so_on_every_page_and_in_every_file(tmp_path):
    for number, text in enumerate(the_pages(), start=1):
        assert WORDS["synthetic"] in text, f"page {number}"
    assert the_pdf().metadata.title.startswith("[SYNTHETIC DATA]")
    written = write_report(the_report(), tmp_path)
    assert WORDS["synthetic"] in written.html.read_text()
    assert re.search(r"<title>\[SYNTHETIC DATA\]", written.html.read_text())
    assert json.loads(written.numbers.read_text())["extension"]["synthetic"] is True
    for figure in written.figures:
        assert figure.read_text().count(SYNTHETIC_MARK) >= 2, figure.name  # in its title and in the drawing itself


def test_real_data_carry_no_mark(tmp_path):
    report = build_report(some_inputs(synthetic=False))
    written = write_report(report, tmp_path)
    assert "SYNTHETIC" not in written.html.read_text()
    assert "SYNTHETIC" not in str(pypdf.PdfReader(written.pdf).metadata)
    assert "SYNTHETIC" not in flat(pypdf.PdfReader(written.pdf).pages[0].extract_text())
    assert not any("SYNTHETIC" in figure.read_text() for figure in written.figures)


def test_every_figure_has_words_in_every_output():
    document = the_report().document
    html = render_html(document)
    assert len(document.figures()) == 8
    for figure in document.figures():
        assert re.search(r"\d", figure.alternative), figure.anchor
        tree = ElementTree.fromstring(figure.svg)
        assert tree.find("{http://www.w3.org/2000/svg}desc").text == figure.alternative
    assert len(re.findall(r'<svg[^>]*aria-label="\w', html)) == 8
    assert len(_alternatives(the_pdf())) == 8


def test_the_mosaic_counts_everybody_who_was_randomised():
    figure = next(each for each in the_report().document.figures() if each.anchor == "fig-mosaic")
    counts = [int(number) for number in re.findall(r"(\d+) (?:not )?analysed", figure.alternative)]
    assert len(counts) == 3 * len(ARMS) and sum(counts) == 30


def _alternatives(reader) -> list[str]:
    """The /Alt of every figure in the structure tree."""
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure" and "/Alt" in node:
                found.append(node["/Alt"])
            waiting += [node["/K"]] if "/K" in node else []
    return found


@pytest.mark.parametrize(
    "sentence",
    [
        "30 randomised of 37 assessed",
        "It does not compare the arms",
        "The registered analysis, which does not compare the arms",
        "Sealed root of the allocation list",
        "3f3f 3f3f 3f3f 3f3f 3f3f 3f3f 3f3f 3f3f",
        "python3 -I -S verify_trial.py",
        "There are no p-values",
        "exact p = 1234567/30045015",
        "The record gives two numbers of participants.",
    ],
)
def test_the_report_says(sentence):
    assert sentence in " ".join(the_pages())
    assert sentence in the_page_text()


def test_every_adverse_event_is_listed_with_its_participant_and_arm():
    """ICH E3 16.2.7; the worst grade of all assessments, and the entries that hold them."""
    table = next(block for block in the_report().document.blocks if getattr(block, "anchor", "") == "tab-listing")
    assert [row.cells for row in table.rows] == [
        ("MSC secretome: 2 events of 1 participant",),
        ("01-001", "Itch", "−3", "2026-02-27", "ongoing", "1", "no", "unrelated", "none",
         "not recovered", "611"),
        ("01-001", "Injection site pain", "3", "2026-03-04", "2026-03-06", "2", "no", "probable", "dose omitted",
         "recovered", "702, 709"),
        ("Placebo: 1 event of 1 participant",),
        ("01-002", "Fever", "37", "2026-04-09", "2026-04-20", "4", "hospitalisation; unexpected", "possible",
         "doses stopped", "sequelae", "1204"),
    ]  # fmt: skip
    listing = next(each for each in json.loads(the_report().numbers)["analyses"] if each["id"].startswith("listing."))
    assert listing["extension"]["entries"] == [611, 702, 709, 1204]
    assert "01-001" not in the_report().numbers.decode()


def test_no_p_value_stands_in_the_baseline_table():
    table = next(block for block in the_report().document.blocks if getattr(block, "anchor", "") == "tab-baseline")
    assert table.columns[0].head == "Characteristic"
    assert len(table.columns) == 1 + len(ARMS)


def test_each_number_leads_back_to_the_ledger():
    analyses = {each["id"]: each for each in json.loads(the_report().numbers)["analyses"]}
    assert analyses["activity.ancova"]["extension"]["entries"] == list(some_inputs().results.results[0].entries)


def test_pages_are_numbered():
    texts = the_pages()
    assert all(f"Page {number} of {len(texts)}" in text for number, text in enumerate(texts, start=1))


def test_every_item_of_consort_is_answered_or_left_to_the_authors():
    """CONSORT 2025: 30 items; a section that is named exists."""
    table = next(block for block in the_report().document.blocks if getattr(block, "anchor", "") == "tab-checklist")
    named = " ".join(str(row.cells[0]) for row in table.rows)
    assert {int(number) for number in re.findall(r"\d+", named)} == set(range(1, 31))
    assert not [row for row in table.rows if row.cells[2] == "not in this report"]
