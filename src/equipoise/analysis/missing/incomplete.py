"""Outcomes at planned visits with gaps, and the joint normal model from which gaps are filled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.integers import Recorded
from equipoise.analysis.mixed.fit import fit
from equipoise.analysis.mixed.patterns import repeated
from equipoise.analysis.mixed.structure import Structure, covariance
from equipoise.analysis.models.columns import Term, design, numbers
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class IncompleteData:
    """One row per randomised participant: `outcomes[i]` holds the value at each visit, None where missing.

    `covariates` are complete, measured before randomisation, one value per participant.
    """

    outcomes: Sequence[Sequence[Recorded | None]]
    arms: Sequence[str]
    covariates: Mapping[str, Term]


@dataclass(frozen=True)
class Prepared:
    """The same as arrays: y (n x T, nan where missing), arm number (0 reference), centred covariates (n x q)."""

    y: Floats
    arm: NDArray[np.int64]
    arm_names: tuple[str, ...]
    covariates: Floats
    covariate_names: tuple[str, ...]

    def only(self, rows: NDArray[np.int64]) -> "Prepared":
        """The same for some participants, repetitions allowed."""
        return Prepared(self.y[rows], self.arm[rows], self.arm_names, self.covariates[rows], self.covariate_names)


def prepared(data: IncompleteData, reference_arm: str) -> Prepared:
    """Check and read.  Refuses ragged rows, missing covariates, an empty arm, a visit without outcomes in an arm."""
    n = len(data.outcomes)
    if len({len(row) for row in data.outcomes}) != 1 or len(data.arms) != n:
        raise Refusal("MODEL-LENGTH", "The participants have different numbers of visits.", "Write None for a gap.")
    if reference_arm not in data.arms or len(set(data.arms)) < 2:
        raise Refusal("MODEL-ARMS", "One arm is empty, so there is nothing to compare.", "Check the analysis set.")
    visits = len(data.outcomes[0])
    y = np.full((n, visits), np.nan)
    for i, row in enumerate(data.outcomes):
        for t, value in enumerate(row):
            if value is not None:
                y[i, t] = numbers([value], "outcome")[0]
    names = (reference_arm, *sorted(set(data.arms) - {reference_arm}))
    arm = np.array([names.index(own) for own in data.arms])
    if not enough_outcomes(y, np.array([arm == a for a in range(len(names))])).all():
        raise Refusal(
            "MISSING-CELL",
            "An arm has fewer than two outcomes at one of the visits.",
            "Leave that visit out of the imputation model, as planned.",
        )
    covariate_names, matrix = design(n, data.covariates)
    return Prepared(y, arm, names, matrix[:, 1:] - matrix[:, 1:].mean(axis=0), tuple(covariate_names[1:]))


def enough_outcomes(y: Floats, groups: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether each group (B x n, True for its members) has two outcomes (y, n x T) at every visit."""
    return np.asarray((groups.astype(np.float64) @ ~np.isnan(y)).min(axis=1) >= 2)


@dataclass(frozen=True)
class JointModel:
    """Mean per arm and visit (A x T), covariate slopes per visit (q x T), common covariance of the visits (T x T)."""

    means: Floats
    slopes: Floats
    sigma: Floats


def joint_model(data: Prepared) -> JointModel:
    """Restricted maximum likelihood with an unstructured covariance, every covariate crossed with visit."""
    n, visits = data.y.shape
    arms, q = len(data.arm_names), data.covariates.shape[1]
    who, at = np.nonzero(~np.isnan(data.y))
    columns = []
    for t in range(visits):
        here = (at == t).astype(float)
        columns += [here * (data.arm[who] == a) for a in range(arms)]
        columns += [here * data.covariates[who, c] for c in range(q)]
    names = [str(i) for i in range(n)]
    grouped = repeated(data.y[who, at], np.column_stack(columns), [names[i] for i in who], at.tolist())
    fitted = fit(grouped, Structure.UNSTRUCTURED)
    b = fitted.at.coefficients.reshape(visits, arms + q)
    return JointModel(b[:, :arms].T, b[:, arms:].T, covariance(fitted.structure, fitted.theta, visits).sigma)
