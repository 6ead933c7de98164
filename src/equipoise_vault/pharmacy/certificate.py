"""A test on a lot's certificate: does the printed result meet the printed limit?"""

import re

from equipoise.vocabulary import Refusal, Reported, parse_reported

_LIMIT = re.compile(r"(?P<sign><=|>=|<|>|≤|≥)\s*(?P<number>[0-9]+(?:[.,][0-9]+)?)\s*(?P<unit>.*)")


def meets(result: str, limit: str) -> bool | None:
    """Whether a result such as `0.12 EU/mL` or `<0.05` meets a limit such as `< 0.5 EU/mL`.

    None where the two texts do not tell: words, another unit, or a result that only bounds the value.
    """
    parts = _LIMIT.fullmatch(limit.strip())
    found = _number(result.removesuffix(parts["unit"])) if parts else None
    bound = _number(parts["number"]) if parts else None
    if parts is None or found is None or bound is None:
        return None
    values, at = found.interval(), bound.interval().low
    assert at is not None, "a bare number is its own interval"
    match parts["sign"]:
        case "<":
            return values.lies_below(at)
        case ">":
            return values.lies_above(at)
        case "<=" | "≤":
            return _not(values.lies_above(at))
        case _:
            return _not(values.lies_below(at))


def _number(text: str) -> Reported | None:
    try:
        return parse_reported(text.strip(), "1", three_decimals=True)
    except Refusal:
        return None


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer
