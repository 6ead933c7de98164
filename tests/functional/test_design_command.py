"""`equipoise design`: what a person sees, what is written, what is refused."""

import json
import re
from pathlib import Path

import pypdf
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from equipoise.analysis.many.examining import unlinked
from equipoise.cli.app import app
from equipoise.protocol import load_definition, study_file
from equipoise.reporting.sections.design import design_section
from equipoise.vocabulary import Refusal, digest

QUICK = ["--trials", "200"]


def design(*arguments: str) -> str:
    found = CliRunner().invoke(app, ["design", *arguments], env={"COLUMNS": "120", "TERM": "dumb"})
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found.output


def digest_in(output: str) -> str:
    found = re.search(r"Design report ([0-9a-f]{64})", output)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("design") / "report"
    return design("studies/NCT05921058", *QUICK, "--out", str(folder)), folder


def test_the_honest_table_is_printed(written) -> None:
    output, _ = written
    for words in (
        "no effect at all",
        "Better after than before",
        "Analysis of covariance (decides)",
        "Any of 7, max-T",
        "Power against the number of participants",
        "allocations can be guessed",
        "DESIGN-WITHIN",
        "600 more trials would halve it",
    ):
        assert words in output


def test_what_this_trial_would_have_needed(written) -> None:
    """Power at 15, 29 and 30, the detectable effect, and n for 80 % and 90 %: planning values of the publication."""
    output, _ = written
    assert re.search(r"15\s+8/7\s+0\.29\s+0\.46\s+0\.09\s+0\.12\s+1\.57", output)
    assert re.search(r"29\s+15/14\s+0\.53\s+0\.79\s+0\.13\s+0\.20\s+1\.08", output)
    assert re.search(r"30\s+15/15\s+0\.54\s+0\.81\s+0\.13\s+0\.20\s+1\.06", output)
    assert re.search(r"0\.78 SD\s+80%\s+54\s+30", output)
    assert re.search(r"0\.31 SD\s+90%\s+440\s+228", output)


def test_the_report_is_written_and_says_what_it_rests_on(written) -> None:
    output, folder = written
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(folder / "design.pdf").pages)
    page = (folder / "design.html").read_text(encoding="utf-8")
    for words in ("What was assumed", "How many participants", "Packs of the product"):
        assert words in text and words in page
    assert "seed 5921058" in page and digest_in(output) in page
    assert "<script" not in page
    assert digest(json.loads((folder / "design.json").read_bytes())) == digest_in(output)


def test_the_same_seed_gives_the_same_report(written) -> None:
    assert digest_in(design(*QUICK)) == digest_in(written[0])
    assert digest_in(design(*QUICK, "--seed", "2")) != digest_in(written[0])


def test_a_number_can_rest_on_its_report(tmp_path: Path, written) -> None:
    """The link changes the definition's digest, not that of the report it links to."""
    source = study_file("NCT05921058")
    text = source.read_text(encoding="utf-8")
    here = re.sub(r"(?m)^design_report: \w+", f"design_report: {digest_in(written[0])}", text)
    (tmp_path / "study.yaml").write_text(here, encoding="utf-8")
    (tmp_path / "randomisation.yaml").write_bytes(source.with_name("randomisation.yaml").read_bytes())
    output = design(str(tmp_path), *QUICK, "--scenario", str(source.parent.parent / "scenario.yaml"))
    assert digest_in(output) == digest_in(written[0])
    assert "rests on this report" in output
    before, after = load_definition(source), load_definition(tmp_path / "study.yaml")
    assert len({before.digest, after.digest, unlinked(before).digest}) == 3
    assert "design_report" not in unlinked(before).canonical(), "versions from before the field keep their digest"
    methods = " ".join(str(block) for block in design_section(after))
    assert f"the number rests on design report {digest_in(written[0])[:16]}" in methods


def test_the_published_version_and_another_size() -> None:
    output = design("NCT05921058/as-published", *QUICK, "--participants", "12")
    assert "12 participants" in output and "Any of 6, Holm" in output


def test_nonsense_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    with path.open("w") as file:
        YAML(typ="safe").dump({"name": "x", "planning": {"leaving": {"at_random": 0.8, "not_at_random": 0.5}}}, file)
    with pytest.raises(Refusal, match="more than there are participants"):
        design(*QUICK, "--scenario", str(path))


def test_a_study_without_a_scenario_says_that_nothing_is_assumed(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_bytes(study_file("NCT05921058").read_bytes())
    output = design(str(tmp_path), *QUICK)
    assert "suggested by the limits" in output
    assert "allocations can be guessed" in output


def test_a_stratified_study_has_a_list_for_each_stratum(tmp_path: Path) -> None:
    """Without sealed details, the list that the product proposes has the definition's strata."""
    source = study_file("NCT05921058")
    text, scenario = (each.read_text(encoding="utf-8") for each in (source, source.parent.parent / "scenario.yaml"))
    strata = "  strata: [{item: sex, levels: [female, male]}]\n"
    said = "  strata: {sex: {female: 0.9, male: 0.1}}\n  prognosis: {sex: {male: -0.5}}\n"
    (tmp_path / "study.yaml").write_text(text.replace("\nrandomisation:\n", f"\nrandomisation:\n{strata}"), "utf-8")
    (tmp_path / "scenario.yaml").write_text(scenario.replace("\nplanning:\n", f"\nplanning:\n{said}"), "utf-8")
    output = " ".join(design(str(tmp_path), *QUICK).split())
    for words in ("female 0.9, male 0.1", "male worse by 0.5 SD", "2 strata leave about 15 participants"):
        assert words in output
    (tmp_path / "randomisation.yaml").write_bytes(source.with_name("randomisation.yaml").read_bytes())
    with pytest.raises(Refusal, match="make 2 strata, and the randomisation details name 1"):
        design(str(tmp_path), *QUICK)


def test_a_randomisation_that_is_easily_guessed_is_warned_of(tmp_path: Path) -> None:
    """Fixed blocks of two: half of the allocations are known for certain (G6)."""
    source = study_file("NCT05921058")
    (tmp_path / "study.yaml").write_bytes(source.read_bytes())
    details = YAML(typ="safe").load(source.with_name("randomisation.yaml").read_text(encoding="utf-8"))
    del details["mti"]
    with (tmp_path / "randomisation.yaml").open("w") as file:
        YAML(typ="safe").dump({**details, "method": "permuted-blocks", "block_sizes": [2]}, file)
    scenario = str(source.parent.parent / "scenario.yaml")
    output = " ".join(design(str(tmp_path), *QUICK, "--scenario", scenario).split())
    assert "ALLOCATION-PREDICTABILITY" in output and "75.0 % of allocations can be guessed" in output
    assert "ALLOCATION-PREDICTABILITY" not in design(*QUICK)
