"""The slower models in thousands of small trials at once: a second implementation of what the product fits.

Two visits after the baseline, y_i ~ N(B'x_i, Sigma), x_i = (1, arm, baseline) with coefficients of its own at each
visit, Sigma unstructured; who misses a visit does not come back.  The restricted likelihood then falls into that of the
first visit and that of the second given the first (Anderson, JASA 1957;52:200), so that its maximum needs no iteration:
s11 = RSS1/(n1 - q), phi the slope of the second visit on the first, s22 = RSS2/(n2 - q) + phi^2 s11, s21 = phi s11.
T trials are the first axis of every array.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from equipoise.analysis.missing.strategy import Strategy
from equipoise.design.simulation.answers import Answers

COLUMNS, VISITS = 3, 2
BASIS = np.array([[[1.0, 0], [0, 0]], [[0, 1.0], [1.0, 0]], [[0, 0], [0, 1.0]]])
"""dSigma by s11, s21 and s22."""
STRATEGIES = (Strategy.MISSING_AT_RANDOM, Strategy.JUMP_TO_REFERENCE, Strategy.COPY_INCREMENTS)


@dataclass(frozen=True)
class Fitted:
    """Coefficients (T, visit, column) and Sigma (T, 2, 2) at the maximum; `found` says in which trials there is one."""

    coefficients: np.ndarray
    sigma: np.ndarray
    found: np.ndarray


def fitted(x, y, weight) -> Fitted:
    """`x` (T, n, q), `y` (T, n, 2) with nan for what is missing, `weight` (T, n): how often each participant counts."""
    first = np.nan_to_num(y[..., :1])
    columns = x.shape[2]
    b1, variance1, found1 = regression(x, y[..., 0], weight, columns)
    b2, variance2, found2 = regression(np.concatenate((x, first), axis=2), y[..., 1], weight, columns)
    phi = b2[:, columns:]
    s21 = phi[:, 0] * variance1
    sigma = np.array([[variance1, s21], [s21, variance2 + phi[:, 0] * s21]]).transpose(2, 0, 1)
    return Fitted(np.stack((b1, b2[:, :columns] + phi * b1), axis=1), sigma, found1 & found2)


def regression(x, y, weight, columns: int):
    """Weighted least squares: coefficients, RSS/(n - columns), and whether columns and residual say something."""
    own, value = weight * ~np.isnan(y), np.nan_to_num(y)
    wx = (x * own[..., None]).transpose(0, 2, 1)
    gram = wx @ x
    scale = np.sqrt(np.maximum(np.diagonal(gram, axis1=1, axis2=2), 1e-300))
    found = np.linalg.eigvalsh(gram / (scale[:, :, None] * scale[:, None, :]))[:, 0] > 1e-9
    gram = np.where(found[:, None, None], gram, np.eye(x.shape[2]))
    b = np.linalg.solve(gram, wx @ value[..., None])
    rss = (own * (value - (x @ b)[..., 0]) ** 2).sum(axis=1)
    found &= rss > 1e-9 * (own * value**2).sum(axis=1)
    return b[..., 0], rss / np.maximum(own.sum(axis=1) - columns, 1), found


def columns_of(side, baseline):
    """x (T, n, 3): one, the arm, and the baseline from its mean."""
    return np.stack((np.ones(side.shape), side, baseline - baseline.mean(axis=1, keepdims=True)), axis=2)


def repeated_measures(side, baseline, y) -> Answers:
    """Difference of the arms at the second visit with Kenward and Roger's (linear) inference, from their P, Q and W.

    `side` (T, n) is 1 or 0, `y` (T, n, 2).  Source: Kenward & Roger 1997; the observed Hessian: Harville 1977.
    """
    x = columns_of(side, baseline)
    at = fitted(x, y, np.ones(side.shape))
    own = at.found
    phi, p_h, q_hj, observed = derivatives(x[own], y[own], at.coefficients[own], at.sigma[own])
    place = (VISITS - 1) * COLUMNS + 1
    v, w, variance = phi[:, :, place], 2 * np.linalg.inv(observed), phi[:, place, place]
    left = (p_h @ v[:, None, :, None])[..., 0]
    gradient = -(left * v[:, None]).sum(axis=2)
    bent = (v[:, None, None, None] @ q_hj @ v[:, None, None, :, None])[..., 0, 0]
    added = 2 * (w * (bent - left @ phi @ left.transpose(0, 2, 1))).sum(axis=(1, 2))
    df = 2 * variance**2 / (gradient[:, None] @ w @ gradient[..., None])[:, 0, 0]
    found = np.full((3, len(x)), np.nan)
    found[:, own] = at.coefficients[own, -1, 1], np.sqrt(variance + added), df
    return answered(*found)


def derivatives(x, y, coefficients, sigma):
    """Phi, P_h, Q_hj, and the observed Hessian of -2 log REML, summed over the patterns of visits."""
    trials, h, p = len(x), len(BASIS), VISITS * COLUMNS
    seen, known = ~np.isnan(y), np.nan_to_num(y)
    xvx, cross, second = np.zeros((trials, p, p)), np.zeros((trials, h, h)), np.zeros((trials, h, h))
    moved, p_h, q_hj = np.zeros((trials, h, p)), np.zeros((trials, h, p, p)), np.zeros((trials, h * h, p, p))
    for mask in (np.array([1.0, 0.0]), np.array([1.0, 1.0])):
        own = (seen == mask).all(axis=2)
        block = np.outer(mask, mask)
        v = np.linalg.inv(sigma * block + np.diag(1 - mask)) * block
        wx = (x * own[..., None]).transpose(0, 2, 1)
        residual = (known - x @ coefficients.transpose(0, 2, 1)) * mask * own[..., None]
        xx, rr, rx = wx @ x, residual.transpose(0, 2, 1) @ residual, residual.transpose(0, 2, 1) @ x
        vo = v[:, None] @ BASIS
        vov = vo @ v[:, None]
        vovov = (vo[:, :, None] @ vov[:, None]).reshape(trials, h * h, VISITS, VISITS)
        xvx += kronecker(v, xx)
        cross += own.sum(axis=1)[:, None, None] * traces(vo)
        second += products(vovov, rr).reshape(trials, h, h)
        moved += (vov @ rx[:, None]).reshape(trials, h, p)
        p_h -= kronecker(vov, xx[:, None])
        q_hj += kronecker(vovov, xx[:, None])
    phi = np.linalg.inv(xvx)
    inner = traces(phi[:, None] @ p_h) - 2 * products(q_hj, phi).reshape(trials, h, h)
    curved = second - moved @ phi @ moved.transpose(0, 2, 1)
    observed = curved + curved.transpose(0, 2, 1) - cross - inner
    return phi, p_h, q_hj.reshape(trials, h, h, p, p), (observed + observed.transpose(0, 2, 1)) / 2


def kronecker(first, second):
    """The products of matrices on the last two axes: X'MX of a pattern."""
    product = first[..., :, None, :, None] * second[..., None, :, None, :]
    rows, columns = (first.shape[axis] * second.shape[axis] for axis in (-2, -1))
    return product.reshape(*product.shape[:-4], rows, columns)


