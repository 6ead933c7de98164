"""Masking over the site, for roles that do not see the laboratory: what moves with the arm moves no byte there (L9)."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import mutants
import pytest
import site_worlds
from site_worlds import Pair, crawl, differences

from equipoise.vocabulary import Role

BLIND = (Role.CARE_PROVIDER, Role.OUTCOMES_ASSESSOR)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two worlds in which the hidden laboratory values move with the arm (L9), as in a drug that works."""
    site_worlds.web_world.fresh_site()  # configures Django, before the plants name its parts
    first, second = site_worlds.pair_of_parts("swap")
    folder = tmp_path_factory.mktemp("site")
    one = site_worlds.ready(folder / "one", first, mutants.restricted_inputs)
    other = site_worlds.ready(folder / "other", second, mutants.restricted_inputs)
    assert one.arms.keys() == other.arms.keys()
    assert all(one.arms[number] != other.arms[number] for number in one.arms)
    yield Pair(one, other)


def test_who_does_not_see_the_laboratory_learns_nothing_from_it(pair: Pair) -> None:
    """The values that move with the arm move no byte for the roles from which they are hidden."""
    first, second = crawl(pair.one, BLIND), crawl(pair.other, BLIND)
    assert differences(pair.one, pair.other, first, second) == []
    seeing = [crawl(each, (Role.INVESTIGATOR,), only=("api:trail",)) for each in (pair.one, pair.other)]
    assert differences(pair.one, pair.other, *seeing), "the hidden values did not move"


def _sees_all(pair: Pair) -> Any:
    """Somebody forgets the rule on one page of the API."""
    return mock.patch("equipoise.web.api.showing.sees", lambda role, item: True)


def _sees_entries(pair: Pair) -> Any:
    """Somebody shows the number of the entry, which counts over the whole trial."""
    return mock.patch("equipoise.web.audit_trail.hides_something", lambda plan, role: False)


@pytest.mark.parametrize("plant", [_sees_all, _sees_entries], ids=lambda each: each.__name__)
def test_a_forgotten_sight_rule_is_caught(plant: Any, pair: Pair) -> None:
    crawls = []
    for world in (pair.one, pair.other):
        with plant(pair):
            crawls.append(crawl(world, (Role.CARE_PROVIDER,), only=("api:page", "api:audit_sheet")))
    assert differences(pair.one, pair.other, *crawls), f"{plant.__doc__} was not caught"
