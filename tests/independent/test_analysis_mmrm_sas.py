"""Repeated measures against SAS PROC MIXED's own listings, to the printed digit: excerpts and programs stand in `sas/`.

SAS stops once g'H^-1 g / |-2 log L| is at most 1e-8, a little before the optimum.  Three things are shown: our optimum
lies below SAS's last -2 log likelihood by no more than that; every printed figure follows from SAS's own printed
covariance parameters, within half a unit of the last digit of each; and where SAS's starting values are known, its
iterations themselves come out, to all digits that it stored.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2, norm, t

from analysis_vectors import close, column, rows
from equipoise.analysis import SmallSample, Structure
from equipoise.analysis.mixed.fit import Fitted, fit
from equipoise.analysis.mixed.inference import corrected_covariance, degrees_of_freedom
from equipoise.analysis.mixed.likelihood import Evaluation, evaluate
from equipoise.analysis.mixed.patterns import Repeated, repeated
from equipoise.analysis.mixed.structure import covariances
from shared_data import needs_shared

pytestmark = needs_shared
KR, LINEAR, PLAIN = SmallSample.KENWARD_ROGER, SmallSample.KENWARD_ROGER_LINEAR, SmallSample.SATTERTHWAITE
SAS = Path(__file__).parent / "sas"
STRUCTURES = {
    "cs": Structure.COMPOUND_SYMMETRY,
    "csh": Structure.HETEROGENEOUS_CS,
    "ar1": Structure.AR1,
    "ar1h": Structure.HETEROGENEOUS_AR1,
    "toep": Structure.TOEPLITZ,
    "toeph": Structure.HETEROGENEOUS_TOEPLITZ,
    "adh": Structure.ANTE_DEPENDENCE,
    "un": Structure.UNSTRUCTURED,
    "exp": Structure.SPATIAL_EXPONENTIAL,
    "exp2": Structure.SPATIAL_EXPONENTIAL,
    "gau": Structure.SPATIAL_GAUSSIAN,
    "gau2": Structure.SPATIAL_GAUSSIAN,
}
WORST_LEFT = 1e-8 / 2
"""Of -2 log L: what a relative criterion of at most 1e-8 leaves between SAS's last iterate and the optimum."""


def sections(file: str) -> dict[str, str]:
    text = (SAS / file).read_text(encoding="utf-8")
    return dict(re.findall(r"^== (\S+?)(?:\.txt)?\n(.*?)(?=\n== |\Z)", text, re.MULTILINE | re.DOTALL))


LISTINGS, KENWARD_ROGER = sections("mixed_listings.txt"), sections("kenward_roger.txt")