def traces(matrices):
    """tr(M_h M_j) of `matrices` (T, h, r, r)."""
    flat = (*matrices.shape[:2], matrices.shape[2] ** 2)
    return matrices.reshape(flat) @ matrices.transpose(0, 1, 3, 2).reshape(flat).transpose(0, 2, 1)


def products(matrices, one):
    """Sums of the entries of `matrices` (T, G, r, c) times those of `one` (T, r, c)."""
    size = one.shape[1] * one.shape[2]
    return (matrices.reshape(*matrices.shape[:2], size) @ one.reshape(len(one), size, 1))[..., 0]


def imputed(side, baseline, y, imputations: int, generator) -> dict[Strategy, Answers]:
    """Covariance of the second visit after multiple imputation under each strategy, by Rubin's rules.

    Bootstrap within arm, restricted fit, draws from the conditional normal.
    """
    x = columns_of(side, baseline)
    used = np.flatnonzero(carries_model(side, y, np.ones(side.shape)))
    answers = {each: np.full((3, len(side)), np.nan) for each in STRATEGIES}
    x, y, side = x[used], y[used], side[used]
    projection = np.linalg.inv(x.transpose(0, 2, 1) @ x)
    kept: dict[Strategy, list[np.ndarray]] = {each: [] for each in STRATEGIES}
    sound = np.ones(len(used), dtype=bool)
    for _ in range(imputations):
        model = drawn_model(x, side, y, generator)
        sound &= model.found
        noise = generator.standard_normal(side.shape)
        for strategy in STRATEGIES:
            completed = filled(strategy, x, y, model, noise)
            beta = (projection @ (x.transpose(0, 2, 1) @ completed[..., None]))[..., 0]
            residual = completed - (x @ beta[..., None])[..., 0]
            variance = (residual**2).sum(axis=1) / (side.shape[1] - COLUMNS) * projection[:, 1, 1]
            kept[strategy].append(np.array([beta[:, 1], variance]))
    for strategy, sets in kept.items():
        values = np.array(sets)
        answers[strategy][:, used[sound]] = pooled(values[:, 0], values[:, 1], side.shape[1] - COLUMNS)[:, sound]
    return {each: answered(*found) for each, found in answers.items()}


