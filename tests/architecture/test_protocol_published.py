"""What is generated from the models is current, and the rules in the code are those of the catalogue."""

import json
import re
from pathlib import Path

import pytest

from equipoise.protocol import find_study, shipped_studies
from equipoise.protocol.reference_page import study_yaml_page
from equipoise.protocol.rules import RULES, group_of
from equipoise.protocol.shipped import shipped_versions
from equipoise.protocol.study_schema import SCHEMA_FILE, study_schema, study_schema_text
from equipoise.vocabulary import yaml_source

ROOT = Path(__file__).resolve().parents[2]
PROTOCOL = ROOT / "src" / "equipoise" / "protocol"


def test_the_published_schema_is_that_of_the_models() -> None:
    """If it fails: `.venv/bin/python docs/generate.py`."""
    assert SCHEMA_FILE.read_text(encoding="utf-8") == study_schema_text()


def test_the_reference_page_is_that_of_the_models() -> None:
    """If it fails: `.venv/bin/python docs/generate.py`."""
    assert (ROOT / "docs" / "reference" / "study-yaml.md").read_text(encoding="utf-8") == study_yaml_page()


def test_every_reference_in_the_schema_leads_somewhere() -> None:
    schema = study_schema()
    names = set(re.findall(r'"#/\$defs/([A-Za-z]+)"', json.dumps(schema)))
    assert names
    assert names <= set(schema["$defs"])


@pytest.mark.parametrize("version", shipped_versions(shipped_studies()[0]))
def test_a_shipped_study_names_the_schema_that_lies_there(version: str) -> None:
    file = find_study(f"{shipped_studies()[0]}/{version}")
    assert file is not None
    first = file.read_text(encoding="utf-8").splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert match
    assert (file.parent / match[1]).resolve() == SCHEMA_FILE


def test_the_checkout_shows_the_studies_at_its_root() -> None:
    assert (ROOT / "studies").resolve() == ROOT / "src" / "equipoise" / "studies"


def test_the_rules_in_the_code_are_those_of_the_catalogue() -> None:
    used = {
        rule
        for module in (*sorted(PROTOCOL.glob("*.py")), Path(yaml_source.__file__))
        if module.stem not in ("rules", "record_gaps", "amendment")
        for rule in re.findall(
            r'(?:Fault|UnreadableYaml|_fault)\(\s*(?:event,\s*)?"([A-Z0-9-]+)"', module.read_text(encoding="utf-8")
        )
    }
    assert used == set(RULES)


def test_every_rule_belongs_to_a_group() -> None:
    assert all(group_of(rule) for rule in (*RULES, "GAP-01"))
