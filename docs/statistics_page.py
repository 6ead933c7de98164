"""The reference page of the statistical methods, from their docstrings and the table of their checks."""

import inspect
import tomllib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from equipoise import analysis
from equipoise.analysis import RiskInterval, Sides, SmallSample, Strategy, Structure, Ties, Variance, Zeros

VALIDATION = Path(__file__).parents[1] / "tests" / "independent" / "validation.toml"
KINDS = {
    "exact": "Exact tests and limits",
    "procedures": "Allocation procedures",
    "models": "Models",
    "missing": "Missing data",
    "multiplicity": "Multiplicity",
    "forensics": "Checks of published tables",
}
CHOICES = (Sides, Zeros, RiskInterval, Variance, Ties, Structure, SmallSample, Strategy)


def statistics_page() -> str:
    """Everything that a statistician may call, what it computes, where it is from, and what it was checked against."""
    table = tomllib.loads(VALIDATION.read_text(encoding="utf-8"))
    return "\n".join([*_head(), *_not_validated(table), *_overview(table), *_choices(), *_methods(table)])


def _head() -> Iterator[str]:
    yield "# The statistical methods"
    yield ""
    yield (
        "Generated from the docstrings and from `tests/independent/validation.toml`.  "
        "Import: `from equipoise.analysis import ...`.  Every published figure that is reproduced, with its test: "
        "`tests/independent/README.md`."
    )
    yield ""
    yield (
        "Numbers are read as they were recorded: text and decimals exactly, a binary float as its shortest decimal "
        "text.  An exact p-value is a fraction.  `result.exact` is true only where nothing was approximated, sampled "
        "or rounded."
    )
    yield ""


def _not_validated(table: dict[str, Any]) -> Iterator[str]:
    yield "## Not validated by a second implementation"
    yield ""
    found = [(name, entry) for methods in table.values() for name, entry in methods.items() if "open" in entry]
    for name, entry in found:
        yield f"- [`{name}`](#{name}): {entry['open']}."
    if not found:
        yield "Nothing: every method has an independent check."
    yield ""


def _overview(table: dict[str, Any]) -> Iterator[str]:
    for kind, title in KINDS.items():
        yield f"## {title}"
        yield ""
        yield "| method | checked against |"
        yield "|---|---|"
        for name, entry in sorted(table[kind].items()):
            yield f"| [`{name}`](#{name}) | {entry['against']} |"
        yield ""


def _choices() -> Iterator[str]:
    yield "## Choices that methods offer"
    yield ""
    for choice in CHOICES:
        yield f"**`{choice.__name__}`**: {_paragraphs(choice)[0]}"
        yield ""
        said = _member_docstrings(choice)
        for member in choice:
            text = f"  {said[member.name]}" if member.name in said else ""
            yield f"- `{choice.__name__}.{member.name}` ({member.value}).{text}"
        yield ""


def _methods(table: dict[str, Any]) -> Iterator[str]:
    yield "## Each method"
    yield ""
    entries = {name: entry for methods in table.values() for name, entry in methods.items()}
    for name, entry in sorted(entries.items()):
        method = getattr(analysis, name)
        yield f"### {name}"
        yield ""
        yield f"`{name}({_arguments(method)})`"
        for paragraph in _paragraphs(method):
            yield ""
            yield paragraph
        yield ""
        yield f"Checked against: {entry['against']}."
        if "open" in entry:
            yield f"**Not validated**: {entry['open']}."
        yield ""


def _arguments(method: Callable[..., Any]) -> str:
    """The names, with their defaults; types stand in the code."""
    parts, keyword_only = [], False
    for each in inspect.signature(method).parameters.values():
        if each.kind is each.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            parts.append("*")
        default = "" if each.default is each.empty else f"={_shown(each.default)}"
        parts.append(f"{each.name}{default}")
    return ", ".join(parts)


def _shown(default: object) -> str:
    return f"{type(default).__name__}.{default.name}" if isinstance(default, CHOICES) else repr(default)


def _paragraphs(of: object) -> list[str]:
    return [" ".join(part.split()) for part in (inspect.getdoc(of) or "").split("\n\n")]


def _member_docstrings(choice: type) -> dict[str, str]:
    """What stands as text below each member of an enumeration."""
    found: dict[str, str] = {}
    lines = inspect.getsource(choice).splitlines()
    for line, following in pairwise(lines):
        name, equals, _ = line.strip().partition(" = ")
        if equals and following.strip().startswith('"""'):
            found[name] = following.strip().strip('"')
    return found
