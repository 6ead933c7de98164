"""An entry type is for ever: what was stored in an old version reads as today's event."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from equipoise.ledger import ClockJump, Entry, chain_hash, declared_types, decode, encode, event, upcaster
from equipoise.vocabulary import Role
from ledger_sample import Enrolled, Side


@event("sample_dose", version=3)
@dataclass(frozen=True, slots=True)
class Dose:
    """Version 1 held `ml` as text with its unit, version 2 as a decimal named `volume`; version 3 names the unit."""

    participant: str
    volume_ml: Decimal
    given_at: datetime | None
    not_given_because: str = ""


@upcaster("sample_dose", from_version=1)
def _unit_out_of_the_value(body: Mapping[str, object]) -> Mapping[str, object]:
    kept = {key: value for key, value in body.items() if key != "ml"}
    return {**kept, "volume": str(body["ml"]).removesuffix(" mL")}


@upcaster("sample_dose", from_version=2)
def _unit_into_the_name(body: Mapping[str, object]) -> Mapping[str, object]:
    kept = {key: value for key, value in body.items() if key != "volume"}
    return {**kept, "volume_ml": body["volume"]}


GIVEN = datetime(2024, 1, 2, 9, 30, tzinfo=UTC)

# As they lie in ledgers of the past.  A line is added with every new version of a type, and never changed.
STORED = [
    (
        b'{"at":"2024-01-02T09:31:00.000000Z","body":{"given_at":"2024-01-02T09:30:00.000000Z","ml":"1.5 mL",'
        b'"participant":"P001"},"role":"care_provider","seq":1,"type":"sample_dose","version":1,"who":"n.sari"}',
        Dose("P001", Decimal("1.5"), GIVEN),
    ),
    (
        b'{"at":"2024-01-02T09:31:00.000000Z","body":{"given_at":"2024-01-02T09:30:00.000000Z","participant":"P001",'
        b'"volume":"1.5"},"role":"care_provider","seq":1,"type":"sample_dose","version":2,"who":"n.sari"}',
        Dose("P001", Decimal("1.5"), GIVEN),
    ),
    (
        b'{"at":"2024-01-02T09:31:00.000000Z","body":{"not_given_because":"fever","participant":"P001",'
        b'"volume_ml":"0"},"role":"care_provider","seq":1,"type":"sample_dose","version":3,"who":"n.sari"}',
        Dose("P001", Decimal(0), None, "fever"),
    ),
    (
        b'{"at":"2024-01-02T10:00:00.000000Z","body":{"clock_read":"2024-01-02T09:00:00.000000Z",'
        b'"ledger_time":"2024-01-02T10:00:00.000000Z"},"role":"system","seq":1,"type":"clock_jump","version":1,'
        b'"who":"equipoise"}',
        ClockJump(datetime(2024, 1, 2, 9, tzinfo=UTC), datetime(2024, 1, 2, 10, tzinfo=UTC)),
    ),
]


@pytest.mark.parametrize(("content", "expected"), STORED)
def test_every_stored_version_reads_as_the_event_of_today(content, expected):
    entry = Entry(1, content, "0" * 64, chain_hash("0" * 64, content))
    assert entry.event == expected
    assert entry.role in Role


def test_a_field_that_holds_its_default_nothing_is_left_out_and_comes_back():
    name, version, body = encode(Enrolled("P001", date(2024, 1, 2)))
    assert (name, version) == ("sample_enrolled", 1)
    assert body == {"participant": "P001", "enrolled_on": "2024-01-02", "side": "left"}
    assert decode(name, version, body) == Enrolled("P001", date(2024, 1, 2), Side.LEFT, ())


@event("sample_defaults")
@dataclass(frozen=True, slots=True)
class Defaults:
    reached: str | None = "by telephone"
    times: tuple[int, ...] = (1, 2)


@pytest.mark.parametrize("held", [Defaults(), Defaults(None, ()), Defaults("at home", (3,))])
def test_nothing_is_written_where_nothing_is_not_the_default(held):
    assert decode(*encode(held)) == held


@pytest.mark.parametrize(
    ("name", "version", "body", "error"),
    [
        ("unheard_of", 1, {}, KeyError),
        ("sample_dose", 4, {"participant": "P001", "volume_ml": "1"}, KeyError),
        ("sample_dose", 0, {"participant": "P001", "volume_ml": "1"}, KeyError),
        ("sample_dose", 3, {"participant": "P001"}, TypeError),
        ("sample_dose", 3, {"participant": "P001", "volume_ml": "1", "arm": "A"}, TypeError),
        ("sample_dose", 3, {"participant": "P001", "volume_ml": "1", "given_at": "noon"}, ValueError),
        ("sample_enrolled", 1, {"participant": "P001", "enrolled_on": "2024-01-02", "side": "up"}, KeyError),
    ],
)
def test_a_body_that_does_not_fit_its_type_is_not_read_as_something_else(name, version, body, error):
    with pytest.raises(error):
        decode(name, version, body)


def test_a_type_is_declared_once_and_is_a_frozen_dataclass():
    with pytest.raises(AssertionError, match="twice"):
        event("sample_dose")(Dose)
    with pytest.raises(AssertionError, match="dataclass"):
        event("sample_plain")(object)
    with pytest.raises(AssertionError, match="frozen"):
        event("sample_thawed")(dataclass(type("Thawed", (), {})))
    assert "sample_thawed" not in declared_types()


@pytest.mark.parametrize("unfit", [1.5, ["a list"], {"a set"}, b"bytes", object()])
def test_what_an_entry_cannot_hold_is_our_bug(unfit):
    with pytest.raises(AssertionError):
        encode(Dose(unfit, Decimal(1), None))


def test_canonical_content_is_the_same_whatever_the_order_of_the_fields():
    for content, _ in STORED:
        fields = json.loads(content)
        assert json.dumps(fields, sort_keys=True, separators=(",", ":")).encode() == content
