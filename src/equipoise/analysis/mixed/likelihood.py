"""Restricted (or full) likelihood of repeated measurements, with its exact first and second derivatives.

With V = Omega^-1, Phi = (X'VX)^-1 and u = V (y - X b):
-2 log L = sum log|Omega| + log|X'VX| + u'Omega u + (N - p) log 2 pi (REML; the full likelihood lacks the second term).
P_h = -X'V O_h V X, Q_hj = X'V O_h V O_j V X, R_hj = X'V O_hj V X, where O_h, O_hj are derivatives of Omega.
Source: Harville 1977; Kenward & Roger 1997.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.analysis.mixed.patterns import Pattern, Repeated
from equipoise.analysis.mixed.structure import Covariance

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """Everything that fitting and inference need at one theta (H parameters, p coefficients)."""

    minus2: float
    coefficients: Floats
    phi: Floats
    score: Floats
    observed: Floats
    """Hessian of -2 log L."""
    expected: Floats
    p_h: Floats
    q_hj: Floats
    r_hj: Floats


def evaluate(data: Repeated, sigmas: Sequence[Covariance], restricted: bool) -> Evaluation:
    """Evaluate at positive definite Sigmas, one for each pattern."""
    parts = [_Part.of(pattern, sigma) for pattern, sigma in zip(data.patterns, sigmas, strict=True)]
    p, h = data.parameters, len(sigmas[0].names)
    xvx = sum((part.matrix(part.v[None]) for part in parts), np.zeros((1, p, p)))[0]
    xvy = sum((part.v.reshape(-1) @ part.pattern.xy for part in parts), np.zeros(p))
    phi = np.linalg.inv(xvx)
    b = phi @ xvy
    p_h = -sum((part.matrix(part.vov) for part in parts), np.zeros((h, p, p)))
    q_hj = sum((part.matrix(part.vovov) for part in parts), np.zeros((h * h, p, p))).reshape(h, h, p, p)
    r_hj = sum((part.matrix(part.vo2v) for part in parts), np.zeros((h * h, p, p))).reshape(h, h, p, p)
    residuals = [part.residual(b) for part in parts]
    quadratic = sum(float(np.sum(part.v * rr)) for part, (rr, _) in zip(parts, residuals, strict=True))
    log_det = sum(part.pattern.participants * part.log_det for part in parts)
    minus2 = log_det + quadratic + (data.observations - (p if restricted else 0)) * math.log(2 * math.pi)
    if restricted:
        minus2 += float(np.linalg.slogdet(xvx)[1])
    zero, square = np.zeros(h), np.zeros((h, h))
    trace = sum((part.pattern.participants * part.traces for part in parts), zero)
    cross = sum((part.pattern.participants * part.cross_traces for part in parts), square)
    bent = sum((part.pattern.participants * part.bent_traces for part in parts), square)
    first, second, third, moved = zero, square, square, np.zeros((h, p))
    for part, (rr, xr) in zip(parts, residuals, strict=True):
        first = first + np.einsum("hab,ab->h", part.vov, rr)
        second = second + np.einsum("hab,ab->h", part.vovov, rr).reshape(h, h)
        third = third + np.einsum("hab,ab->h", part.vo2v, rr).reshape(h, h)
        moved = moved + part.vov.reshape(h, -1) @ xr  # X'V O_h u
    curved = second - moved @ phi @ moved.T
    score = trace - first
    expected = cross
    observed = -cross + bent + curved + curved.T - third
    if restricted:
        phi_p = np.einsum("ab,hbc->hac", phi, p_h)
        inner = np.einsum("hab,jba->hj", phi_p, phi_p) - 2 * np.einsum("ab,hjba->hj", phi, q_hj)
        score = score + np.einsum("haa->h", phi_p)
        expected = expected + inner
        observed = observed - inner - np.einsum("ab,hjba->hj", phi, r_hj)
    return Evaluation(minus2, b, phi, score, (observed + observed.T) / 2, expected, p_h, q_hj, r_hj)


@dataclass(frozen=True)
class _Part:
    """The t x t matrices of one pattern."""

    pattern: Pattern
    v: Floats
    log_det: float
    vov: Floats
    vovov: Floats
    vo2v: Floats
    traces: Floats
    cross_traces: Floats
    bent_traces: Floats

    @classmethod
    def of(cls, pattern: Pattern, sigma: Covariance) -> "_Part":
        omega, first, second = sigma.sigma, sigma.first, sigma.second
        h, t = len(first), len(omega)
        v = np.asarray(np.linalg.inv(omega), dtype=np.float64)
        vo = v @ first
        vov = vo @ v
        vovov = np.einsum("hab,jbc->hjac", vo, vov)
        vo2v = v @ second @ v
        return cls(
            pattern,
            v,
            float(np.linalg.slogdet(omega)[1]),
            vov,
            vovov.reshape(h * h, t, t),
            vo2v.reshape(h * h, t, t),
            np.einsum("haa->h", vo),
            np.einsum("hab,jba->hj", vo, vo),
            np.einsum("ab,hjba->hj", v, second),
        )

    def matrix(self, weights: Floats) -> Floats:
        """X'MX per matrix M."""
        p = self.pattern.xy.shape[1]
        return (weights.reshape(len(weights), -1) @ self.pattern.xx).reshape(-1, p, p)

    def residual(self, b: Floats) -> tuple[Floats, Floats]:
        """Cross-products of the residuals: r r' (t x t), and x r' ((t t) x p)."""
        t, p = len(self.v), len(b)
        xx = self.pattern.xx.reshape(t, t, p, p)
        xb = np.einsum("abpq,q->abp", xx, b)
        xr = self.pattern.xy - xb.reshape(t * t, p)
        xy = self.pattern.xy.reshape(t, t, p)
        yx = np.einsum("abp,p->ab", xy, b)
        return self.pattern.yy - yx - yx.T + np.einsum("abp,p->ab", xb, b), xr
