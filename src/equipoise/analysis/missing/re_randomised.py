"""Randomisation test after imputation: everything that looks at the arms, done again for every re-run allocation.

Rubin's variance is not that of the estimate over repeated trials where the imputation assumes more than the analysis
(Meng 1994), so that its p-value has not its nominal rate in a small trial.  The allocation's own law needs no variance.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.exact.monte_carlo import Resampling, draw_allocations, sampled_p
from equipoise.analysis.exact.reference import Procedure
from equipoise.analysis.missing.incomplete import IncompleteData, JointModel, Prepared, enough_outcomes, joint_model
from equipoise.analysis.missing.incomplete import prepared as prepare
from equipoise.analysis.missing.strategy import Strategy, assumed_means
from equipoise.analysis.results import PValue, Sides, TestResult
from equipoise.vocabulary import Refusal

Floats = NDArray[np.float64]
Allocations = NDArray[np.int8]

_AT_ONCE = 1_000
_ROUNDING = 1e-9
"""Of the spread of the last visit: statistics that differ by less are equal."""
_DETERMINED = 1e-9
"""Least eigenvalue of what an allocation says about the arms' differences, scaled to one on its diagonal."""


def imputation_randomisation_test(
    data: IncompleteData,
    reference_arm: str,
    procedure: Procedure,
    strategy: Strategy = Strategy.MISSING_AT_RANDOM,
    *,
    resampling: Resampling | None = None,
) -> TestResult:
    """Test that the arm makes no difference to anybody, by the difference at the last visit after imputation.

    `procedure` numbers the participants as `data` lists them.  The statistic, in the outcome's units, is that of
    `Refitted`.  Two-sided: p = (1 + allocations drawn that are at least as far from the mean of all statistics) /
    (1 + drawn), an exactly valid p-value for any statistic, given that gaps do not depend on the arm under the null
    hypothesis.
    Allocations that leave an arm without two outcomes at a visit are passed over, as such a trial would be refused.
    Refuses as `prepared`, and more than two arms.  Source: Rosenberger & Lachin 2016, section 6.9.
    """
    ready = prepare(data, reference_arm)
    if len(ready.arm_names) > 2:
        raise Refusal(
            "PLAN-ARMS",
            "Randomisation tests compare two arms, and these data have more.",
            "Compare each arm with the reference by a model.",
        )
    refitted = Refitted(ready, strategy)
    observed, p = refitted.p_among(draw_allocations(procedure, resampling or Resampling()))
    treated = int(ready.arm.sum())
    return TestResult(
        f"randomisation test after conditional mean imputation, {strategy.value}",
        "difference at the last visit",
        observed,
        p,
        (("treated", treated), ("control", len(ready.arm) - treated)),
        reference=procedure.name,
        engine="re-run",
        assumptions=("outcomes and gaps do not depend on the allocation under the null hypothesis",),
    )


