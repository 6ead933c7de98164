"""Texts and their translations: catalogues as gettext keeps them, and sentences of the rules in a reader's language.

No tool but Python is needed to write and compile a catalogue.  What is filled into a sentence is `{}` in its template.
"""

import ast
import re
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

_HEADER = r"""msgid ""
msgstr ""
"Language: id\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"
"""

Templates = tuple[tuple[re.Pattern[str], str], ...]


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A message: what the source says, and its plural where it counts something."""

    one: str
    many: str = ""


def read_po(path: Path) -> dict[Text, str]:
    """The translations of a catalogue, the header left out."""
    found: dict[Text, str] = {}
    for block in path.read_text("utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            match = re.match(r'(msgid_plural|msgid|msgstr(?:\[0\])?) (".*")$', line)
            if match:
                key, text = match.groups()
                parts[key] = ast.literal_eval(text)
            elif line.startswith('"') and key:
                parts[key] += ast.literal_eval(line)
        if parts.get("msgid"):
            found[Text(parts["msgid"], parts.get("msgid_plural", ""))] = parts.get("msgstr[0]", parts.get("msgstr", ""))
    return found


def write_po(path: Path, translations: dict[Text, str]) -> None:
    """Write a catalogue in the order of its texts."""
    blocks = [_HEADER]
    for text, translation in sorted(translations.items()):
        plural = f"msgid_plural {_quoted(text.many)}\nmsgstr[0]" if text.many else "msgstr"
        blocks.append(f"msgid {_quoted(text.one)}\n{plural} {_quoted(translation)}\n")
    path.write_text("\n".join(blocks), "utf-8")


def mo_bytes(translations: dict[Text, str]) -> bytes:
    """A catalogue as gettext reads it (GNU gettext manual, section 10.3), sorted, without a hash table."""
    header = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\nLanguage: id\n"
    pairs = {b"": header.encode()}
    for text, translation in translations.items():
        if translation:
            name = f"{text.one}\0{text.many}" if text.many else text.one
            pairs[name.encode()] = translation.encode()
    ids, values = b"", b""
    rows = []
    for key, value in sorted(pairs.items()):
        rows.append((len(key), len(ids), len(value), len(values)))
        ids += key + b"\0"
        values += value + b"\0"
    start = 28 + 16 * len(rows)
    table = b"".join(struct.pack("<II", length, start + at) for length, at, _, _ in rows)
    table += b"".join(struct.pack("<II", length, start + len(ids) + at) for _, _, length, at in rows)
    head = struct.pack("<7I", 0x950412DE, 0, len(rows), 28, 28 + 8 * len(rows), 0, 0)
    return head + table + ids + values


def templates(lines: Iterable[str]) -> Templates:
    """The sentences with something to fill in, ready to be recognised, the most specific ones first."""
    with_gaps = sorted((line for line in lines if "{}" in line), key=lambda line: -len(line))
    return tuple((re.compile(re.escape(line).replace(r"\{\}", "(.*?)"), re.DOTALL), line) for line in with_gaps)


def translated(
    text: str, known: Templates, gettext: Callable[[str], str], word: Callable[[str], str] | None = None
) -> str:
    """A sentence of the rules in the language of `gettext`; one that no template fits stays as it is.

    `word` words what is filled in; without it, `gettext` does.
    """
    if not text:
        return ""
    whole = gettext(text)
    if whole != text:
        return whole
    for pattern, template in known:
        found = pattern.fullmatch(text)
        if found:
            return gettext(template).format(*((word or gettext)(part) if part else part for part in found.groups()))
    first, stop, others = text.partition(". ")
    if not stop:
        return text
    return f"{translated(first + '.', known, gettext, word)} {translated(others, known, gettext, word)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
