"""Regression of event counts: Poisson, overdispersed Poisson, negative binomial; log link, exposure as offset."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from scipy.special import digamma, gammaln, polygamma, xlogy

from equipoise.analysis.exact.binomial import LEVEL_95
from equipoise.analysis.exact.integers import Recorded
from equipoise.analysis.models.columns import Term, design, numbers, refuse_rank
from equipoise.analysis.models.distributions import INFINITE
from equipoise.analysis.models.linear import t_estimate
from equipoise.analysis.models.newton import Floats, maximise
from equipoise.analysis.results import Estimate, ModelResult
from equipoise.vocabulary import Refusal

_NO_MAXIMUM = Refusal(
    "COUNT-INFINITE",
    "A rate ratio has no finite estimate (an arm or a level without events).",
    "Report the events, and use the exact comparison of two rates.",
)


def poisson_model(
    counts: Sequence[int],
    terms: Mapping[str, Term],
    *,
    exposure: Sequence[Recorded] | None = None,
    overdispersed: bool = False,
    level: Fraction = LEVEL_95,
) -> ModelResult:
    """Log rate ratios: log E(count) = log exposure + x b, by maximum likelihood.

    Normal Wald inference; `overdispersed` multiplies the variance by Pearson's chi-square / df and uses t with n - p
    df (quasi-Poisson).  Scalars: null and residual deviance, AIC, dispersion.  Refuses negative or fractional counts,
    exposure that is not positive, redundant columns, infinite estimates.  Source: McCullagh & Nelder 1989.
    """
    y, offset, names, x = _columns(counts, terms, exposure)
    b, information = _poisson_fit(y, offset, x)
    mu = np.exp(offset + x @ b)
    df = len(y) - len(b)
    dispersion = float(((y - mu) ** 2 / mu).sum() / df)
    null = np.exp(offset + float(np.log(y.sum() / np.exp(offset).sum())))
    covariance = np.asarray(np.linalg.inv(information) * (dispersion if overdispersed else 1.0))
    log_likelihood = float((xlogy(y, mu) - mu - gammaln(y + 1)).sum())
    return ModelResult(
        "quasi-Poisson regression" if overdispersed else "Poisson regression",
        _estimates(names, b, covariance, float(df) if overdispersed else INFINITE, level),
        (("participants", len(y)), ("events", int(y.sum()))),
        (
            ("null deviance", _deviance(y, null)),
            ("residual deviance", _deviance(y, mu)),
            ("residual df", float(df)),
            ("AIC", 2 * len(b) - 2 * log_likelihood),
            ("dispersion", dispersion),
        ),
        ("independent participants", "rates constant over time"),
        ("counts vary more than a Poisson model allows",) if dispersion > 2 and not overdispersed else (),
    )


def negative_binomial_model(
    counts: Sequence[int],
    terms: Mapping[str, Term],
    *,
    exposure: Sequence[Recorded] | None = None,
    level: Fraction = LEVEL_95,
) -> ModelResult:
    """Log rate ratios with variance mu + alpha mu^2 (NB2), by maximum likelihood; normal Wald inference.

    Scalars: alpha, the log-likelihood.  Refuses as `poisson_model`, and data without overdispersion (alpha = 0), for
    which the Poisson model is the answer.  Source: Lawless 1987.
    """
    y, offset, names, x = _columns(counts, terms, exposure)
    b, _ = _poisson_fit(y, offset, x)
    mu = np.exp(offset + x @ b)
    if float(((y - mu) ** 2 - y).sum()) <= 0:
        raise Refusal(
            "COUNT-UNDERDISPERSED",
            "The counts vary no more than a Poisson model allows, so the negative binomial has no maximum.",
            "Use the Poisson model.",
        )
    start_alpha = max(float((((y - mu) ** 2 - mu) / mu**2).mean()), 0.05)

    def likelihood(theta: Floats) -> tuple[float, Floats, Floats]:
        return _negative_binomial(theta, y, offset, x)

    theta, information = maximise(likelihood, np.append(b, np.log(start_alpha)), _NO_MAXIMUM)
    covariance = np.asarray(np.linalg.inv(information)[:-1, :-1])
    return ModelResult(
        "negative binomial regression (NB2)",
        _estimates(names, theta[:-1], covariance, INFINITE, level),
        (("participants", len(y)), ("events", int(y.sum()))),
        (("alpha", float(np.exp(theta[-1]))), ("log likelihood", likelihood(theta)[0])),
        ("independent participants", "rates vary between participants by a gamma distribution"),
        ("Wald inference is approximate in small samples",) if len(y) < 50 else (),
    )


def _negative_binomial(theta: Floats, y: Floats, offset: Floats, x: Floats) -> tuple[float, Floats, Floats]:
    """Log-likelihood in (b, log alpha) with its gradient and minus its Hessian; r = 1/alpha."""
    b, r = theta[:-1], float(np.exp(-theta[-1]))
    mu = np.exp(offset + x @ b)
    total = r + mu
    value = float((gammaln(y + r) - gammaln(r) - gammaln(y + 1) + r * np.log(r / total) + y * np.log(mu / total)).sum())
    slope = r * (y - mu) / total
    d_r = digamma(y + r) - digamma(r) + np.log(r / total) + 1 - (y + r) / total
    dd_r = polygamma(1, y + r) - polygamma(1, r) + 1 / r - 2 / total + (y + r) / total**2
    # log alpha = -log r, so d/dlog alpha = -r d/dr
    gradient = np.append(x.T @ slope, -r * d_r.sum())
    information = np.zeros((len(theta), len(theta)))
    information[:-1, :-1] = (x * (r * mu * (y + r) / total**2)[:, None]).T @ x
    mixed = x.T @ (r * mu * (y - mu) / total**2)
    information[:-1, -1] = information[-1, :-1] = mixed
    information[-1, -1] = -(r * d_r.sum() + r * r * dd_r.sum())
    return value, gradient, information


def _poisson_fit(y: Floats, offset: Floats, x: Floats) -> tuple[Floats, Floats]:
    def likelihood(b: Floats) -> tuple[float, Floats, Floats]:
        with np.errstate(over="ignore"):
            mu = np.exp(offset + x @ b)
        return float((y * (offset + x @ b) - mu).sum()), x.T @ (y - mu), (x * mu[:, None]).T @ x

    if y.sum() == 0:
        raise _NO_MAXIMUM
    start = np.zeros(x.shape[1])
    start[0] = np.log(y.sum() / np.exp(offset).sum())
    return maximise(likelihood, start, _NO_MAXIMUM)


def _columns(
    counts: Sequence[int], terms: Mapping[str, Term], exposure: Sequence[Recorded] | None
) -> tuple[Floats, Floats, list[str], Floats]:
    y = numbers(counts, "count")
    if (y < 0).any() or (y != np.round(y)).any():
        raise Refusal("COUNT-VALUE", "A count is negative or not a whole number.", "Give numbers of events.")
    time = np.ones(len(y)) if exposure is None else numbers(exposure, "exposure")
    if len(time) != len(y) or (time <= 0).any():
        raise Refusal("RATE-EXPOSURE", "An exposure is missing or not positive.", "Give one exposure per participant.")
    names, x = design(len(y), terms)
    refuse_rank(x, names)
    return y, np.log(time), names, x


def _deviance(y: Floats, mu: Floats) -> float:
    return float(2 * (xlogy(y, y / mu) - (y - mu)).sum())


def _estimates(names: Sequence[str], b: Floats, covariance: Floats, df: float, level: Fraction) -> tuple[Estimate, ...]:
    return tuple(
        t_estimate(name, float(value), float(np.sqrt(covariance[i, i])), df, level)
        for i, (name, value) in enumerate(zip(names, b, strict=True))
    )
