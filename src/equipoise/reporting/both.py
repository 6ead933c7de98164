"""A document for the screen and for the archive."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from equipoise.reporting.document import Document
from equipoise.reporting.html import render_html
from equipoise.reporting.pdf import render_pdf


def write_both(document: Document, page: Path, paper: Path) -> None:
    """Write the document as HTML into the file `page` and as PDF into `paper`."""
    with ThreadPoolExecutor(1) as beside:  # the typesetter works outside Python: the page is made meanwhile
        typeset = beside.submit(render_pdf, document)
        page.write_text(render_html(document), encoding="utf-8", newline="\n")
        paper.write_bytes(typeset.result())
