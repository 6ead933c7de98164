"""Legacy public XML as a tree, with line numbers; entities and document types are refused, depth is bounded."""

import textwrap
from dataclasses import dataclass, field
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.sax import parseString

from equipoise.registration.source.limits import MAX_DEPTH, refuse, refuse_depth
from equipoise.registration.tree import Node


def read_xml(content: bytes) -> Node:
    """Read XML bytes into a tree whose paths look like `clinical_study/arm_group[2]/description`.

    Attributes are children named `@type`.  Raises `Refusal` for broken XML, a document type, an entity, or a depth
    over the limit.
    """
    builder = _TreeBuilder()
    try:
        parseString(content, builder, forbid_dtd=True)
    except DefusedXmlException:
        refuse("The XML declares a document type or entities, which a registry record never does; it was not opened.")
    except SAXParseException as error:
        line, column = error.getLineNumber(), error.getColumnNumber()
        refuse(f"The XML breaks off or is malformed at line {line}, column {column}: {error.getMessage()}.")
    except (SAXException, LookupError, ValueError) as error:
        refuse(f"The XML cannot be decoded: {error}.")
    assert builder.root is not None, "a document that parses has a root"
    return builder.root


@dataclass(slots=True)
class _Open:
    tag: str
    path: str
    line: int
    text: list[str] = field(default_factory=list)
    children: list[tuple[str, Node]] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)


class _TreeBuilder(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.root: Node | None = None
        self._open: list[_Open] = []
        self._locator: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - the name that SAX calls
        self._locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the name that SAX calls
        if len(self._open) >= MAX_DEPTH:
            refuse_depth()
        element = _Open(name, self._path_of(name), self._line())
        for key in attrs.getNames():
            path, value = f"{element.path}/@{key}", attrs.getValue(key)
            leaf = (path,) if value.strip() else ()
            element.children.append((f"@{key}", Node(path, value.strip() or None, (), (element.line,) * 2, leaf)))
        self._open.append(element)

    def characters(self, content: str) -> None:
        self._open[-1].text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - the name that SAX calls
        element = self._open.pop()
        text = _unindented("".join(element.text))
        leaf = (element.path,) if text else ()
        node = Node(element.path, text or None, tuple(element.children), (element.line, self._line()), leaf)
        if self._open:
            self._open[-1].children.append((name, node))
        else:
            self.root = node

    def _path_of(self, name: str) -> str:
        if not self._open:
            return name
        parent = self._open[-1]
        parent.seen[name] = count = parent.seen.get(name, 0) + 1
        return f"{parent.path}/{name}" if count == 1 else f"{parent.path}/{name}[{count}]"

    def _line(self) -> int:
        return (self._locator.getLineNumber() or 0) if self._locator else 0


def _unindented(text: str) -> str:
    if "\n" not in text:
        return text.strip()
    return textwrap.dedent(text.strip("\n")).strip()
