"""Every public statistical method says what it computes, and is checked against something, or says that it is not."""

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from equipoise import analysis

INDEPENDENT = Path(__file__).parents[1] / "independent"
TABLE = tomllib.loads((INDEPENDENT / "validation.toml").read_text(encoding="utf-8"))
ENTRIES = {name: entry for methods in TABLE.values() for name, entry in methods.items()}
PLUMBING = {
    "analysis_sets", "as_record", "exact_costs", "execute", "from_arms", "judge_table", "printed", "printed_p",
    "read_table", "results_as_json", "stated_tests", "trial_data_of",
}  # fmt: skip
"""Public functions that read, write or dispatch, and compute no statistic."""
NUMBERS = ("TestResult", "Estimate", "ModelResult", "Interval", "MaxT")


def functions() -> set[str]:
    return {name for name in analysis.__all__ if inspect.isfunction(getattr(analysis, name))}


def test_every_method_stands_in_the_table_of_validation() -> None:
    assert set(ENTRIES) == functions() - PLUMBING


def gaps(name: str, text: str, gives: str) -> list[str]:
    """What a docstring leaves out."""
    wanted = {"its source": r"Source:", "what it refuses": r"[Rr]efus"}
    if any(kind in gives for kind in NUMBERS):
        wanted["units"] = r"unit|ratio|proportion|scale|log|F =|chi-square|[Cc]ounts|fractions"
    if "Estimate" in gives or "TestResult" in gives:
        wanted["a formula"] = r"=|median of|quantiles of"
    if "TestResult" in gives:
        wanted["its two-sided definition"] = r"[Tt]wo-sided|[Ss]ides|one-tailed by nature"
    if name == "grim_power":  # a share of two whole numbers: nothing to refuse
        del wanted["what it refuses"]
    return [what for what, pattern in wanted.items() if not re.search(pattern, text)]


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_the_docstring_states_formula_units_source_and_two_sided_definition(name: str) -> None:
    method = getattr(analysis, name)
    missing = gaps(name, inspect.getdoc(method) or "", str(inspect.signature(method).return_annotation))
    assert not missing, f"{name} does not state {', '.join(missing)}"


def test_a_silent_docstring_is_caught() -> None:
    assert gaps("x", "A test of means.", "TestResult") == [
        "its source", "what it refuses", "units", "a formula", "its two-sided definition",
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_what_a_method_is_checked_against_stands_in_the_tests(name: str) -> None:
    """Each file named exists and calls the method, by its name or from a table of methods."""
    entry = ENTRIES[name]
    assert entry["against"]
    for file in entry["files"]:
        text = (INDEPENDENT / file).read_text(encoding="utf-8")
        body = text.partition("\n\n\n")[2] if "import" in text else text
        assert re.search(rf"\b{name}\b", body), f"{file} does not use {name}"


ROW = re.compile(r"^\| .+ \| .+ \| ([\d,]+|-) \| `(test_\w+\.py)::(test_\w+)` \|$", re.MULTILINE)


def test_the_page_of_anchors_is_true() -> None:
    """Every row names a test that is there, every table row is read, and the totals are the sums of the rows."""
    page = (INDEPENDENT / "README.md").read_text(encoding="utf-8")
    found = ROW.findall(page)
    tables = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| anchor")]
    assert len(found) == len(tables)
    for _, file, name in found:
        assert f"\ndef {name}(" in (INDEPENDENT / file).read_text(encoding="utf-8"), f"{file} has no {name}"
    figures = sum(int(count.replace(",", "")) for count, _, _ in found if count != "-")
    assert f"{len(found)} anchors, {figures:,} figures." in page
