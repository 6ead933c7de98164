"""The document as one self-contained HTML file: no script, no request to anywhere, readable on a phone and on paper."""

from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from equipoise.reporting.document import Document
from equipoise.reporting.drawing import inline_svg
from equipoise.reporting.lettering import visible
from equipoise.reporting.tree import document_tree


def render_html(document: Document) -> str:
    """The document as HTML.  Every text is escaped; the only markup that passes is our own template and drawings."""
    room = files("equipoise.reporting")
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    template = environment.from_string(room.joinpath("report.html").read_text(encoding="utf-8"))
    tree = document_tree(document, visible)
    sheets = (room.joinpath(name).read_text(encoding="utf-8") for name in ("letters.css", "report.css"))
    style = Markup("".join(sheets))  # noqa: S704  # our own style sheets
    return template.render(**tree, style=style, drawing=_drawing)


def _drawing(figure: dict[str, Any]) -> Markup:
    """A drawing inside the page.  `inline_svg` has parsed and rebuilt it: only shapes, text and styles remain."""
    return Markup(  # noqa: S704
        inline_svg(figure["svg"], figure["anchor"], figure["alternative"], figure["width"])
    )