@dataclass(frozen=True)
class Run:
    """One program: what was fitted, by its name."""

    structure: Structure
    effects: tuple[str, ...]
    restricted: bool = True
    places: bool = False

    @classmethod
    def of(cls, name: str) -> "Run":
        words = name.split("_")
        effects = ("TRT", "Female") if "coef" in words else ("TRT",) if "kr" in words else ()
        found = next(STRUCTURES[word] for word in words if word in STRUCTURES)
        return cls(found, effects, "ml" not in words, bool({"exp2", "gau2", "kr"} & set(words)))

    def data(self, first_visit: int = 1) -> Repeated:
        """FEV1 = effects; SAS numbers the visits from the first that it meets in the data."""
        table = [row for row in rows("fev_data.csv") if row["FEV1"] != "NA"]
        known = {"TRT": [row["ARMCD"] == "TRT" for row in table], "Female": [row["SEX"] == "Female" for row in table]}
        matrix = np.column_stack([np.ones(len(table)), *(np.array(known[name], float) for name in self.effects)])
        visits = [(int(row["AVISIT"][-1]) - first_visit) % 4 for row in table]
        places = np.array([[float(row["VISITN"]), float(row["VISITN2"])] for row in table]) if self.places else None
        outcome = np.array([float(row["FEV1"]) for row in table])
        return repeated(outcome, matrix, column(table, "USUBJID"), visits, places)

    def at(self, theta: np.ndarray, data: Repeated) -> Fitted:
        """Everything as if the iteration had stopped here."""
        sigmas = covariances(self.structure, theta, data)
        here = evaluate(data, sigmas, self.restricted)
        return Fitted(self.structure, theta, sigmas[0].names, here, self.w(theta, here))

    def w(self, theta: np.ndarray, here: Evaluation) -> np.ndarray:
        """2 H^-1.  Of a structure of covariances and a residual v, SAS iterates over v and the ratios g = theta / v.

        Short of the optimum the two Hessians differ by the score: d2 theta_j / dv dg_j = 1.
        """
        if self.structure not in (Structure.COMPOUND_SYMMETRY, Structure.TOEPLITZ):
            return 2 * np.linalg.inv(here.observed)
        residual = {Structure.COMPOUND_SYMMETRY: 1, Structure.TOEPLITZ: 0}[self.structure]
        v, others = theta[residual], np.arange(len(theta)) != residual
        jacobian = np.where(np.eye(len(theta)) > 0, v, 0.0)
        jacobian[:, residual] = theta / v
        hessian = jacobian.T @ here.observed @ jacobian
        hessian[residual, others] += here.score[others]
        hessian[others, residual] += here.score[others]
        return 2 * jacobian @ np.linalg.inv(hessian) @ jacobian.T


def numbers(line: str) -> list[str]:
    return re.findall(r"(?<=\s)-?\d*\.?\d+(?=\s|$)", f" {line}")


def parameter_lines(listing: str) -> list[list[str]]:
    """Estimate, alpha, lower and upper limit, in our order: the one variance comes first."""
    lines = [line for line in listing.splitlines() if re.match(r"\S+ (\S+ )?-?[\d.]+ 0\.05 -?[\d.]+ -?[\d.]+$", line)]
    if lines[-1].startswith("Residual") and not lines[0].startswith("CS"):
        lines = lines[-1:] + lines[:-1]
    return [numbers(line)[-4:] for line in lines]


def half_unit(printed: str) -> float:
    return 0.5001 * 10.0 ** -len(printed.partition(".")[2])


Figures = Callable[[Fitted], Sequence[float]]


def reproduced(run: Run, data: Repeated, listing: str, figures: Figures, printed: Sequence[str]) -> None:
    """`figures` at SAS's printed parameters are `printed`, within what the rounding of both leaves open."""
    texts = [line[0] for line in parameter_lines(listing)]
    theta, steps = np.array(texts, float), np.diag([half_unit(text) for text in texts])
    here = np.array(figures(run.at(theta, data)))
    reach = np.zeros(len(here))
    for step in steps:
        sides = [np.abs(np.array(figures(run.at(theta + sign * step, data))) - here) for sign in (1, -1)]
        reach += np.maximum(*sides)
    apart = np.abs(here - np.array(printed, float)) - [half_unit(text) for text in printed]
    assert (apart <= reach).all(), list(zip(printed, here, reach, strict=True))


def t_lines(fitted: Fitted, method: SmallSample, width: int) -> Iterator[float]:
    """As SAS prints an effect: estimate, standard error, df, t, p, and two limits where they are asked for."""
    covariance = corrected_covariance(fitted, method)
    for at, value in enumerate(fitted.at.coefficients):
        se, df = float(np.sqrt(covariance[at, at])), degrees_of_freedom(fitted, np.eye(len(covariance))[at])
        reach = t.ppf(0.975, df) * se
        yield from (value, se, df, value / se, 2 * t.sf(abs(value / se), df), value - reach, value + reach)[:width]


