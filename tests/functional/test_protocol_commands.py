"""`equipoise new` and `equipoise diff`, as a person at a terminal sees them."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from equipoise.cli import check, diff, new
from equipoise.protocol import find_study, load_definition
from equipoise.vocabulary import Refusal

SMALL = Path(__file__).parents[1] / "protocol_study.yaml"


def console() -> Console:
    return Console(file=StringIO(), width=100, highlight=False)


def said(by: Console) -> str:
    assert isinstance(by.file, StringIO)
    return by.file.getvalue()


def test_new_drafts_a_study_that_loads_and_says_what_is_open(tmp_path: Path) -> None:
    terminal = console()
    assert new.run(Path("NCT05921058"), tmp_path / "draft", console=terminal) == 0
    written = sorted(path.name for path in (tmp_path / "draft").iterdir())
    assert written == ["README.md", "randomisation.yaml", "record.txt", "study.schema.json", "study.yaml"]
    assert load_definition(tmp_path / "draft").id == "NCT05921058"
    assert "decisions are open" in said(terminal)
    assert "How many participants are planned?" in said(terminal)


def test_new_never_writes_over_a_study(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("mine")
    with pytest.raises(Refusal, match="holds a study definition already"):
        new.run(Path("NCT05921058"), tmp_path, console=console())
    assert (tmp_path / "study.yaml").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["study.yaml"]


def test_new_says_why_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match="cannot be written"):
        new.run(Path("NCT05921058"), tmp_path / "file", console=console())


def test_diff_tells_the_published_from_the_registered_study() -> None:
    terminal = console()
    assert diff.run("NCT05921058", "NCT05921058/as-published", output_format="text", console=terminal) == 0
    text = said(terminal)
    assert "10 doses on days 1-7, 14, 21, 28 become 6 on days 1, 8, 15, 22, 29, 36" in text
    assert text.index("What is asked") < text.index("What is given") < text.index("How it is said")


def test_diff_for_machines(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(
        SMALL.read_text().replace("planned_participants: 20", "planned_participants: 22")
    )
    terminal = console()
    diff.run(str(SMALL), str(tmp_path), output_format="json", console=terminal)
    document = json.loads(said(terminal))
    assert document["amendment"] == []
    assert [change["place"] for change in document["changes"]] == ["planned_participants"]
    with pytest.raises(Refusal, match="no format"):
        diff.run(str(SMALL), str(SMALL), output_format="xml", console=console())


def test_diff_says_when_nothing_differs() -> None:
    terminal = console()
    assert diff.run(str(SMALL), str(SMALL), output_format="text", console=terminal) == 0
    assert "Nothing differs." in said(terminal)


def test_diff_holds_an_amendment_to_its_parent(tmp_path: Path) -> None:
    text = SMALL.read_text().replace("planned_participants: 20", "planned_participants: 40")
    amended = tmp_path / "study.yaml"
    amended.write_text(text.replace("version: 1\n", "version: 2\n", 1))
    terminal = console()
    assert diff.run(str(SMALL), str(tmp_path), output_format="text", console=terminal) == 1
    assert "AMD-03" in said(terminal)
    amended.write_text(text.replace("version: 1\n", f"version: 2\nparent: {load_definition(SMALL).digest}\n", 1))
    assert diff.run(str(SMALL), str(tmp_path), output_format="text", console=console()) == 0


def test_check_judges_a_definition_and_lays_it_beside_its_record(tmp_path: Path) -> None:
    terminal = console()
    assert check.run("NCT05921058", as_of=None, output_format="text", console=terminal) == 0
    text = said(terminal)
    assert "Compared with its record" in text
    assert "DEC-OPEN" in text
    assert "GAP-06" in text
    assert "study.yaml:" in text


def test_check_points_at_a_mistake_and_fails(tmp_path: Path) -> None:
    file = find_study("NCT05921058")
    assert file is not None
    (tmp_path / "study.yaml").write_text(file.read_text(encoding="utf-8").replace("sexes: all", "sexs: all"))
    terminal = console()
    assert check.run(str(tmp_path), as_of=None, output_format="json", console=terminal) == 1
    (mistake,) = [one for one in json.loads(said(terminal))["findings"] if one["severity"] == "error"]
    assert mistake["rule"] == "DEF-KEY"
    assert mistake["suggestion"] == "Did you mean `sexes`?"
    line = int(mistake["place"].rsplit(":", 2)[1])
    assert (tmp_path / "study.yaml").read_text().splitlines()[line - 1].startswith("sexs:")


def test_check_refuses_what_is_no_yaml(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_bytes(b"a: &x [*x, *x]")
    with pytest.raises(Refusal, match="anchors"):
        check.run(str(tmp_path), as_of=None, output_format="text", console=console())
