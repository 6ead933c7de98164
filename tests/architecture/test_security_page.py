"""SECURITY.md names a test for every claim, attack and leak, and each named test exists."""

import ast
import re
from functools import cache
from pathlib import Path

import catalogue
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
_NAMED = re.compile(r"`([a-z]+/test_\w+\.py)(?:::(\w+))?`")


@cache
def defined_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def missing(text: str) -> list[str]:
    """The tests that a text names and that do not exist."""
    named = _NAMED.findall(text)
    return [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / "tests" / path).is_file() or (name and name not in defined_in(path))
    ]


def row(name: str) -> list[str]:
    """The cells of the one row that begins with this id."""
    (found,) = re.findall(rf"^\| {name} \|.*\|$", PAGE, re.MULTILINE)
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_every_test_that_the_page_names_exists() -> None:
    assert missing(PAGE) == [] and len(_NAMED.findall(PAGE)) > 60
    assert missing("`spec/test_no_such.py::test_x`") and missing("`spec/test_ledger_book.py::test_no_such`")


@pytest.mark.parametrize("number", range(1, 21))
def test_every_attack_has_a_row_with_a_defence_and_a_test(number: int) -> None:
    _, attack, defence, tests = row(f"K{number}")
    assert attack and defence and _NAMED.search(tests)


@pytest.mark.parametrize("number", [15, 19, 20])
def test_where_software_cannot_hold_an_attack_the_page_says_so(number: int) -> None:
    assert re.search(r"[Ss]oftware (cannot|that root runs cannot)", row(f"K{number}")[2])


@pytest.mark.parametrize("leak", catalogue.CATALOGUE, ids=lambda leak: leak.id)
def test_every_leak_has_the_row_of_the_catalogue(leak: catalogue.Leak) -> None:
    _, leaks, held, procedure = row(leak.id)
    assert (leaks, procedure) == (leak.leaks, leak.procedure)
    named = {f"tests/{path}::{name}" for path, name in _NAMED.findall(held)}
    planted = set(re.findall(r"`(\w+)`", held))
    assert named == set(leak.tests) and planted == set(leak.mutants)
    assert held != "-" or procedure