def re_randomised(side, baseline, y, lists) -> dict[Strategy, np.ndarray]:
    """p-values (T,) of the imputed comparison under each strategy among `lists` (T, B, n) of 0 and 1; nan without one.

    Sigma of the model without arms; given it, the means of the first visit are those of least squares, and those of the
    second minus phi times the first are too, among those who came to both.
    """
    arms = np.concatenate((side[:, None], lists), axis=1).astype(np.float64)
    x, ones = columns_of(side, baseline)[..., [0, 2]], np.ones(side.shape)
    null = fitted(x, y, ones)
    phi = (null.sigma[:, 1, 0] / null.sigma[:, 0, 0])[:, None]
    seen, first, both = ~np.isnan(y), np.nan_to_num(y[..., 0]), ~np.isnan(y).any(axis=2)
    tau1, base1, sound1 = adjusted(x, seen[..., 0], first, arms)
    rest, base_rest, sound2 = adjusted(x, both, np.nan_to_num(y[..., 1]) - phi * first, arms)
    tau2, base2 = rest + phi * tau1, base_rest + phi[..., None] * base1
    cells = [(each * seen[:, None, :, visit]).sum(axis=2) >= 2 for each in (arms, 1 - arms) for visit in range(VISITS)]
    sound = np.all(cells, axis=0) & sound1 & sound2 & null.found[:, None]
    came, told = seen[:, None, :, 0], arms * tau1[..., None]
    carried = np.where(came, phi[..., None] * (first[:, None] - base1 - told), 0.0)
    shift = {
        Strategy.MISSING_AT_RANDOM: arms * tau2[..., None],
        Strategy.JUMP_TO_REFERENCE: 0.0,
        Strategy.COPY_INCREMENTS: np.where(came, told, 0.0),
    }
    found = {}
    for strategy in STRATEGIES:
        filled_in = base2 + carried + shift[strategy]
        completed = np.where(seen[:, None, :, 1], np.nan_to_num(y[:, None, :, 1]), filled_in)
        values = np.where(sound, adjusted(x, ones > 0, completed, arms)[0], np.nan)
        far = np.abs(values - np.nanmean(values, axis=1, keepdims=True))
        beyond = (far[:, 1:] >= far[:, :1] - 1e-9).sum(axis=1)
        p = (1 + beyond) / (1 + sound[:, 1:].sum(axis=1))
        found[strategy] = np.where(sound[:, 0], p, np.nan)
    return found


