"""Repeated measurements grouped by which visits were observed, reduced to cross-products.

For a pattern with t visits, X'MX over its participants is a linear function of the t x t matrix M; with the
cross-products stored once, an iteration costs the same for 30 participants as for 3,000.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.models.linear import refuse_no_spread
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pattern:
    """Participants with the same visits observed, at the same places (t x coordinates).

    `xx` is (t t) x (p p): row (a, b) holds the sum of x_a x_b'; `xy` is (t t) x p: the sum of x_a y_b; `yy` is t x t.
    """

    visits: NDArray[np.int64]
    places: Floats
    participants: int
    xx: Floats
    xy: Floats
    yy: Floats


@dataclass(frozen=True)
class Repeated:
    """All patterns of a data set; `parameters` is the number of columns, `observations` of observed outcomes."""

    patterns: tuple[Pattern, ...]
    visits: int
    parameters: int
    observations: int
    participants: int
    variances: Floats
    """Least-squares residual variance per visit: where the iteration starts."""


def repeated(
    outcome: Floats, matrix: Floats, participants: Sequence[str], visits: Sequence[int], places: Floats | None = None
) -> Repeated:
    """Group observed rows.  Refuses a participant with two rows at one visit, and outcomes without any spread.

    `places` (rows x coordinates): where each row was measured, for the spatial structures; by default the visits are
    one apart, and participants with the same visits stay together.
    """
    at = np.asarray(visits)
    places = at[:, None].astype(float) if places is None else places
    rows: dict[str, dict[int, int]] = {}
    for row, (participant, visit) in enumerate(zip(participants, visits, strict=True)):
        own = rows.setdefault(participant, {})
        if visit in own:
            raise Refusal(
                "MMRM-TWICE",
                "A participant has two outcomes at the same visit.",
                "Choose one value per visit as the plan says (for example the one nearest to the planned day).",
            )
        own[visit] = row
    groups: dict[tuple[tuple[int, ...], bytes], list[list[int]]] = {}
    for own in rows.values():
        seen = tuple(sorted(own))
        index = [own[visit] for visit in seen]
        groups.setdefault((seen, places[index].tobytes()), []).append(index)
    p = matrix.shape[1]
    residual = outcome - matrix @ np.linalg.lstsq(matrix, outcome, rcond=None)[0]
    refuse_no_spread(residual, outcome)
    total = max(visits) + 1
    variances = np.array([float(np.mean(residual[at == visit] ** 2)) for visit in range(total)])
    return Repeated(
        tuple(
            _pattern(seen, places[index[0]], np.array(index), outcome, matrix)
            for (seen, _), index in sorted(groups.items())
        ),
        total,
        p,
        len(outcome),
        len(rows),
        np.maximum(variances, 1e-8 * max(float(variances.max()), 1e-300)),
    )


def _pattern(
    seen: tuple[int, ...], places: Floats, index: NDArray[np.int64], outcome: Floats, matrix: Floats
) -> Pattern:
    x, y = matrix[index], outcome[index]  # (n, t, p) and (n, t)
    t, p = len(seen), matrix.shape[1]
    return Pattern(
        np.array(seen, dtype=np.int64),
        places,
        len(index),
        np.einsum("nap,nbq->abpq", x, x).reshape(t * t, p * p),
        np.einsum("nap,nb->abp", x, y).reshape(t * t, p),
        y.T @ y,
    )
