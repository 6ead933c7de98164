"""The texts of the site: found in the source, kept in catalogues, compiled without any tool but Python.

`python -m equipoise.web.languages` brings `locale/` up to date and names what is not translated yet.  Two kinds of text
are found: what pages say (templates and `gettext` calls), and what the rules say to people (every `Refusal` of the
rooms), with `{}` where something is filled in.
"""

import ast
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_WEB = Path(__file__).parent
_LOCALE = _WEB / "locale"
_ROOMS = (
    "vocabulary/quantity.py",
    "ledger/book.py",
    "allocation/randomise.py",
    "conduct",
    "safety",
    "closure/review.py",
    "closure/obstacles.py",
    "closure/decide.py",
)
"""What can refuse a person on a page."""
_OWN = ("web", "store")
_CALLS = {"gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "_": 1, "ngettext": 2}
_SENTENCES = frozenset(
    {
        "Refusal",
        "Finding",
        "refusal",
        "_refusal",
        "_error",
        "_not_of_type",
        "_in_future",
        "require_reason",
        "require_text",
    }
)
"""Calls whose texts a person may read."""
_NAMES = frozenset({"sentence", "message", "_REMEDY"})
"""Variables that hold such a text on the way."""
_HEADER = r"""msgid ""
msgstr ""
"Language: id\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"
"""


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A message: what the source says, and its plural where it counts something."""

    one: str
    many: str = ""


def texts_of_pages() -> set[Text]:
    """Everything that templates and Python code of the site hand to gettext."""
    from django.utils.translation.template import templatize  # noqa: PLC0415  # Django is not needed to show a refusal

    found: set[Text] = set()
    for path in sorted(_WEB.rglob("templates/**/*.html")):
        found |= set(_calls(ast.parse(_as_python(templatize(path.read_text("utf-8"))))))
    for room in _OWN:
        for path in sorted((_WEB.parent / room).rglob("*.py")):
            found |= set(_calls(ast.parse(path.read_text("utf-8"))))
    return found


def texts_of_rules() -> set[str]:
    """Every sentence and remedy that a refusal of the rooms can show, with `{}` where something is filled in."""
    pages, found = {text.one for text in texts_of_pages()}, set[str]()
    for room in (*_ROOMS, *_OWN):
        place = _WEB.parent / room
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            found |= set(_sentences(ast.parse(path.read_text("utf-8"))))
    return found - pages


def _as_python(source: str) -> str:
    """`templatize` gives calls between stretches of X; only the calls are kept."""
    return "\n".join(re.findall(r"(?:gettext|ngettext|_)\(.*?\)(?=\s|$)", source.replace("\n", " "), re.DOTALL)) or ""


def _calls(tree: ast.AST) -> Iterator[Text]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            parts = [
                each.value for each in node.args[:2] if isinstance(each, ast.Constant) and isinstance(each.value, str)
            ]
            if parts:
                yield Text(*parts[: _CALLS[node.func.id]])


def _sentences(tree: ast.AST) -> Iterator[str]:
    """The texts with a space in every call that makes a refusal, and in every constant table of remedies."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in _SENTENCES:
                for part in [*node.args, *(each.value for each in node.keywords)]:
                    yield from _template(part)
        elif isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None:
            targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            names = {each.id for each in targets if isinstance(each, ast.Name)}
            if names & _NAMES:
                for part in node.value.values if isinstance(node.value, ast.Dict) else [node.value]:
                    yield from _template(part)


def _template(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        if " " in text and not text.startswith("{}, "):  # that one is a place
            yield text
    elif isinstance(node, ast.IfExp):
        yield from _template(node.body)
        yield from _template(node.orelse)


# --- catalogues ------------------------------------------------------------------------------------------------------


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


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def paths() -> tuple[Path, Path, Path]:
    """Where the Indonesian catalogue lies, its compiled form, and the list of what the rules say."""
    messages = _LOCALE / "id" / "LC_MESSAGES"
    return messages / "django.po", messages / "django.mo", _LOCALE / "refusals.txt"


def wanted() -> set[Text]:
    """Every text that a catalogue must hold."""
    return texts_of_pages() | {Text(each) for each in texts_of_rules()}


def main() -> int:
    """Bring the catalogue up to date: new texts in, unused ones out, the rest kept; names what is missing."""
    po, mo, rules = paths()
    po.parent.mkdir(parents=True, exist_ok=True)
    known = read_po(po) if po.exists() else {}
    translations = {text: known.get(text, "") for text in wanted()}
    write_po(po, translations)
    mo.write_bytes(mo_bytes(translations))
    rules.write_text("".join(f"{each}\n" for each in sorted(texts_of_rules())), "utf-8")
    missing = sorted(text.one for text, translation in translations.items() if not translation)
    sys.stdout.write("".join(f"not translated: {each}\n" for each in missing))
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
