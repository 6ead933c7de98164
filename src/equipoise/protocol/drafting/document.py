"""The pieces of a drafted document, and the YAML text that they become."""

import re
from io import StringIO
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

Part: TypeAlias = dict[str, Any]
"""A map of the draft: plain texts, numbers, lists and maps, as `study.yaml` holds them."""

_LONGEST = 600
_WIDTH = 110


def unmarked(text: str) -> str:
    """Give a text of the record with single spaces and without the marks of its source, such as `\\<`."""
    return " ".join(re.sub(r"\\([<>\[\]*_~#+.()-])", r"\1", text).split())


def one_line(text: str) -> str:
    """Give a text of the record on one line, not longer than an official title may be."""
    plain = unmarked(text)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 4].rsplit(" ", 1)[0] + " ..."


def label(text: str) -> Part:
    """Give an English label; the translation is left to the team."""
    return {"en": one_line(text)}


def quoted(text: str) -> str:
    """Give a text that is written in quotes."""
    written: str = DoubleQuotedScalarString(text)
    return written


def yaml_text(document: Part, header: str) -> str:
    """Write a document as YAML with a comment before it, and an empty line before each block."""
    writer = YAML()
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.width = _WIDTH
    writer.allow_unicode = True
    writer.representer.ignore_aliases = lambda _: True
    text = StringIO()
    writer.dump(document, text)
    parts = re.sub(r"^(?=[a-z_]+:$)", "\n", text.getvalue(), flags=re.MULTILINE)
    comment = "".join(f"# {line}".rstrip() + "\n" for line in header.splitlines())
    return comment + parts
