"""`equipoise forensics FILE`: what it prints, its exit status, and one sentence for every bad file."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from equipoise.cli.forensics import run
from equipoise.vocabulary import Refusal

TABLE = """
title: Baseline
arms: {active: 15, placebo: 15}
variables:
  - name: score
    kind: integer
    range: [0, 32]
    baseline: yes
    values:
      active: {mean: 5.20, sd: 2.10}
      placebo: {mean: 5.27, sd: 3.24}
    p: 0.95
  - name: large groups
    kind: integer
    values:
      active: {mean: 5.2, sd: 2.1, n: 40}
sentences: ["It differed, t(28) = 2.10, p = .025."]
"""


def judged(tmp_path: Path, text: str, output_format: str = "text") -> tuple[int, str]:
    file = tmp_path / "table.yaml"
    file.write_text(text, encoding="utf-8")
    out = io.StringIO()
    return run(file, output_format=output_format, console=Console(file=out, width=200)), out.getvalue()


def test_findings_in_words(tmp_path: Path) -> None:
    status, text = judged(tmp_path, TABLE)
    assert status == 1
    assert "mean 5.20 and SD 2.10 of 15 whole numbers from 0 to 32 is impossible" in text
    assert "mean 5.27 and SD 3.24 of 15 whole numbers from 0 to 32 is possible, for example" in text
    assert "GRIM cannot decide: mean 5.2 of 40 whole numbers" in text
    assert "p-value does not fit: p printed as = .025" in text
    assert "they do not accuse" in text


def test_json_keeps_trailing_zeros(tmp_path: Path) -> None:
    _, text = judged(tmp_path, TABLE, "json")
    document = json.loads(text)
    assert any("mean 5.20" in finding["message"] for finding in document["findings"])


def test_a_table_that_fits(tmp_path: Path) -> None:
    status, _ = judged(
        tmp_path, "arms: {a: 15}\nvariables:\n  - {name: s, kind: integer, values: {a: {mean: 5.27, sd: 3.24}}}\n"
    )
    assert status == 0


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "- 1",
        "title: nothing",
        "variables: [{name: x, values: {a: {mean: 5}}}]",
        "arms: {a: 0}",
        "arms: {a: 5}\nvariables: [{name: x, values: {a: {mean: five}}}]",
        "arms: {a: 5}\nvariables: [{name: x, kind: colour, values: {a: {mean: 5}}}]",
        "arms: {a: 5}\nvariables: [{name: x, unknown: 1}]",
        "arms: {a: 5}\nvariables: [{name: x, range: [1], values: {a: {mean: 5}}}]",
        "arms: {a: 5}\nvariables: [{name: x, values: {a: {mean: 1e5}}, p: 2}]",
        "a" * 1_000_001,
        "variables: " + "[" * 1500,
    ],
)
def test_bad_files_get_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        judged(tmp_path, text)
    assert refusal.value.sentence.endswith(".")


def test_binary_and_absent_files(tmp_path: Path) -> None:
    file = tmp_path / "binary"
    file.write_bytes(bytes(range(256)))
    for path in (file, tmp_path / "absent.yaml", tmp_path):
        with pytest.raises(Refusal, match="cannot be read"):
            run(path, output_format="text", console=Console(file=io.StringIO()))
