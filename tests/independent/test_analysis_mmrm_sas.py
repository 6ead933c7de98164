"""Repeated measures against SAS PROC MIXED's own listings, by ML and by REML: excerpts and programs stand in `sas/`."""

import re
from pathlib import Path

import numpy as np
import pytest

from analysis_vectors import column, rows
from equipoise.analysis import SmallSample, Structure
from equipoise.analysis.mixed.fit import fit
from equipoise.analysis.mixed.inference import corrected_covariance, degrees_of_freedom
from equipoise.analysis.mixed.patterns import repeated
from shared_data import needs_shared

pytestmark = needs_shared
TEXT = (Path(__file__).parent / "sas" / "mixed_listings.txt").read_text(encoding="utf-8")
LISTINGS = dict(re.findall(r"^== (\S+)\.txt\n(.*?)(?=\n== |\Z)", TEXT, re.MULTILINE | re.DOTALL))
STRUCTURES = {
    "cs": Structure.COMPOUND_SYMMETRY,
    "csh": Structure.HETEROGENEOUS_CS,
    "ar1": Structure.AR1,
    "ar1h": Structure.HETEROGENEOUS_AR1,
    "toeph": Structure.HETEROGENEOUS_TOEPLITZ,
    "adh": Structure.ANTE_DEPENDENCE,
    "un": Structure.UNSTRUCTURED,
}
WITH_COVARIATES = ("Intercept", "ARMCD TRT", "SEX Female")


def numbers(line: str) -> list[float]:
    return [float(word) for word in re.findall(r"-?\d+\.?\d*(?=\s|$)", line)]


def parameters(listing: str) -> list[float]:
    lines = listing.partition("Covariance Parameter Estimates")[2].partition("Fit Statistics")[0].splitlines()
    return [numbers(line)[-4] for line in lines if " 0.05 " in line]


def effects(listing: str, row: str) -> list[float]:
    line = next(line for line in listing.splitlines() if line.startswith(f"{row} "))
    return numbers(line.removeprefix(row))[:3]


def fitted(structure: Structure, with_covariates: bool, restricted: bool):
    table = [row for row in rows("fev_data.csv") if row["FEV1"] != "NA"]
    columns = [np.ones(len(table))]
    if with_covariates:
        columns += [np.array([row["ARMCD"] == "TRT" for row in table], float)]
        columns += [np.array([row["SEX"] == "Female" for row in table], float)]
    at = [int(row["AVISIT"][-1]) - 1 for row in table]
    outcome = np.array([float(row["FEV1"]) for row in table])
    return fit(repeated(outcome, np.column_stack(columns), column(table, "USUBJID"), at), structure, restricted)


@pytest.mark.parametrize("name", sorted(LISTINGS))
def test_every_figure_of_the_listing(name: str) -> None:
    """SAS stops at a relative change of 1e-8 and prints 4 decimals: what it prints holds to a few of the last ones."""
    listing, words = LISTINGS[name], name.split("_")
    structure = next(STRUCTURES[word] for word in words if word in STRUCTURES)
    ours = fitted(structure, "coef" in words, "reml" in words)
    iterations = [line for line in listing.splitlines() if re.match(r"\d+ \d+ \d+\.\d{8}", line)]
    minus2 = numbers(iterations[-1])[2]
    assert minus2 - 2e-4 < ours.at.minus2 < minus2 + 1e-6
    theirs = parameters(listing)
    if structure is Structure.AR1:
        theirs.reverse()  # SAS prints the correlation first
    deviations = np.sqrt(np.diag(ours.w))  # a hundredth of its standard error is nothing to a parameter
    assert (np.abs(ours.theta - theirs) < 0.01 * deviations + 5e-5).all()
    covariance = corrected_covariance(ours, SmallSample.SATTERTHWAITE)
    for at, row in enumerate(WITH_COVARIATES if "coef" in words else WITH_COVARIATES[:1]):
        value, error, freedom = effects(listing, row)
        assert abs(ours.at.coefficients[at] - value) < 0.002 * error + 5e-5
        assert abs(covariance[at, at] ** 0.5 - error) < 1.5e-4
        assert abs(degrees_of_freedom(ours, np.eye(len(covariance))[at]) - freedom) < 0.75
