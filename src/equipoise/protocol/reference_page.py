"""The reference page of `study.yaml`: every key with its kind and meaning, every rule, and the expressions."""

from collections.abc import Iterator
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from equipoise.protocol.expression import DECIMALS, FUNCTIONS
from equipoise.protocol.model_faults import leaves
from equipoise.protocol.participant_facts import PARTICIPANT_FACTS
from equipoise.protocol.rules import RULES
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.protocol.study_schema import field_docs, models

_INTRODUCTION = """# study.yaml

This page is made from the models by `docs/generate.py`; a test compares the two.

One file holds one version of one trial's definition. `equipoise new RECORD --out DIR` drafts one,
`equipoise check DIR` judges it, `equipoise diff A B` tells two apart, `equipoise rehearse DIR` plays it on synthetic
participants.

The file is YAML in UTF-8: maps, lists and plain values. Anchors, aliases and tags are not read. A decimal stays
decimal; `01` and `1e5` are texts; `yes` and `no` are words. A key that is not listed here is a mistake. `undecided`
may stand wherever it is named.
"""


def study_yaml_page() -> str:
    """Give the whole page as Markdown."""
    parts = [_INTRODUCTION, *(_section(model) for model in models()), _expressions(), _rules()]
    return "\n".join(parts)


def _section(model: type[BaseModel]) -> str:
    title = "The whole file" if model is StudyDefinition else model.__name__
    about = " ".join((model.__doc__ or "").split())
    docs = field_docs(model)
    rows = [_row(name, field, docs.get(name, "")) for name, field in model.model_fields.items()]
    return "\n".join(
        [f"## {title}", "", about, "", "| key | kind | if left out | meaning |", "|---|---|---|---|", *rows, ""]
    )


def _row(name: str, field: FieldInfo, meaning: str) -> str:
    plain = " ".join(meaning.split()).replace("|", "\\|")
    return f"| `{name}` | {_kind(field.annotation)} | {_default(field)} | {plain} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    default = field.get_default(call_default_factory=True)
    if default in (None, "", (), {}):
        return "none"
    if isinstance(default, BaseModel):
        return "its own defaults"
    return f"`{_written(default)}`"


def _written(value: Any) -> str:
    """Write a default as it would stand in the file."""
    if isinstance(value, tuple):
        return f"[{', '.join(_written(each) for each in value)}]"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kind(annotation: Any) -> str:
    return " or ".join(dict.fromkeys(_kinds(annotation)))


def _kinds(annotation: Any) -> Iterator[str]:
    for leaf in leaves(annotation):
        origin, arguments = get_origin(leaf), get_args(leaf)
        if origin is Literal:
            yield ", ".join(f"`{word}`" for word in arguments)
        elif origin is tuple:
            inner = " and ".join(_kind(each) for each in arguments if each is not Ellipsis)
            yield f"list of {inner}"
        elif origin is dict:
            yield f"map of {_kind(arguments[0])} to {_kind(arguments[1])}"
        elif isinstance(leaf, type) and issubclass(leaf, BaseModel):
            yield f"[{leaf.__name__}](#{leaf.__name__.lower()})"
        elif isinstance(leaf, type) and issubclass(leaf, Enum):
            yield ", ".join(f"`{member.value}`" for member in leaf)
        else:
            yield _PLAIN.get(leaf, str(leaf))


_PLAIN = {str: "text", int: "whole number", bool: "true, false", type(None): "nothing"}


def _expressions() -> str:
    functions = "\n".join(f"- `{name}`: {about}" for name, about in FUNCTIONS.items())
    facts = ", ".join(f"`{name}` ({kind})" for name, kind in PARTICIPANT_FACTS.items())
    return f"""## Expressions

`shown_if`, `must`, `derived` and `where` are CEL, the Common Expression Language, without loops: names of items,
numbers, quoted texts, `== != < <= > >=`, `in`, `&& || !`, `+ -`, `?:` and these functions.

{functions}

Numbers are exact to {DECIMALS} decimals. A name without an answer is unknown, not false: `a && b` is false if either
is false, else unknown if either is unknown. A quantity with a comparator (`<0.3`) is unknown in an expression. Dates
are compared as they are written (`2022-08-01`); codes of a choice are texts in quotes.

The analysis sets (`where`) may use what is known of a participant while everybody is masked: {facts}.
"""


def _rules() -> str:
    rows = "\n".join(f"| `{rule}` | {demand} |" for rule, demand in RULES.items())
    return f"""## Rules

Every rule below is held by a test that plants the mistake (`tests/spec/test_protocol_mistakes.py`,
`tests/spec/test_protocol_files.py`).

| rule | what it demands |
|---|---|
{rows}
"""
