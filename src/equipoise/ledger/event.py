"""Declared, versioned entry types: frozen dataclasses with a name, a version and one codec.

An entry type is for ever.  A changed shape is a new version of the same name, with an upcaster from the old one.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from equipoise.vocabulary import Json, utc_from_text, utc_text

E = TypeVar("E")
Body = Mapping[str, Any]
Read = Callable[[Any], Any]
Write = Callable[[Any], Json]

_classes: dict[str, type] = {}
_versions: dict[str, int] = {}
_upcasters: dict[tuple[str, int], Callable[[Body], Body]] = {}


def event(name: str, version: int = 1) -> Callable[[type[E]], type[E]]:
    """Declare a frozen dataclass as the entry type `name`, at its newest `version`."""

    def declare(cls: type[E]) -> type[E]:
        assert dataclasses.is_dataclass(cls), f"{cls.__name__} must be a dataclass"
        assert cls.__dataclass_params__.frozen, f"{cls.__name__} must be frozen"  # type: ignore[attr-defined]  # untyped
        assert name not in _classes, f"entry type {name} is declared twice"
        _classes[name] = cls
        _versions[name] = version
        cls.entry_type = name  # type: ignore[attr-defined]  # read back by `encode`, never by rooms
        return cls

    return declare


def upcaster(name: str, from_version: int) -> Callable[[Callable[[Body], Body]], Callable[[Body], Body]]:
    """Declare how a stored body of `from_version` becomes one of the next version."""

    def declare(function: Callable[[Body], Body]) -> Callable[[Body], Body]:
        assert (name, from_version) not in _upcasters, f"version {from_version} of {name} is upcast twice"
        _upcasters[name, from_version] = function
        return function

    return declare


def declared_types() -> Mapping[str, type]:
    """All entry types that are declared by the rooms imported so far, by name."""
    return types.MappingProxyType(_classes)


def newest_version(name: str) -> int:
    """The version at which a declared type is written today."""
    return _versions[name]


def encode(value: object) -> tuple[str, int, dict[str, Json]]:
    """Turn an event into (name, version, JSON body).  Fields that hold their default `None` or `()` are left out."""
    name: str = value.entry_type  # type: ignore[attr-defined]  # set by `event`; anything else is our bug
    assert type(value) is _classes[name], f"{type(value).__name__} is not the declared class of {name}"
    return name, _versions[name], _write_fields(value)


def decode(name: str, version: int, body: Body) -> Any:
    """Turn a stored body back into its event.

    Raises `KeyError` for a type or a version that this program does not know, and `TypeError` or `ValueError` for a
    body that does not fit its type.
    """
    newest = _versions[name]
    if version > newest:
        raise KeyError(f"{name} version {version}")
    while version < newest:
        body = _upcasters[name, version](body)
        version += 1
    return _fields_reader(_classes[name])(body)


# ---- writing: by the type of the value


def _write(item: Any) -> Json:
    return _writer(item.__class__)(item)


def _write_fields(value: Any) -> dict[str, Json]:
    body: dict[str, Json] = {}
    for key, left_out in _left_out(value.__class__):
        item = getattr(value, key)
        if item != left_out:
            body[key] = _write(item)
    return body


def _write_sequence(items: Sequence[Any]) -> Json:
    return [_write(item) for item in items]


def _write_mapping(items: Mapping[str, Any]) -> Json:
    return {key: _write(item) for key, item in items.items()}


def _as_it_is(item: Any) -> Any:
    return item


_WRITERS: tuple[tuple[type | tuple[type, ...], Write], ...] = (
    (Enum, attrgetter("value")),
    ((types.NoneType, bool, int, str), _as_it_is),
    (Decimal, str),
    (datetime, utc_text),
    (date, date.isoformat),
    (tuple, _write_sequence),
    (Mapping, _write_mapping),
)


@cache
def _writer(cls: type) -> Write:
    """The way to write values of one class."""
    for kind, write in _WRITERS:
        if issubclass(cls, kind):
            return write
    assert dataclasses.is_dataclass(cls), f"an entry cannot hold {cls.__name__}"
    return _write_fields


_NEVER = object()


@cache
def _left_out(cls: type) -> tuple[tuple[str, Any], ...]:
    """Each field with the value that its absence stands for: `None` or `()`, if the field may hold that."""
    hints = typing.get_type_hints(cls)
    return tuple((field.name, _absent(field, hints[field.name])) for field in dataclasses.fields(cls))


def _absent(field: "dataclasses.Field[Any]", hint: Any) -> Any:
    if _is_required(field):
        if types.NoneType in typing.get_args(hint):
            return None
        return () if typing.get_origin(hint) is tuple else _NEVER
    return field.default if field.default in (None, ()) else _NEVER


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


# ---- reading: by the declared type of the field


@cache
def _fields_reader(cls: type) -> Read:
    """The way to read one class: only what JSON does not give as it is needs a step of its own."""
    hints = typing.get_type_hints(cls)
    readers = [(key, read) for key, hint in hints.items() if (read := _reader(hint)) is not _as_it_is]
    required = {field.name for field in dataclasses.fields(cls) if _is_required(field)}
    absent = {key: value for key, value in _left_out(cls) if key in required and value is not _NEVER}

    def read_fields(body: Body) -> Any:
        values = {**absent, **body}
        for key, read in readers:
            if (item := values.get(key)) is not None:
                values[key] = read(item)
        return cls(**values)

    return read_fields


_READERS: Mapping[Any, Read] = {Decimal: Decimal, datetime: utc_from_text, date: date.fromisoformat}


def _reader(hint: Any) -> Read:
    """The way to read one declared type; what is not named here is taken as JSON gives it."""
    if hint in _READERS:
        return _READERS[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {member.value: member for member in hint}.__getitem__
    if dataclasses.is_dataclass(hint):
        return _fields_reader(typing.cast(type, hint))
    return _compound_reader(typing.get_origin(hint), typing.get_args(hint))


def _compound_reader(origin: Any, parts: tuple[Any, ...]) -> Read:
    if origin in (typing.Union, types.UnionType):
        return _optional_reader(parts)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        one = _reader(parts[1])
        return lambda items: {key: one(item) for key, item in items.items()}
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return _sequence_reader(parts)
    return _as_it_is


def _optional_reader(parts: tuple[Any, ...]) -> Read:
    readers = [_reader(part) for part in parts if part is not types.NoneType]
    if all(read is _as_it_is for read in readers):
        return _as_it_is
    assert len(readers) == 1, "an entry field is one type, or one type or None"
    return lambda item: None if item is None else readers[0](item)


def _sequence_reader(parts: tuple[Any, ...]) -> Read:
    if len(parts) == 1 or parts[1:] == (Ellipsis,):
        one = _reader(parts[0])
        return tuple if one is _as_it_is else lambda items: tuple([one(item) for item in items])
    readers = [_reader(part) for part in parts]
    return lambda items: tuple(read(item) for read, item in zip(readers, items, strict=True))