@dataclass(frozen=True)
class Refitted:
    """The difference of two arms at the last visit for many allocations (B x n, 1 experimental) of the same outcomes.

    Sigma is that of the joint model without arms, hence the same for all.  For each allocation: means by generalised
    least squares, y_it ~ x_i'gamma_t + a_i tau_t with x = (1, covariates); gaps of the last visit at their conditional
    mean under `strategy`; ANCOVA of the last visit.  (B,), nan where an allocation leaves that undetermined.

    Every sum over participants is linear in a, since a^2 = a: K_i, the inverse of Sigma over what i was measured at
    (0 elsewhere), gives D = sum a_i K_i, C = sum a_i K_i (x) x_i', G = sum K_i (x) x_i x_i'; then
    (D - C G^-1 C') tau = sum a_i K_i y_i - C gamma_0 and gamma = gamma_0 - G^-1 C' tau, gamma_0 the fit without arms.
    """

    data: Prepared
    strategy: Strategy

    def __call__(self, allocations: Allocations) -> Floats:
        parts = range(0, len(allocations), _AT_ONCE)
        return np.concatenate([self._estimated(allocations[start : start + _AT_ONCE]) for start in parts])

    def p_among(self, drawn: Allocations) -> tuple[float, PValue]:
        """The difference of the data's own allocation, and its p-value among drawn ones.

        Refuses an allocation of its own that leaves the difference undetermined.
        """
        observed = float(self(self.data.arm[None].astype(np.int8))[0])
        if np.isnan(observed):
            raise Refusal(
                "IMPUTATION-SIZE",
                "Too few participants are measured to tell the arms apart at every visit, given the covariates.",
                "Plan fewer visits or covariates, or complete cases.",
            )
        others = self(drawn)
        others = others[np.isfinite(others)]
        centre = (others.sum() + observed) / (len(others) + 1)
        equal = _ROUNDING * float(np.nanstd(self.data.y[:, -1]))
        beyond = np.abs(others - centre) >= abs(observed - centre) - equal
        return observed, sampled_p(int(beyond.sum()), len(others), Sides.DISTANCE)

    def _estimated(self, allocations: Allocations) -> Floats:
        a = allocations.astype(np.float64)
        x, k = self._explaining, self._weights
        (n, visits), columns = self.data.y.shape, x.shape[1]
        d = (a @ k.reshape(n, -1)).reshape(-1, visits, visits)
        c = (a @ (k[..., None] * x[:, None, None]).reshape(n, -1)).reshape(-1, visits, visits * columns)
        gram, without = self._without_arms
        solved = np.linalg.solve(gram, c.transpose(0, 2, 1))
        told = d - c @ solved
        tau = np.full((len(a), visits), np.nan)
        own = enough_outcomes(self.data.y, a == 1) & enough_outcomes(self.data.y, a == 0) & _is_determined(told, d)
        right = a @ self._weighed - c @ without
        tau[own] = np.linalg.solve(told[own], right[own, :, None])[..., 0]
        gamma = without - (solved @ tau[..., None])[..., 0]
        return self._compared(a, tau, gamma)

    def _compared(self, a: Floats, tau: Floats, gamma: Floats) -> Floats:
        """The difference by ANCOVA of the completed last visit."""
        known, by_gamma, by_tau = self._last
        completed = known + gamma @ by_gamma.T + a * (tau @ by_tau.T)
        q, _ = np.linalg.qr(self._explaining)
        left = a - (a @ q) @ q.T
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = (left * completed).sum(axis=1) / (left * a).sum(axis=1)
        return found

    @cached_property
    def _explaining(self) -> Floats:
        return np.column_stack((np.ones(len(self.data.y)), self.data.covariates))

    @cached_property
    def _sigma(self) -> Floats:
        nobody = np.zeros_like(self.data.arm)
        return joint_model(
            Prepared(self.data.y, nobody, ("all",), self.data.covariates, self.data.covariate_names)
        ).sigma

    @cached_property
    def _weights(self) -> Floats:
        """K, (n x T x T)."""
        seen = ~np.isnan(self.data.y)
        both = seen[:, :, None] & seen[:, None]
        gaps = np.eye(seen.shape[1]) * ~seen[:, None]
        return np.where(both, np.linalg.inv(np.where(both, self._sigma, gaps)), 0.0)

    @cached_property
    def _weighed(self) -> Floats:
        """K_i y_i, (n x T)."""
        return np.asarray((self._weights @ np.nan_to_num(self.data.y)[..., None])[..., 0])

    @cached_property
    def _without_arms(self) -> tuple[Floats, Floats]:
        """G, and gamma_0 by visit and column."""
        x, size = self._explaining, self.data.y.shape[1] * self._explaining.shape[1]
        gram = np.einsum("ist,ia,ib->satb", self._weights, x, x).reshape(size, size)
        return gram, np.linalg.solve(gram, np.einsum("it,ia->ta", self._weighed, x).ravel())

    @cached_property
    def _last(self) -> tuple[Floats, Floats, Floats]:
        """What the completed last visit is, linear in gamma and, for the experimental arm, in tau."""
        y, x = self.data.y, self._explaining
        n, visits = y.shape
        gap = np.isnan(y[:, -1])
        carry = self._weights @ self._sigma[:, -1]
        known = np.where(gap, (carry * np.nan_to_num(y)).sum(axis=1), y[:, -1])
        kept = np.where(gap[:, None], np.eye(visits)[-1] - carry, 0.0)
        by_gamma = (kept[:, :, None] * x[:, None]).reshape(n, -1)
        everyone = Prepared(y, np.ones(n, dtype=np.int64), ("", ""), self.data.covariates, self.data.covariate_names)
        slopes = np.zeros((x.shape[1] - 1, visits))
        by_tau = np.empty((n, visits))
        for visit, effect in enumerate(np.eye(visits)):  # the strategy's own means, of an effect at one visit alone
            model = JointModel(np.array([np.zeros(visits), effect]), slopes, self._sigma)
            assumed = assumed_means(everyone, model, self.strategy)
            by_tau[:, visit] = np.where(gap, assumed[:, -1] - (carry * assumed).sum(axis=1), 0.0)
        return known, by_gamma, by_tau


def _is_determined(told: Floats, whole: Floats) -> NDArray[np.bool_]:
    scale = np.sqrt(np.maximum(np.diagonal(whole, axis1=1, axis2=2), 1e-300))
    least = np.linalg.eigvalsh(told / (scale[:, :, None] * scale[:, None]))[:, 0]
    return np.asarray(least > _DETERMINED)
