"""From typed fields to a command: the one place where pages and programs turn text into what a person intends.

A command's own fields say what is read; what stands in no field of it is not read at all (no mass assignment).
"""

import dataclasses
import re
import types
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from equipoise.conduct import Plan
from equipoise.vocabulary import Refusal

C = TypeVar("C")
Fields = Mapping[str, Sequence[str]]
"""Name of a field -> what was typed there, once or several times."""

_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})", re.ASCII)
_TRUE, _FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "0"})


def read_command(kind: type[C], fields: Fields, plan: Plan, **known: Any) -> C:
    """Build a declared command from what was typed; `known` are the fields that the address or the session gives.

    A nested value (the assessment of an adverse event) is read from the same fields.  Raises `Refusal` (rule `FIELD`)
    for a field that is empty or cannot be read; the sentence never repeats what was typed.
    """
    values: dict[str, Any] = {}
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]  # commands are dataclasses
        if field.name in known:
            values[field.name] = known[field.name]
            continue
        found = _read(hints[field.name], field.name, fields, plan)
        if found is not _ABSENT:
            values[field.name] = found
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise _refusal(field.name, "is empty", "Fill it in.")
    return kind(**values)


def read_date(text: str, name: str = "date") -> date:
    """A date as `2022-08-31`, or day first as `31-08-2022` and `31/8/2022`."""
    stripped = text.strip()
    day_first = _DAY_FIRST.fullmatch(stripped)
    try:
        if day_first:
            day, month, year = (int(part) for part in day_first.groups())
            return _in_our_time(date(year, month, day))
        return _in_our_time(date.fromisoformat(stripped))
    except ValueError:
        raise _refusal(name, "is no date", "Write it as 31-08-2022 or 2022-08-31.") from None


def _in_our_time(day: date) -> date:
    """Raises `ValueError` for a day that no trial knows and that no calendar could add a window to."""
    if not 1900 <= day.year < 2200:
        raise ValueError
    return day


_ABSENT = object()


def _read(hint: Any, name: str, fields: Fields, plan: Plan) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (each for each in get_args(hint) if each is not type(None))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return read_command(hint, fields, plan)
    if get_origin(hint) is tuple:
        each = get_args(hint)[0]
        return tuple(_one(each, name, text, plan) for text in fields.get(name, ()) if text.strip())
    typed = fields.get(name, ())
    if not typed or not typed[-1].strip():
        return _ABSENT
    return _one(hint, name, typed[-1], plan)


def _one(hint: Any, name: str, text: str, plan: Plan) -> Any:
    if hint is datetime:
        return _moment(name, text, plan)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _word(hint, name, text)
    return _READERS[hint](name, text)


def _moment(name: str, text: str, plan: Plan) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
        _in_our_time(moment.date())
    except ValueError:
        raise _refusal(name, "is no date and time", "Write it as 2022-08-31T14:30.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=plan.zone)


def _word(kind: type[Enum], name: str, text: str) -> Enum:
    try:
        return kind(text.strip())
    except ValueError:
        raise _refusal(name, "is none of the offered words", "Choose one of them.") from None


def _truth(name: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise _refusal(name, "is neither yes nor no", "Choose one of them.")
    return word in _TRUE


def _whole(name: str, text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,15}", text.strip(), re.ASCII):
        raise _refusal(name, "is no whole number", "Write it in digits.")
    return int(text)


_READERS: Mapping[Any, Callable[[str, str], Any]] = {
    str: lambda name, text: text,
    bool: _truth,
    int: _whole,
    date: lambda name, text: read_date(text, name),
}


def _refusal(name: str, fault: str, remedy: str) -> Refusal:
    return Refusal("FIELD", f"The field “{name.replace('_', ' ')}” {fault}.", remedy)
