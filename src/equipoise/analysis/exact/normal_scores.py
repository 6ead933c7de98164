"""Van der Waerden scores, on a decimal grid so that equal scores stay equal."""

from collections.abc import Sequence
from decimal import Decimal

from scipy.special import ndtri

_GRID = Decimal("1e-10")


def normal_scores(twice_midranks: Sequence[int]) -> tuple[Decimal, ...]:
    """Normal quantile of midrank / (n + 1) per participant, rounded to 10 decimals; the upper half mirrors the lower.

    Mirroring keeps score(r) = -score(n + 1 - r) exactly, which a table of binary floats would not.
    """
    n = len(twice_midranks)
    return tuple(_score(rank, n + 1) for rank in twice_midranks)


def _score(twice_rank: int, over: int) -> Decimal:
    if twice_rank > over:
        return -_score(2 * over - twice_rank, over)
    return Decimal(repr(float(ndtri(twice_rank / (2 * over))))).quantize(_GRID)
