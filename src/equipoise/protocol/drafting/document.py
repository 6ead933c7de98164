"""The pieces of a drafted document, and the YAML text that they become."""

import re
from io import StringIO
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from equipoise.registration.language.plain_text import one_line

Part: TypeAlias = dict[str, Any]
"""A map of the draft: plain texts, numbers, lists and maps, as `study.yaml` holds them."""

_WIDTH = 110


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
