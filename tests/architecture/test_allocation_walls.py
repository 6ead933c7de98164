"""Walls that no import contract sees: no type before closure pairs a participant with an arm; one door for chance."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
BEFORE_CLOSURE = ("ledger", "registration", "instruments", "protocol", "design", "allocation", "conduct", "safety")
PERSON_OR_PLACE = {"participant", "participant_id", "slot", "slots", "stratum", "pack", "pack_number", "kit", "nonce"}
ARM = {"arm", "planned_arm", "actual_arm", "arm_id", "treatment", "arms_by_slot"}


def classes_with_fields(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            names = {
                part.target.id
                for part in node.body
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
            }
            yield node.name, names


def pairs(path):
    return [name for name, fields in classes_with_fields(path) if fields & PERSON_OR_PLACE and fields & ARM]


@pytest.mark.parametrize("room", BEFORE_CLOSURE)
def test_no_type_before_closure_can_pair_a_participant_or_a_slot_with_an_arm(room):
    assert {path.name: found for path in (SOURCE / "equipoise" / room).rglob("*.py") if (found := pairs(path))} == {}


def test_the_rule_sees_the_vaults_own_type(tmp_path):
    assert pairs(SOURCE / "equipoise_vault" / "seal.py") == ["SlotSecret"]


def test_l30_the_vault_draws_from_the_operating_system_in_one_module_only():
    """No `random`, `secrets` or numpy in the vault; `os.urandom` enters by the command alone, as an argument."""
    for path in (SOURCE / "equipoise_vault").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        imported = {
            (alias.name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
            for node in ast.walk(ast.parse(text))
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names
        }
        assert not imported & {"random", "secrets", "numpy", "uuid", "pickle"}, path.name
        assert ("urandom" in text) == (path.name == "command.py"), path.name


def test_l30_no_seed_or_key_stands_in_the_source():
    """A literal of 32 bytes in hexadecimal would be a seed, a key or a share (L23)."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) == 64:
                digits = set(node.value.lower())
                assert not digits <= set("0123456789abcdef") or len(digits) < 4, path.name
