"""Declared, versioned entry types: frozen dataclasses with a name, a version and one codec.

An entry type is for ever.  A changed shape is a new version of the same name, with an upcaster from the old one.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from equipoise.vocabulary import Json, utc_from_text, utc_text

E = TypeVar("E")
Body = Mapping[str, Any]

_classes: dict[str, type] = {}
_versions: dict[str, int] = {}
_upcasters: dict[tuple[str, int], Callable[[Body], Body]] = {}


def event(name: str, version: int = 1) -> Callable[[type[E]], type[E]]:
    """Declare a frozen dataclass as the entry type `name`, at its newest `version`."""

    def declare(cls: type[E]) -> type[E]:
        assert dataclasses.is_dataclass(cls), f"{cls.__name__} must be a dataclass"
        assert name not in _classes, f"entry type {name} is declared twice"
        _classes[name] = cls
        _versions[name] = version
        cls.entry_type = name  # type: ignore[attr-defined]  # read back by `encode`, never by rooms
        return cls

    return declare


def upcaster(name: str, from_version: int) -> Callable[[Callable[[Body], Body]], Callable[[Body], Body]]:
    """Declare how a stored body of `from_version` becomes one of the next version."""

    def declare(function: Callable[[Body], Body]) -> Callable[[Body], Body]:
        _upcasters[name, from_version] = function
        return function

    return declare


def declared_types() -> Mapping[str, type]:
    """All entry types that are declared by the rooms imported so far, by name."""
    return types.MappingProxyType(_classes)


def encode(value: object) -> tuple[str, int, dict[str, Json]]:
    """Turn an event into (name, version, JSON body).  Fields that hold their default `None` or `()` are left out."""
    name: str = value.entry_type  # type: ignore[attr-defined]  # set by `event`; anything else is our bug
    return name, _versions[name], _encode_fields(value)


def decode(name: str, version: int, body: Body) -> Any:
    """Turn a stored body back into its event.  Raises `KeyError` for an undeclared type."""
    cls = _classes[name]
    newest = _versions[name]
    while version < newest:
        body = _upcasters[name, version](body)
        version += 1
    return _decoder(cls)(body)


def _encode_fields(value: object) -> dict[str, Json]:
    body: dict[str, Json] = {}
    for key in _field_names(type(value)):
        item = getattr(value, key)
        if item is None or item == ():
            continue
        body[key] = _encode_value(item)
    return body


@cache
def _field_names(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(cls))


def _encode_value(item: object) -> Json:
    if isinstance(item, Enum):
        return str(item.value)
    if item is None or isinstance(item, (bool, int, str)):
        return item
    if isinstance(item, Decimal):
        return str(item)
    if isinstance(item, datetime):
        return utc_text(item)
    if isinstance(item, date):
        return item.isoformat()
    if isinstance(item, tuple):
        return [_encode_value(part) for part in item]
    if isinstance(item, Mapping):
        return {str(key): _encode_value(part) for key, part in item.items()}
    if dataclasses.is_dataclass(item):
        return _encode_fields(item)
    raise AssertionError(f"an entry cannot hold {type(item).__name__}")


@cache
def _decoder(cls: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(cls)
    readers = {key: _reader(hints[key]) for key in _field_names(cls)}

    def read(body: Body) -> Any:
        return cls(
            **{
                key: reader(body[key]) if key in body else _absent(hints[key])
                for key, reader in readers.items()
                if key in body or not _has_default(cls, key)
            }
        )

    return read


@cache
def _has_default(cls: type, key: str) -> bool:
    field = next(field for field in dataclasses.fields(cls) if field.name == key)
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _absent(hint: Any) -> Any:
    return () if typing.get_origin(hint) is tuple else None


_PLAIN: dict[Any, Callable[[Any], Any]] = {
    Decimal: Decimal,
    datetime: utc_from_text,
    date: date.fromisoformat,
}


def _reader(hint: Any) -> Callable[[Any], Any]:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        inner = [_reader(part) for part in typing.get_args(hint) if part is not type(None)]
        assert len(inner) == 1, "an entry field is one type, or one type or None"
        return lambda item: None if item is None else inner[0](item)
    if origin is tuple:
        parts = typing.get_args(hint)
        if len(parts) == 2 and parts[1] is Ellipsis:
            one = _reader(parts[0])
            return lambda items: tuple(one(item) for item in items)
        readers = [_reader(part) for part in parts]
        return lambda items: tuple(reader(item) for reader, item in zip(readers, items, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        one = _reader(typing.get_args(hint)[1])
        return lambda items: {key: one(item) for key, item in items.items()}
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if dataclasses.is_dataclass(hint):
        return _decoder(typing.cast(type, hint))
    return lambda item: item
