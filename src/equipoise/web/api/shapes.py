"""From a command's dataclass to the body of a request that asks for it, and back.

What JSON leaves loose is read strictly: a date is `2022-08-31` and nothing else, a number is no text and a text no
number, a moment says its offset, and a field that the command does not have is refused.
"""

import dataclasses
import re
import types
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, create_model

from equipoise.conduct import Participant, Plan, Point
from equipoise.conduct.naming import entry_of_version, find_prompt, find_query
from equipoise.vocabulary import Role

LONGEST = 20_000
"""Characters of any text: the longest answer that an item may have.  The rules take less in most places."""
_MOST = 200
_LARGEST = 2**31 - 1
FIRST_YEAR, LAST_YEAR = 1900, 2199
NAMES: Mapping[str, str] = {"query": "The query's name, as it is listed.", "prompt": "The prompt's name, as listed."}
"""Field of a command that holds a number of the whole trial -> what stands there instead."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}.*", re.ASCII)


class Body(Schema):
    """What a program sends; a field that is not named here is refused."""

    model_config = ConfigDict(extra="forbid")


@cache
def shape_of(kind: type) -> type[Body]:
    """The body that asks for a command: its fields without the participant, who stands in the address."""
    fields: dict[str, Any] = {}
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        if field.name == "participant":
            continue
        is_given = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        default = ... if is_given else field.default
        if field.name in NAMES:
            hint: Any = _Text if is_given else _Text | None
            fields[field.name] = (hint, Field(default, description=NAMES[field.name]))
        elif field.name == "corrects":
            fields["version"] = (_Count, Field(..., description="The version that is corrected, as the page shows it."))
        else:
            fields[field.name] = (_read_as(hints[field.name]), Field(default))
    return create_model(kind.__name__, __base__=Body, __doc__=None, **fields)


def command_of(kind: type, body: Body, plan: Plan, role: Role, participant: Participant | None) -> object:
    """The command that a body asks for.  Raises `Refusal` for a name or a version that there is not for this role."""
    values = {name: _plain(getattr(body, name)) for name in type(body).model_fields}
    if participant is not None:
        values = _numbered(values, plan, role, participant)
        values["participant"] = participant.number
    return build(kind, values)


def build(kind: type, values: Mapping[str, Any]) -> Any:
    """A dataclass from plain values, its parts included; what it has no field for is left out."""
    hints = get_type_hints(kind)
    named = {field.name for field in dataclasses.fields(kind)}
    return kind(**{name: _as(hints[name], value) for name, value in values.items() if name in named})


def _numbered(values: Mapping[str, Any], plan: Plan, role: Role, participant: Participant) -> dict[str, Any]:
    """Names and versions put back into the numbers that the rules use."""
    found = dict(values)
    if found.get("query") is not None:
        found["query"] = find_query(plan, participant, role, found["query"]).number
    if found.get("prompt") is not None:
        found["prompt"] = find_prompt(plan, participant, role, found["prompt"]).number
    if "version" in found and "page" in found:
        page = found["page"]
        point = Point(page["encounter"], page["form"], found["item"], page["repetition"])
        found["corrects"] = entry_of_version(participant, point, found["version"])
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Schema):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    return tuple(_plain(each) for each in value) if isinstance(value, list | tuple) else value


def _as(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (each for each in get_args(hint) if each is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_as(get_args(hint)[0], each) for each in value)
    return build(hint, value) if dataclasses.is_dataclass(hint) and isinstance(hint, type) else value


def _read_as(hint: Any) -> Any:
    """The declared type as a request writes it."""
    if hint in _READ:
        return _READ[hint]
    if get_origin(hint) in (Union, types.UnionType):
        (one,) = (each for each in get_args(hint) if each is not type(None))
        return _read_as(one) | None
    if get_origin(hint) is tuple:
        return Annotated[tuple[_read_as(get_args(hint)[0]), ...], Field(max_length=_MOST)]  # type: ignore[misc]  # a type made at run time
    if get_origin(hint) is Literal or (isinstance(hint, type) and issubclass(hint, Enum)):
        return hint
    assert dataclasses.is_dataclass(hint) and isinstance(hint, type), f"a request cannot hold {hint}"
    kind: type = hint
    return shape_of(kind)


def _a_date(value: object) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("a date is written as 2022-08-31")
    return _in_time(date.fromisoformat(value))


def _a_moment(value: object) -> datetime:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("a moment is written as 2022-08-31T14:30:00+07:00")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a moment says its offset, as in +07:00")
    if (moment.utcoffset() or timedelta()) % timedelta(minutes=1):
        raise ValueError("an offset is in whole minutes")
    _in_time(moment.date())
    return moment


def _in_time(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"a year lies between {FIRST_YEAR} and {LAST_YEAR}")
    return day


_Text = Annotated[str, Field(max_length=LONGEST)]
_Count = Annotated[StrictInt, Field(ge=1, le=_LARGEST)]
_READ: Mapping[Any, Any] = {
    str: _Text,
    bool: StrictBool,
    int: Annotated[StrictInt, Field(ge=0, le=_LARGEST)],
    date: Annotated[date, BeforeValidator(_a_date)],
    datetime: Annotated[datetime, BeforeValidator(_a_moment)],
}
