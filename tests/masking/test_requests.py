"""The statistical layer: size, statements, order and time of what masked roles ask, by arm (L10, L12).

What can be equal is asserted to be equal.  Time cannot: there the area under the curve of the arm, in pairs of the same
request, lies within 0.5 +- 0.02 with its 95 % interval; and a delay of 5 microseconds, planted in the requests that
take about a quarter of a millisecond, lies outside.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import worlds
from mutants import TREATED
from replay import MEASURED, Answer, Recording, answers, record

REPLAYS, TIMES = 10, 20
DELAY_SECONDS = 5e-6


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recording, Recording]:
    first, second = next(worlds.pairs_of_worlds("swap"))
    folder: Path = tmp_path_factory.mktemp("worlds")
    return record(first, folder / "one"), record(second, folder / "other")


def spin(arm: str) -> None:
    """The planted fault: the treated arm takes 5 microseconds longer."""
    until = time.perf_counter() + DELAY_SECONDS * (arm == TREATED)
    while time.perf_counter() < until:
        pass


def area(pairs: list[tuple[Answer, Answer]]) -> tuple[float, float, float]:
    """How often the treated arm's request took longer than the same one in the other world, and the 95 % interval."""
    longer = [_treated(pair).seconds - _untreated(pair).seconds for pair in pairs]
    share = sum((gap > 0) + (gap == 0) / 2 for gap in longer) / len(longer)
    half = 1.96 * (share * (1 - share) / len(longer)) ** 0.5
    return share, share - half, share + half


def _treated(pair: tuple[Answer, Answer]) -> Answer:
    return pair[0] if pair[0].arm == TREATED else pair[1]


def _untreated(pair: tuple[Answer, Answer]) -> Answer:
    return pair[1] if pair[0].arm == TREATED else pair[0]


def test_requests_of_both_arms_are_alike_in_size_statements_and_order(recorded: tuple[Recording, Recording]) -> None:
    pairs = list(answers(*recorded, random.Random(1)))
    assert {one.kind for one, _ in pairs} == {kind.__name__ for kind in MEASURED}
    for one, other in pairs:
        assert one.arm != other.arm
        assert (one.kind, one.size, one.statements) == (other.kind, other.size, other.statements)
    assert [request.moment for request in recorded[0].requests] == [request.moment for request in recorded[1].requests]


def test_requests_of_both_arms_take_the_same_time(
    recorded: tuple[Recording, Recording], is_full: bool, figure: Callable[[str, str], None]
) -> None:
    if not is_full:
        pytest.skip("times are measured in `make test-masking`, on a machine with nothing else to do")
    honest, delayed = (
        [pair for replay in range(REPLAYS) for pair in answers(*recorded, random.Random(replay), fault, TIMES)]
        for fault in (None, spin)
    )
    quick = [pair for pair in delayed if pair[0].kind != "Capture"]
    assert 2 * len(honest) >= 4_000
    (share, low, high), (caught, caught_low, _) = area(honest), area(quick)
    figure("times of requests, AUC of the arm", f"{share:.4f} ({low:.4f} to {high:.4f}) over {2 * len(honest):,}")
    figure("the same, 5 µs planted", f"{caught:.4f} (from {caught_low:.4f}) over {2 * len(quick):,}")
    assert low > 0.48 and high < 0.52
    assert caught_low > 0.52, "a delay of 5 microseconds would not be seen"