def adjusted(x, used, y, arms):
    """Coefficient of each list's arm (T, B), what the other columns x (T, n, 2) then say of everybody (T, B, n), and
    whether the arm is told from them; least squares among `used` (T, n), of y (T, n) or one y for each list."""
    own = np.where(used[..., None], x, 0.0)
    q, r = np.linalg.qr(own)
    value = np.broadcast_to(y if y.ndim == 3 else y[:, None], arms.shape) * used[:, None]
    inside = arms * used[:, None]
    left = inside - (inside @ q) @ q.transpose(0, 2, 1)
    size = (left * inside).sum(axis=2)
    told = size > 1e-9
    tau = (left * value).sum(axis=2) / np.where(told, size, np.nan)
    gamma = np.linalg.solve(r[:, None], ((value - inside * tau[..., None]) @ q)[..., None])[..., 0]
    return tau, gamma @ x.transpose(0, 2, 1), told


def drawn_model(x, side, y, generator) -> Fitted:
    """The model of a bootstrap sample of each trial, drawn again where there is none; of some trials there never is."""
    model = fitted(x, y, bootstrap(side, y, generator))
    for _ in range(50):
        rows = np.flatnonzero(~model.found)
        if not len(rows):
            break
        again = fitted(x[rows], y[rows], bootstrap(side[rows], y[rows], generator))
        for name, values in model.__dict__.items():
            values[rows] = getattr(again, name)
    return model


def bootstrap(side, y, generator):
    """How often each participant is drawn, with replacement within arm; again where the product would draw again."""
    weight, rows = np.zeros(side.shape), np.arange(len(side))
    place = np.arange(side.shape[1])[None]
    while len(rows):
        ordered = np.argsort(-side[rows], axis=1, kind="stable")  # the treated first
        treated = side[rows].sum(axis=1)[:, None]
        first = np.where(place < treated, 0, treated)
        size = np.where(place < treated, treated, side.shape[1] - treated)
        drawn = first + (generator.random(ordered.shape) * size).astype(np.int64)
        weight[rows] = 0
        np.add.at(weight, (rows[:, None], np.take_along_axis(ordered, drawn, axis=1)), 1.0)
        rows = rows[~carries_model(side[rows], y[rows], weight[rows])]
    return weight


def carries_model(side, y, weight):
    """Two outcomes of each arm at each visit; of different participants more than arms, baseline and earlier visits."""
    seen, distinct = ~np.isnan(y), weight > 0
    enough = distinct.sum(axis=1) > VISITS + COLUMNS
    for visit in range(VISITS):
        enough &= (distinct & seen[..., visit]).sum(axis=1) > COLUMNS + visit
        for arm in (0, 1):
            enough &= ((side == arm) * weight * seen[..., visit]).sum(axis=1) >= 2
    return enough


def filled(strategy: Strategy, x, y, model: Fitted, noise):
    """The second visit, gaps drawn from their conditional normal under the strategy."""
    coefficients, sigma = model.coefficients, np.where(model.found[:, None, None], model.sigma, np.eye(VISITS))
    own = x @ coefficients.transpose(0, 2, 1)
    reference = own - x[..., 1:2] * coefficients[:, None, :, 1]
    seen = ~np.isnan(y[..., 0])
    first = np.nan_to_num(y[..., 0])
    mean = own[..., 1]
    if strategy is not Strategy.MISSING_AT_RANDOM:
        mean = reference[..., 1]
        if strategy is Strategy.COPY_INCREMENTS:
            mean = mean + np.where(seen, own[..., 0] - reference[..., 0], 0.0)
    carry = (sigma[:, 1, 0] / sigma[:, 0, 0])[:, None]
    spread = np.where(seen, sigma[:, 1, 1, None] - carry * sigma[:, 1, 0, None], sigma[:, 1, 1, None])
    drawn = mean + np.where(seen, carry * (first - own[..., 0]), 0.0) + np.sqrt(spread) * noise
    return np.where(np.isnan(y[..., 1]), drawn, y[..., 1])


