"""The document as PDF/A-2a and PDF/UA-1: for the archive, and for readers who do not see the page."""

import json
from importlib.resources import files

import typst

from equipoise.reporting.document import Document
from equipoise.reporting.lettering import printable
from equipoise.reporting.tree import document_tree


def render_pdf(document: Document) -> bytes:
    """The document as one PDF file.

    Only the fonts inside the typst package are used, and the time is the document's own: the same document gives the
    same bytes on every machine with the same version of typst.
    """
    template = files("equipoise.reporting").joinpath("report.typ").read_bytes()
    tree = document_tree(document, printable)
    pdf: bytes = typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=["a-2a", "ua-1"],  # ISO 19005-2 level A (tagged, Unicode) and ISO 14289-1
        timestamp=document.made_at,
        sys_inputs={"report": json.dumps(tree, ensure_ascii=False)},
    )
    return pdf
