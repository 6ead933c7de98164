"""JSON from outside, read with limits: depth, digits, numbers that are none, names that stand twice."""

import json
import re
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

DEEPEST = 32
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])', re.DOTALL)
_DIGITS = 30


class CarefulParser(Parser):
    """The body of a request as plain values.  Raises `ValueError`, which is answered with 400."""

    def parse_body(self, request: HttpRequest) -> Any:
        require_shallow(request.body)
        return json.loads(
            request.body.decode("utf-8"),
            parse_int=_whole,
            parse_constant=_no_number,
            object_pairs_hook=_each_once,
        )


def require_shallow(text: bytes) -> None:
    """Refuse what is nested deeper than anything that is asked for: the parser would fail on it."""
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += bool(found[1]) - bool(found[2])
        if depth > DEEPEST:
            raise ValueError("nested too deep")


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError("too many digits")
    return int(digits)


def _no_number(name: str) -> float:
    raise ValueError("not a number")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found