def pooled(values, variances, complete_df: int) -> np.ndarray:
    """Rubin's rules with Barnard and Rubin's degrees of freedom: estimate, standard error, df."""
    m = len(values)
    between = (1 + 1 / m) * values.var(axis=0, ddof=1)
    total = variances.mean(axis=0) + between
    share = np.maximum(between / total, 1e-12)
    old, seen = (m - 1) / share**2, (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    return np.array([values.mean(axis=0), np.sqrt(total), old * seen / (old + seen)])


def answered(estimate, se, df) -> Answers:
    return Answers(estimate, se, np.where(np.isnan(estimate), 1.0, df))


def odds_scores(metric, baseline) -> np.ndarray:
    """Scores (T, n) of proportional odds on the baseline alone: F(cut above) + F(cut below) - 1, to 6 decimals.

    Newton's method on the log-likelihood, which is concave; trials with equally many values are worked together.  Nan
    where the score separates the participants.  Source: McCullagh 1980; Pratt, JASA 1981;76:103.
    """
    ordered = np.sort(metric, axis=1)
    new = np.diff(ordered, axis=1, prepend=-np.inf) > 0
    category = (metric[:, :, None] >= np.where(new, ordered, np.inf)[:, None]).sum(axis=2) - 1
    x = baseline - baseline.mean(axis=1, keepdims=True)
    scores = np.full(metric.shape, np.nan)
    for values in np.unique(category.max(axis=1)):
        rows = np.flatnonzero(category.max(axis=1) == values)
        if values:
            scores[rows] = _scores_of(category[rows], x[rows], int(values))
    return scores


def _scores_of(category, x, cuts: int) -> np.ndarray:
    shares = np.array([(category <= cut).mean(axis=1) for cut in range(cuts)]).T
    theta = np.concatenate((np.log(shares / (1 - shares)), np.zeros((len(x), 1))), axis=1)
    value, gradient, information, scores = _log_likelihood(theta, category, x, cuts)
    for _ in range(60):
        step = np.linalg.solve(information + 1e-12 * np.eye(cuts + 1), gradient[..., None])[..., 0]
        for _ in range(40):
            tried = _log_likelihood(theta + step, category, x, cuts)
            worse = ~(tried[0] >= value - 1e-12 * np.abs(value))
            if not worse.any():
                break
            step[worse] /= 2
        theta = theta + step
        value, gradient, information, scores = tried
        if (np.abs(step).max(axis=1) < 1e-10 * (1 + np.abs(theta).max(axis=1))).all():
            break
    scores[np.abs(theta).max(axis=1) > 40] = np.nan
    return np.round(scores, 6)


def _log_likelihood(theta, category, x, cuts: int):
    """Value, gradient, minus the Hessian, and the participants' scores, per trial."""
    eta = x * theta[:, cuts:]
    edge = np.full((len(x), 1), np.inf)
    bounds = np.concatenate((-edge, theta[:, :cuts], edge), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        upper, lower = (expit(np.take_along_axis(bounds, category + own, axis=1) - eta) for own in (1, 0))
        p = upper - lower
        value = np.where((np.diff(theta[:, :cuts], axis=1) > 0).all(axis=1), np.log(p).sum(axis=1), -np.inf)
    p = np.where(p > 1e-300, p, 1.0)  # outside the parameter space the value alone is read
    du, dl = upper * (1 - upper) / p, lower * (1 - lower) / p
    zu = np.concatenate((category[..., None] == np.arange(cuts), -x[..., None]), axis=2)
    zl = np.concatenate((category[..., None] == np.arange(cuts) + 1, -x[..., None]), axis=2)
    uu, ll = du * (1 - 2 * upper) - du**2, -dl * (1 - 2 * lower) - dl**2
    cross = (zu * (du * dl)[..., None]).transpose(0, 2, 1) @ zl
    hessian = (zu * uu[..., None]).transpose(0, 2, 1) @ zu + (zl * ll[..., None]).transpose(0, 2, 1) @ zl
    hessian += cross + cross.transpose(0, 2, 1)
    return value, (zu * du[..., None] - zl * dl[..., None]).sum(axis=1), -hessian, upper + lower - 1
