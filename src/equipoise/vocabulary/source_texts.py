"""The texts that pages and rules show to people, found in the source; catalogues are brought up to date with them."""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from equipoise.vocabulary.catalogue import Text, mo_bytes, read_po, write_po

_CALLS = {"gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "_": 1, "ngettext": 2}
_SENTENCES = frozenset(
    {
        "Refusal",
        "Finding",
        "refusal",
        "_refusal",
        "_error",
        "_finding",
        "_in_future",
        "_not_of_type",
        "_not_read",
        "_out_of_order",
        "_within_limit",
        "require_reason",
        "require_text",
    }
)
"""Calls whose texts a person may read."""
_NAMES = frozenset({"sentence", "message", "place", "_REMEDY"})
"""Variables that hold such a text on the way."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the texts of a set of pages stand: `locale` holds its catalogues, `pages` its templates and code, `rules`
    the code whose refusals and findings it shows.  Folders are searched, files read.  `templatize` is Django's, which
    turns a template into calls."""

    locale: Path
    pages: tuple[Path, ...]
    rules: tuple[Path, ...]
    templatize: Callable[[str], str]

    @property
    def po(self) -> Path:
        return self.locale / "id" / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")

    @property
    def refusals(self) -> Path:
        """The list of what the rules say, for the running pages."""
        return self.locale / "refusals.txt"

    def texts_of_pages(self) -> set[Text]:
        """Everything that templates and code hand to gettext."""
        found: set[Text] = set()
        for path in _files(self.pages, ".html"):
            found |= set(_calls(ast.parse(_as_python(self.templatize(path.read_text("utf-8"))))))
        for tree in _trees(self.pages):
            found |= set(_calls(tree))
        return found

    def texts_of_rules(self) -> set[str]:
        """Every sentence and remedy that the rules can show, with `{}` where something is filled in."""
        found = {sentence for tree in _trees((*self.rules, *self.pages)) for sentence in _sentences(tree)}
        return found - {text.one for text in self.texts_of_pages()}

    def wanted(self) -> set[Text]:
        """Every text that a catalogue must hold."""
        return self.texts_of_pages() | {Text(each) for each in self.texts_of_rules()}

    def bring_up_to_date(self) -> list[str]:
        """New texts in, unused ones out, the rest kept, and compiled; gives what is not translated."""
        self.po.parent.mkdir(parents=True, exist_ok=True)
        known = read_po(self.po) if self.po.exists() else {}
        translations = {text: known.get(text, "") for text in self.wanted()}
        write_po(self.po, translations)
        self.mo.write_bytes(mo_bytes(translations))
        self.refusals.write_text("".join(f"{each}\n" for each in sorted(self.texts_of_rules())), "utf-8")
        return sorted(text.one for text, translation in translations.items() if not translation)

    def report(self) -> int:
        """Bring the catalogue up to date and say what is missing; the status of the command, 1 where something is."""
        missing = self.bring_up_to_date()
        sys.stdout.write("".join(f"not translated: {each}\n" for each in missing))
        return 1 if missing else 0


def _files(places: Iterable[Path], suffix: str) -> Iterator[Path]:
    for place in places:
        found = sorted(place.rglob(f"*{suffix}")) if place.is_dir() else [place]
        yield from (path for path in found if path.suffix == suffix)


def _trees(places: Iterable[Path]) -> Iterator[ast.Module]:
    for path in _files(places, ".py"):
        yield ast.parse(path.read_text("utf-8"))


def _as_python(source: str) -> str:
    """`templatize` gives calls between stretches of X; only the calls are kept."""
    return "\n".join(re.findall(r"(?:gettext|ngettext|_)\(.*?\)(?=\s|$)", source.replace("\n", " "), re.DOTALL)) or ""


def _calls(tree: ast.AST) -> Iterator[Text]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            parts = [
                each.value for each in node.args[:2] if isinstance(each, ast.Constant) and isinstance(each.value, str)
            ]
            if parts and parts[0]:
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
