"""What numbers of participants can do, by formula: power, detectable effects, and what an effect would have needed."""

import math
from collections.abc import Sequence

from equipoise.design.design_report import Curve, Detectable, Needed, SizeRow
from equipoise.design.power.ancova import ancova_effect, ancova_power, ancova_size
from equipoise.design.power.solving import arms_of
from equipoise.design.power.t_test import two_sample_effect, two_sample_power, two_sample_size

POWERS = (0.8, 0.9)
MOST_DRAWN = 2_000
_CURVE_POINTS = 24


def size_rows(
    sizes: Sequence[int], effects: Sequence[float], correlation: float, alpha: float, ratio: float = 1.0
) -> tuple[SizeRow, ...]:
    """Power at each size for each effect (SDs of the outcome)."""
    return tuple(
        SizeRow(
            size,
            arms,
            effect,
            two_sample_power(effect, *arms, alpha),
            ancova_power(effect, *arms, correlation, alpha),
        )
        for effect in effects
        for size in sizes
        for arms in (arms_of(size, ratio),)
    )


def detectable(sizes: Sequence[int], correlation: float, alpha: float, ratio: float = 1.0) -> tuple[Detectable, ...]:
    """The effects that each size finds with 80 % and 90 % power."""
    return tuple(
        Detectable(
            size,
            power,
            two_sample_effect(*arms, power, alpha),
            ancova_effect(*arms, power, correlation, alpha),
        )
        for power in POWERS
        for size in sizes
        for arms in (arms_of(size, ratio),)
    )


def needed(
    effects: Sequence[float], correlation: float, alpha: float, leaving: float, ratio: float = 1.0
) -> tuple[Needed, ...]:
    """Participants that each effect needs; with `leaving` as the share without an outcome, divided by 1 - leaving."""
    rows = []
    for effect in effects:
        for power in POWERS:
            first = ancova_size(effect, power, correlation, alpha, ratio)
            rows.append(
                Needed(
                    effect,
                    power,
                    whole_trial(two_sample_size(effect, power, alpha, ratio), ratio),
                    whole_trial(first, ratio),
                    whole_trial(inflated(first, leaving), ratio),
                )
            )
    return tuple(rows)


def inflated(size: float, leaving: float) -> float:
    """The number to randomise so that `size` remain if the share `leaving` has no outcome: n / (1 - leaving)."""
    assert 0 <= leaving < 1, "somebody remains"
    return size / (1 - leaving)


def whole_trial(first: float, ratio: float = 1.0) -> int:
    """Participants of both arms, each arm rounded up."""
    return math.ceil(first - 1e-9) + math.ceil(ratio * first - 1e-9)


def power_by_size(
    effects: Sequence[float], participants: int, correlation: float, alpha: float, ratio: float = 1.0
) -> tuple[Curve, ...]:
    """ANCOVA's power against the total number, one curve per effect, up to where 90 % is reached."""
    reach = max([participants, *(whole_trial(ancova_size(e, 0.9, correlation, alpha, ratio), ratio) for e in effects)])
    last = min(MOST_DRAWN, math.ceil(1.15 * reach))
    sizes = sorted({*(round(6 * (last / 6) ** (i / (_CURVE_POINTS - 1))) for i in range(_CURVE_POINTS)), participants})
    return tuple(
        Curve(
            f"{effect:g}",
            tuple((float(n), ancova_power(effect, *arms_of(n, ratio), correlation, alpha)) for n in sizes),
        )
        for effect in effects
    )


def power_by_effect(
    sizes: Sequence[int], largest: float, correlation: float, alpha: float, ratio: float = 1.0
) -> tuple[Curve, ...]:
    """ANCOVA's power against the effect in SDs, one curve per size."""
    effects = [largest * i / (_CURVE_POINTS - 1) for i in range(_CURVE_POINTS)]
    return tuple(
        Curve(f"{size}", tuple((e, ancova_power(e, *arms_of(size, ratio), correlation, alpha)) for e in effects))
        for size in sizes
    )
