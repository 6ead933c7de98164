"""Every declared entry type comes back from its bytes as it went in, whatever it holds."""

import dataclasses
import importlib
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

import ledger_sample
from equipoise.ledger import GENESIS, Entry, declared_types, event, newest_version, next_entry
from equipoise.ledger.event import _upcasters
from equipoise.vocabulary import Refusal, Role

ROOMS = ["ledger", "registration", "protocol", "design", "allocation", "conduct", "safety", "closure"]
for room in ROOMS:
    importlib.import_module(f"equipoise.{room}")


@dataclasses.dataclass(frozen=True)
class Part:
    sides: tuple[ledger_sample.Side, ...]
    when: date | None = None


@event("sample_everything")
@dataclasses.dataclass(frozen=True, slots=True)
class Everything:
    """One field of each form that a field may have."""

    text: str
    count: int
    yes: bool
    amount: Decimal
    moment: datetime
    day: date
    side: ledger_sample.Side
    part: Part
    maybe_part: Part | None
    parts: tuple[Part, ...]
    pair: tuple[str, Decimal]
    table: Mapping[str, Decimal]
    nested: Mapping[str, tuple[date, ...]]
    either: int | str | None
    maybe_text: str | None = None
    maybe_amount: Decimal | None = None
    names: tuple[str, ...] = ()
    some: tuple[int, ...] = (1,)
    maybe_default: str | None = "default"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MOMENTS = st.datetimes(timezones=st.just(UTC))
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)
PLAIN = {
    str: TEXT,
    int: st.integers(-(2**63), 2**63),
    bool: st.booleans(),
    Decimal: DECIMALS,
    datetime: MOMENTS,
    date: st.dates(),
    type(None): st.none(),
    object: TEXT,
    typing.Any: TEXT,
}


def values(hint) -> st.SearchStrategy:
    """Values of a declared type."""
    if hint in PLAIN:
        return PLAIN[hint]
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(values, parts))
    if origin is typing.Literal:
        return st.sampled_from(parts)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(values(parts[0]), values(parts[1]), max_size=3)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        if len(parts) == 1 or parts[1] is Ellipsis:
            return st.lists(values(parts[0]), max_size=3).map(tuple)
        return st.tuples(*map(values, parts))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    assert dataclasses.is_dataclass(hint), f"this test has no values of {hint}"
    hints = typing.get_type_hints(hint)
    return st.fixed_dictionaries({field.name: values(hints[field.name]) for field in dataclasses.fields(hint)}).map(
        lambda fields: _made(hint, fields)
    )


def _made(cls, fields):
    try:
        return cls(**fields)
    except (AssertionError, ValueError, Refusal):  # the type itself does not allow these values
        reject()


def comes_back(held) -> bool:
    entry = next_entry(1, GENESIS, held, who="n.sari", role=Role.SYSTEM, when=ledger_sample.START, why="", request="")
    return Entry(1, entry.content, entry.prev, entry.hash).event == held


@settings(max_examples=60, deadline=None)
@given(values(Everything))
def test_every_form_of_a_field_comes_back(held):
    assert comes_back(held)


@pytest.mark.parametrize("name", sorted(declared_types()))
def test_every_declared_type_comes_back(name):
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(values(declared_types()[name]))
    def check(held):
        assert comes_back(held)

    check()


@pytest.mark.parametrize("name", sorted(declared_types()))
def test_every_old_version_of_a_type_has_a_way_up(name):
    missing = [version for version in range(1, newest_version(name)) if (name, version) not in _upcasters]
    assert missing == []
