"""API v2 JSON as a tree: repeated keys are kept, numbers stay text, depth is bounded."""

import json
from collections import Counter
from typing import Any, NoReturn

from equipoise.registration.source.limits import MAX_DEPTH, MAX_DIGITS, refuse, refuse_depth, refuse_long_number
from equipoise.registration.tree import Node


class _Pairs(list[tuple[str, Any]]):
    """The members of an object, repeated keys included; a plain dict would lose all but the last."""


def read_json(text: str) -> Node:
    """Read JSON text into a tree whose paths look like `protocolSection.designModule.phases[0]`.

    Raises `Refusal` for broken JSON, a depth over the limit, a whole number of more than 18 digits, or NaN.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_Pairs, parse_int=_whole_number, parse_float=str, parse_constant=_not_json
        )
    except json.JSONDecodeError as error:
        refuse(f"The JSON breaks off or is malformed at line {error.lineno}, column {error.colno}: {error.msg}.")
    except RecursionError:
        refuse_depth()
    return _node("", value, 0)


def _whole_number(digits: str) -> str:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        refuse_long_number(len(digits.lstrip("-")))
    return digits


def _not_json(word: str) -> NoReturn:
    refuse(f"The file holds the value {word}, which is not JSON.")


def _node(path: str, value: Any, depth: int) -> Node:
    if depth > MAX_DEPTH:
        refuse_depth()
    if isinstance(value, _Pairs):
        seen: Counter[str] = Counter()
        children: list[tuple[str, Node]] = []
        for key, item in value:
            seen[key] += 1
            children += _members(path, key, item, depth, seen[key])
        return Node(path, children=tuple(children))
    if isinstance(value, list):
        return Node(path, children=tuple(_members(path, "", value, depth)))
    text = _scalar(value)
    return Node(path, text or None, leaf_ids=(path,) if text.strip() else ())


def _members(path: str, key: str, item: Any, depth: int, time: int = 1) -> list[tuple[str, Node]]:
    plain = _whole_text(key)
    name = json.dumps(plain) if any(letter in plain for letter in '.[#"') else plain  # each leaf has its own path
    name = name if time == 1 else f"{name}#{time}"
    below = f"{path}.{name}" if path and name else path or name
    if isinstance(item, list) and not isinstance(item, _Pairs):
        return [(key, _node(f"{below}[{place}]", member, depth + 1)) for place, member in enumerate(item)]
    return [(key, _node(below, item, depth + 1))]


def _scalar(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else _whole_text(str(value))


def _whole_text(text: str) -> str:
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        refuse("The JSON holds half a character (a lone surrogate), which is not text.")
    return text
