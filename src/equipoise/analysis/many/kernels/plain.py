"""The kernels in plain numpy: slower, and the reference for the compiled ones."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Sides = NDArray[np.int8]


def arm_moments(x: Floats, y: Floats, side: Sides, out: Floats) -> None:
    """Per arm (0 reference, 1 experimental) and trial: n, means of x and y, centred sums xx, xy and yy.

    `x`, `y` and `side` are (T, n); `out` is (2, 6, T).  An empty arm has zeros.
    """
    for arm in (0, 1):
        inside = side == arm
        size = inside.sum(axis=1)
        share = np.maximum(size, 1)
        mean_x = np.where(inside, x, 0.0).sum(axis=1) / share
        mean_y = np.where(inside, y, 0.0).sum(axis=1) / share
        from_x = np.where(inside, x - mean_x[:, None], 0.0)
        from_y = np.where(inside, y - mean_y[:, None], 0.0)
        sums = ((from_x * from_x).sum(axis=1), (from_x * from_y).sum(axis=1), (from_y * from_y).sum(axis=1))
        out[arm] = (size, mean_x, mean_y, *sums)


def covariance(m: Floats, out: Floats) -> None:
    """Analysis of covariance from the moments of `arm_moments` (2, 6, T); `out` (3, T) as `answered` gives it."""
    (n0, n1), (x0, x1), (y0, y1), *sums = m.transpose(1, 0, 2)
    spread, product, total = (each[0] + each[1] for each in sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope, shift, df = product / spread, x1 - x0, n0 + n1 - 3
        variance = (total - slope * product) / df
        out[:] = answered(y1 - y0 - slope * shift, variance * (1 / n0 + 1 / n1 + shift * shift / spread), df)


def answered(estimate: Floats, square: Floats, df: Floats) -> tuple[Floats, Floats, Floats]:
    """Estimate, standard error and degrees of freedom; nan, nan and 1 without spread or with too few participants."""
    can = (square > 0) & np.isfinite(square) & (df > 0)
    return np.where(can, estimate, np.nan), np.sqrt(np.where(can, square, np.nan)), np.where(can, df, 1.0)


def procedure_p(  # noqa: PLR0917  the compiled twin takes the same
    scores: Ints,
    side: Sides,
    starts: NDArray[np.bool_],
    chance: Floats,
    treats: Sides,
    after: Ints,
    given_sizes: bool,
    out: Floats,
) -> None:
    """Two-sided p of the difference in means of whole-number `scores` >= 0 (T, n) under a procedure, per trial.

    The procedure's states have branches with `chance`, of which those with `treats` 1 give the experimental arm, and
    lead to `after`; it goes back to state 0 before whoever `starts` a stratum.  Everybody takes part in the walk; who
    has `side` -1 counts in no sum.
    p = P(|D - E D| >= |d - E D|) over sequences in which both arms are present; if `given_sizes`, given the observed
    arm sizes.
    """
    for trial, (score, own, first) in enumerate(zip(scores, side, starts, strict=True)):
        used = own >= 0
        treated = int((own == 1).sum())
        if treated in (0, int(used.sum())):
            out[trial] = 1.0
            continue
        law = _law(score, used, first, chance, treats, after)
        only = treated if given_sizes else None
        out[trial] = _tail(law, int(used.sum()), int(score[used].sum()), (treated, int(score[own == 1].sum())), only)


def _law(  # noqa: PLR0917  as `procedure_p`
    score: Ints, used: NDArray[np.bool_], starts: NDArray[np.bool_], chance: Floats, treats: Sides, after: Ints
) -> dict[int, Floats]:
    """Number treated -> weights of the treated sums."""
    reach = int(score[used].sum()) + 1
    now = {(0, 0): np.eye(1, reach)[0]}
    for gain, counts, anew in zip(score, used, starts, strict=True):
        new: dict[tuple[int, int], Floats] = {}
        for (reached, size), weights in now.items():
            state = 0 if anew else reached
            for branch, share in enumerate(chance[state]):
                if share:
                    grows = bool(counts and treats[state, branch])
                    key = (int(after[state, branch]), size + grows)
                    moved = np.concatenate((np.zeros(int(gain)), weights))[:reach] if grows else weights
                    new[key] = new.get(key, 0.0) + share * moved
        now = new
    law: dict[int, Floats] = {}
    for (_, size), weights in now.items():
        law[size] = law.get(size, 0.0) + weights
    return law


def _tail(law: dict[int, Floats], used: int, total: int, observed: tuple[int, int], only: int | None) -> float:
    law = {size: weights for size, weights in law.items() if 0 < size < used and only in (None, size)}
    values = {k: (used * np.arange(total + 1) - k * total) / (k * (used - k)) for k in law}
    weight = sum(float(weights.sum()) for weights in law.values())
    centre = sum(float((weights * values[k]).sum()) for k, weights in law.items()) / weight
    distance = abs((used * observed[1] - observed[0] * total) / (observed[0] * (used - observed[0])) - centre)
    distance -= 1e-9 * (1.0 + distance)
    tail = sum(float(weights[np.abs(values[k] - centre) >= distance].sum()) for k, weights in law.items())
    return min(1.0, tail / weight)


def successive_maxima(
    z: Floats, used: NDArray[np.bool_], lists: NDArray[np.bool_], bound: Floats, counts: Ints
) -> None:
    """Adds to `counts` (E, T): lists (B, n) under which the largest statistic of endpoint e and all after it reaches
    `bound` (E, T).

    The statistic of scores `z` (T, n, E; zero for who is not `used`) is |sum over treated| / sqrt(k (n - k) / n), and
    zero where a list leaves an arm empty.
    """
    treated = lists.astype(np.float64)
    for trial, (scores, inside) in enumerate(zip(z, used, strict=True)):
        scale = scale_of_sizes(treated @ inside, inside.sum())
        drawn = np.abs(treated @ scores) * scale[:, None]
        highest = np.maximum.accumulate(drawn[:, ::-1], axis=1)[:, ::-1]
        counts[:, trial] += (highest >= bound[:, trial]).sum(axis=0)


def scale_of_sizes(sizes: NDArray[Any], n: NDArray[Any]) -> Floats:
    """1 / sqrt(k (n - k) / n) for k treated; zero where an arm is empty."""
    k, whole = np.asarray(sizes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    product = k * (whole - k)
    return np.sqrt(np.divide(whole, product, out=np.zeros_like(product), where=product > 0))
