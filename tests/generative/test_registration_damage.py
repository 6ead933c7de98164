"""Damaged records: every reading ends in a record that accounts for its leaves, or in a refusal."""

import copy
import json
from importlib.resources import files
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise.registration import judge, parse_record
from equipoise.vocabulary import Refusal
from registration_sample import GOOD

PAGE = files("equipoise").joinpath("studies/NCT05921058/record.txt").read_bytes()
LINES = PAGE.decode().split("\n")
SLOW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-5, 10**6), st.text(max_size=40), st.just([]), st.just({}))


def _accounts_for_itself(content: bytes) -> None:
    try:
        record = parse_record(content)
    except Refusal as refusal:
        assert refusal.sentence
        return
    provenance = record.provenance
    assert provenance.read + len(provenance.unread) == provenance.leaves
    assert len(judge(record)) == 76


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in below for place in _places(item, (*path, key)))]


PLACES = _places(GOOD)[1:]


@given(cut=st.integers(0, len(PAGE)), junk=st.binary(max_size=12))
@SLOW
def test_a_page_cut_anywhere(cut: int, junk: bytes) -> None:
    _accounts_for_itself(PAGE[:cut] + junk + PAGE[cut:])


@given(order=st.lists(st.integers(0, len(LINES) - 1), min_size=1, max_size=8), line=st.text(max_size=60))
@SLOW
def test_a_page_with_lines_lost_or_replaced(order: list[int], line: str) -> None:
    lines = list(LINES)
    for place in order:
        lines[place] = line
    _accounts_for_itself("\n".join(lines).encode("utf-8", "ignore"))


@given(places=st.lists(st.sampled_from(PLACES), min_size=1, max_size=4), value=VALUES)
@SLOW
def test_a_record_with_fields_of_any_other_type(places: list[tuple[Any, ...]], value: Any) -> None:
    document = copy.deepcopy(GOOD)
    for *parents, last in places:
        place: Any = document
        try:
            for key in parents:
                place = place[key]
            place[last] = value
        except (KeyError, IndexError, TypeError):
            continue
    _accounts_for_itself(json.dumps(document).encode())
