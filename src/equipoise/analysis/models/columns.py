"""From recorded data to the columns of a model: numbers as floats, factors as indicators, and honest refusals."""

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.integers import Recorded, exact
from equipoise.vocabulary import Refusal

Floats: TypeAlias = NDArray[np.float64]
Term: TypeAlias = Sequence[Recorded] | Sequence[str]
"""One explanatory variable: numbers, or words (a factor, whose first level in sorted order is the reference)."""


def numbers(values: Sequence[Recorded], what: str = "value") -> Floats:
    """Recorded numbers as floats.  Refuses what is not a finite number, naming its position."""
    try:
        read = np.array([float(value) for value in values], dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        read = np.array([np.nan])
    if not np.isfinite(read).all() or any(isinstance(value, bool) for value in values):
        read = np.array([float(exact(value, what, i)) for i, value in enumerate(values)], dtype=np.float64)
    return read


def is_factor(name: str, term: Term) -> bool:
    """A term is a factor when all its values are words.  Refuses a mixture: `<5` among numbers is no level."""
    words = [isinstance(value, str) and not _reads_as_number(value) for value in term]
    if any(words) and not all(words):
        raise Refusal(
            "MODEL-MIXED",
            f"The term {name} mixes numbers and words (the first word is value number {words.index(True) + 1}).",
            "Decide how missing values and values below a detection limit are handled; a factor has words throughout.",
        )
    return all(words) and bool(words)


def design(n: int, terms: Mapping[str, Term], factors: frozenset[str] = frozenset()) -> tuple[list[str], Floats]:
    """Column names and model matrix, intercept first.

    Terms named in `factors`, and terms with text, become indicators called `name=level`.
    Refuses another length, a factor with one level, and columns that others determine.
    """
    names, columns = ["intercept"], [np.ones(n)]
    for name, term in terms.items():
        if len(term) != n:
            raise Refusal(
                "MODEL-LENGTH",
                f"The term {name} has {len(term)} values for {n} participants.",
                "Give one value per participant, in the same order.",
            )
        if name in factors or is_factor(name, term):
            levels = sorted({str(value) for value in term})
            for level in levels[1:]:
                names.append(f"{name}={level}")
                columns.append(np.array([float(str(value) == level) for value in term]))
        else:
            names.append(name)
            columns.append(numbers(term, f"value of {name}"))
    return names, np.column_stack(columns)


def refuse_rank(matrix: Floats, names: Sequence[str]) -> None:
    """Refuses a model matrix with redundant columns, or with no participant to spare for the residual."""
    n, p = matrix.shape
    if n <= p:
        raise Refusal(
            "MODEL-SIZE",
            f"The model has {p} parameters for {n} participants.",
            "Leave out covariates, or merge small centres before the data are unmasked.",
        )
    scale = np.linalg.norm(matrix, axis=0)
    if (scale == 0).any() or np.linalg.matrix_rank(matrix / scale, tol=1e-9 * math.sqrt(n)) < p:
        raise Refusal(
            "MODEL-RANK",
            f"A column of the model is constant or determined by others (columns: {', '.join(names)}).",
            "Leave out the redundant covariate.",
        )


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