def limits(fitted: Fitted) -> Iterator[float]:
    """Satterthwaite's chi-square limits of what cannot be negative, Wald's of the others."""
    deviations = np.sqrt(np.diag(fitted.w))
    for name, value, deviation in zip(fitted.names, fitted.theta, deviations, strict=True):
        if name.startswith(("Var", "residual", "SP")) or re.fullmatch(r"UN\((\d),\1\)", name):
            df = 2 * (value / deviation) ** 2
            yield from (df * value / chi2.ppf(share, df) for share in (0.975, 0.025))
        else:
            yield from (value + norm.ppf(share) * deviation for share in (0.025, 0.975))


def effect_lines(listing: str) -> list[list[str]]:
    lines = listing.partition("Solution for Fixed Effects")[2].splitlines()
    found = [line for line in lines if re.match(r"(Intercept|ARMCD TRT|ARMCD PBO|SEX Female) -?\d+\.\d", line)]
    return [numbers(line.replace("<.0001", "0.0000")) for line in found]


def fit_statistics(ours: Fitted, run: Run, data: Repeated) -> list[float]:
    """-2 log L, AIC, AICC, BIC; REML counts the covariance parameters alone.  SAS counts all 200 participants."""
    minus2, free = ours.at.minus2, len(ours.theta) + (0 if run.restricted else data.parameters)
    n = data.observations - (data.parameters if run.restricted else 0)
    return [minus2, minus2 + 2 * free, minus2 + 2 * free * n / (n - free - 1), minus2 + free * np.log(200)]


@pytest.mark.parametrize("name", sorted(LISTINGS))
def test_every_figure_of_the_listing(name: str) -> None:
    listing, run = LISTINGS[name], Run.of(name)
    data = run.data(2 if "simple" in name else 1)
    last = iterations(listing)[-1]
    ours = fit(data, run.structure, run.restricted)
    assert -6e-9 < float(last) - ours.at.minus2 < WORST_LEFT * float(last) + 6e-9
    fits = re.findall(r"^(?:-2|AIC|AICC|BIC) .*?(\d+\.\d)$", listing.partition("Fit Statistics")[2], re.MULTILINE)
    assert all(map(close, fit_statistics(ours, run, data), fits))
    bounds = [limit for line in parameter_lines(listing) for limit in line[2:]]
    method = KR if name.endswith("_full") else LINEAR if name.endswith("_firstorder") else PLAIN
    effects = effect_lines(listing)
    if "kr" in name:  # against TRT, of which their intercept is the mean
        effects = [[cell.removeprefix("-") for cell in effects[1][:5]]]
    cells = [cell for line in effects for cell in line[:5] + line[6:]]
    width = len(cells) // len(effects)

    def figures(fitted: Fitted) -> list[float]:
        return [*limits(fitted), *list(t_lines(fitted, method, width))[-len(cells) :]]

    reproduced(run, data, listing, figures, bounds + cells)


@pytest.mark.parametrize("name", sorted(KENWARD_ROGER))
def test_kenward_roger_of_every_structure(name: str) -> None:
    """The effect of the arm, its two corrected standard errors and its degrees of freedom, FEV1 = ARMCD."""
    listing, run = KENWARD_ROGER[name], Run(Run.of(name).structure, ("TRT",), places=name == "sp_exp2")
    data = run.data()
    assert -6e-9 < float(iterations(listing)[-1]) - fit(data, run.structure).at.minus2 < WORST_LEFT * 4000

    def figures(fitted: Fitted) -> list[float]:
        return [value for method in (KR, LINEAR) for value in list(t_lines(fitted, method, 3))[3:]]

    reproduced(run, data, listing, figures, stored(listing, "kenward-roger") + stored(listing, "linear"))


def stored(listing: str, word: str) -> list[str]:
    return next(line.split()[1:] for line in listing.splitlines() if line.startswith(word))


def iterations(listing: str) -> list[str]:
    """-2 log likelihoods, to eight decimals."""
    return re.findall(r"^\d+ \d+ (\d+\.\d{8})", listing, re.MULTILINE)


