"""Vector drawings: one SVG file per figure, and the same drawing inside a page that may be read in the dark."""

import re
from xml.etree import ElementTree

from defusedxml import ElementTree as DefusedTree

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)

INK = "#1c2126"
QUIET = "#5a646e"
RULE = "#c9d0d6"
PAPER = "#ffffff"
AMBER = "#8a4b00"
THEMED = {INK: "var(--ink)", QUIET: "var(--quiet)", RULE: "var(--rule)", PAPER: "var(--paper)", AMBER: "var(--amber)"}
"""Colours that follow the page's; those of the arms stay as they are."""

FAMILY = "'Libertinus Serif', 'STIX Two Text', 'Times New Roman', 'Liberation Serif', Tinos, Times, serif"
"""Letters of one width, near that of the face in which the figures are laid out; the first is the PDF's own."""

_DRAWN = frozenset({"svg", "g", "path", "rect", "circle", "line", "polyline", "polygon", "text", "tspan", "use", "defs",
                    "clipPath", "title", "desc"})  # fmt: skip
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def svg_file(drawn: str | bytes, title: str, description: str) -> str:
    """A stand-alone SVG with title and description, and nothing but shapes and text (no metadata, script or style)."""
    root = _parsed(drawn)
    described = ElementTree.Element(f"{{{SVG}}}desc")
    described.text = description
    titled = ElementTree.Element(f"{{{SVG}}}title")
    titled.text = title
    root.insert(0, described)
    root.insert(0, titled)
    root.set("role", "img")
    root.set("stroke-linejoin", "round")
    return ElementTree.tostring(root, encoding="unicode")


def inline_svg(drawn: str, anchor: str, alternative: str, width: int) -> str:
    """The drawing for an HTML page: ids made unique by `anchor`, the page's colours, the alternative as its name."""
    root = _parsed(drawn)
    for element in root.iter():
        _rename(element, anchor)
    for child in list(root):
        if _local(child) in {"title", "desc"}:
            root.remove(child)
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    root.set("role", "img")
    root.set("aria-label", alternative)
    root.set("style", f"width: {width}%")
    text = ElementTree.tostring(root, encoding="unicode")
    for colour, variable in THEMED.items():
        text = text.replace(colour, variable)
    return text


def _parsed(drawn: str | bytes) -> ElementTree.Element:
    root: ElementTree.Element = DefusedTree.fromstring(drawn)
    _keep_drawn(root)
    return root


def _keep_drawn(element: ElementTree.Element) -> None:
    for child in list(element):
        if _local(child) in _DRAWN:
            _keep_drawn(child)
        else:
            element.remove(child)
    for name in [name for name in element.attrib if name.lower().startswith("on")]:
        del element.attrib[name]


def _local(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _rename(element: ElementTree.Element, anchor: str) -> None:
    if "id" in element.attrib:
        element.set("id", f"{anchor}-{element.get('id')}")
    for name, value in element.attrib.items():
        if name.endswith("href") and value.startswith("#"):
            element.set(name, f"#{anchor}-{value[1:]}")
        elif "url(#" in value:
            element.set(name, _REFERENCE.sub(rf"url(#{anchor}-\1)", value))
