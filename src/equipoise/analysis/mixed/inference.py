"""Small-sample inference for contrasts: Satterthwaite, Kenward-Roger, Kenward-Roger with the linear covariance.

Source: Satterthwaite 1946; Fai & Cornelius 1996; Kenward & Roger 1997; openpharma/mmrm vignettes for the form.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.mixed.fit import Fitted
from equipoise.analysis.models.distributions import f_upper
from equipoise.analysis.results import TestResult

Floats = NDArray[np.float64]


class SmallSample(StrEnum):
    """How standard errors and degrees of freedom of contrasts are corrected."""

    SATTERTHWAITE = "Satterthwaite"
    KENWARD_ROGER = "Kenward-Roger"
    KENWARD_ROGER_LINEAR = "Kenward-Roger-Linear"
    """Without second derivatives of Sigma; SAS calls it DDFM=KENWARDROGER(LINEAR)."""


def corrected_covariance(fitted: Fitted, method: SmallSample) -> Floats:
    """Phi, or Phi_A = Phi + 2 Phi { sum_hj W_hj (Q_hj - P_h Phi P_j - R_hj / 4) } Phi (without R: linear)."""
    at, phi = fitted.at, fitted.at.phi
    if method is SmallSample.SATTERTHWAITE:
        return phi
    inner = at.q_hj - np.einsum("hab,bc,jcd->hjad", at.p_h, phi, at.p_h)
    if method is SmallSample.KENWARD_ROGER:
        inner = inner - at.r_hj / 4
    total = np.einsum("hj,hjab->ab", fitted.w, inner)
    return np.asarray(phi + 2 * phi @ (total + total.T) / 2 @ phi)


def degrees_of_freedom(fitted: Fitted, contrast: Floats) -> float:
    """2 v^2 / (g'Wg) with v = c Phi c' and g_h = -c Phi P_h Phi c'; the same for all three methods."""
    moved = fitted.at.phi @ contrast
    v = float(contrast @ moved)
    gradient = -np.einsum("a,hab,b->h", moved, fitted.at.p_h, moved)
    return float(2 * v * v / (gradient @ fitted.w @ gradient))


def joint_test(fitted: Fitted, contrasts: Floats, method: SmallSample) -> TestResult:
    """F test that all rows of `contrasts` are zero; p = P(F >= f) with corrected denominator degrees of freedom.

    Satterthwaite follows Fai and Cornelius: E = sum nu_i/(nu_i - 2) over eigen-contrasts, df = 2E/(E - rank).
    Kenward-Roger scales F by lambda and matches two moments.
    """
    b, phi = fitted.at.coefficients, fitted.at.phi
    covariance = contrasts @ corrected_covariance(fitted, method) @ contrasts.T
    rank = len(contrasts)
    f = float(b @ contrasts.T @ np.linalg.solve(covariance, contrasts @ b)) / rank
    if method is SmallSample.SATTERTHWAITE:
        scale, df = 1.0, _fai_cornelius(fitted, contrasts, covariance)
    else:
        scale, df = _kenward_roger(fitted, contrasts, phi)
    return TestResult(
        f"F test, {method.value}",
        "F",
        scale * f,
        f_upper(scale * f, rank, df),
        (("contrasts", rank),),
        reference=f"F with {rank} and {df:.4f} degrees of freedom",
    )


def _fai_cornelius(fitted: Fitted, contrasts: Floats, covariance: Floats) -> float:
    _, vectors = np.linalg.eigh(covariance)
    rank = len(contrasts)
    each = [degrees_of_freedom(fitted, row) for row in vectors.T @ contrasts]
    if rank == 1:
        return each[0]
    expectation = sum(nu / (nu - 2) for nu in each if nu > 2)
    return 2 * expectation / (expectation - rank) if expectation > rank else 2.0


def _kenward_roger(fitted: Fitted, contrasts: Floats, phi: Floats) -> tuple[float, float]:
    """(lambda, m) of Kenward & Roger 1997, section 4."""
    rank = len(contrasts)
    m = contrasts.T @ np.linalg.solve(contrasts @ phi @ contrasts.T, contrasts)
    spread = np.einsum("ab,bc,hcd,de->hae", m, phi, fitted.at.p_h, phi)
    traces = np.einsum("haa->h", spread)
    a1 = float(traces @ fitted.w @ traces)
    a2 = float(np.einsum("hj,hab,jba->", fitted.w, spread, spread))
    big_b = (a1 + 6 * a2) / (2 * rank)
    g = ((rank + 1) * a1 - (rank + 4) * a2) / ((rank + 2) * a2)
    d = 3 * rank + 2 * (1 - g)
    c1, c2, c3 = g / d, (rank - g) / d, (rank + 2 - g) / d
    expectation = 1 / (1 - a2 / rank)
    variance = 2 / rank * (1 + c1 * big_b) / ((1 - c2 * big_b) ** 2 * (1 - c3 * big_b))
    rho = variance / (2 * expectation**2)
    df = 4 + (rank + 2) / (rank * rho - 1)
    return df / (expectation * (df - 2)), df