def mivque0(run: Run, data: Repeated) -> np.ndarray:
    """Minimum variance quadratic unbiased estimates with Sigma = I (Rao 1971), where SAS starts.

    Of parameters theta_h with constant derivatives G_h and P = I - X (X'X)^-1 X': the solution of
    sum_j tr(P G_h P G_j) theta_j = y' P G_h P y, which is one step of Fisher scoring from Sigma = I.
    """
    identity = np.array([float(i == j) for i in range(data.visits) for j in range(i + 1)])
    here = evaluate(data, covariances(run.structure, identity, data), True)
    return identity - np.linalg.solve(here.expected, here.score)


def newton(at: Evaluation, theta: np.ndarray) -> np.ndarray:
    return theta - np.linalg.solve(at.observed, at.score)


def profiled(run: Run, data: Repeated, reach: float) -> np.ndarray:
    """Variance and range, the variance being the best for this range: score = n - q / v."""
    n = data.observations - data.parameters
    unit = np.array([1.0, reach])
    return np.array([1 - evaluate(data, covariances(run.structure, unit, data), True).score[0] / n, reach])


def profile_step(at: Evaluation) -> float:
    """Newton's step of the range with the variance profiled out."""
    h = at.observed
    return float(-at.score[1] / (h[1, 1] - h[0, 1] ** 2 / h[0, 0]))


@pytest.mark.parametrize(
    ("listing", "run"),
    [(LISTINGS["sas_coef_ci_reml_un"], Run.of("sas_coef_ci_reml_un")),
     (LISTINGS["sas_un_simple_reml"], Run.of("sas_un_simple_reml")),
     (KENWARD_ROGER["un"], Run(Structure.UNSTRUCTURED, ("TRT",)))],
    ids=["two effects", "intercept", "Kenward-Roger"],
)  # fmt: skip
def test_iterations_of_an_unstructured_covariance(listing: str, run: Run) -> None:
    """Newton's from MIVQUE0: SAS's -2 log likelihoods to eight decimals, then its printed parameters and results."""
    data = run.data(2 if not run.effects else 1)
    theta = mivque0(run, data)
    for printed in iterations(listing)[1:]:
        theta = newton(run.at(theta, data).at, theta)
        assert close(run.at(theta, data).at.minus2, printed)
    last = run.at(theta, data)
    assert all(close(value, line[0]) for value, line in zip(theta, parameter_lines(listing), strict=True))
    if effects := effect_lines(listing):
        cells = [cell for line in effects for cell in line[:5] + line[6:]]
        assert all(map(close, t_lines(last, PLAIN, len(effects[0]) - (len(effects[0]) > 5)), cells))
    else:
        assert list(t_lines(last, KR, 3))[3:] == pytest.approx([float(v) for v in stored(listing, "linear")], rel=1e-13)


@pytest.mark.parametrize("name", ["sp_exp2", "sas_sp_gau_kr_full"])
def test_iterations_of_a_spatial_covariance(name: str) -> None:
    """Newton's in the range alone, from a range of 1, each step halved until it goes down."""
    listing = {**KENWARD_ROGER, **LISTINGS}[name]
    run = Run(Run.of(name).structure, ("TRT",), places=True)
    data = run.data()
    theta = profiled(run, data, 1.0)
    for printed in iterations(listing)[1:]:
        here = run.at(theta, data).at
        step = profile_step(here)
        while (there := run.at(profiled(run, data, theta[1] + step), data)).at.minus2 > here.minus2:
            step /= 2
        theta = there.theta
        assert close(there.at.minus2, printed)
    assert all(close(value, line[0]) for value, line in zip(theta, parameter_lines(listing), strict=True))
    if name == "sp_exp2":
        for method, word in ((KR, "kenward-roger"), (LINEAR, "linear")):
            wanted = [float(value) for value in stored(listing, word)]
            assert list(t_lines(there, method, 3))[3:] == pytest.approx(wanted, rel=1e-12)
