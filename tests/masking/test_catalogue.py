"""The leak catalogue is whole: thirty rows, and each is held by something that exists."""

import ast

import pytest
from catalogue import CATALOGUE, DETECTORS, ROOT, Leak, table
from mutants import MUTANTS


def test_all_thirty_rows_are_there_and_every_mutant_has_one() -> None:
    assert [leak.id for leak in CATALOGUE] == [f"L{number}" for number in range(1, 31)]
    assert {row for mutant in MUTANTS for row in mutant.leaks} <= {leak.id for leak in CATALOGUE}
    assert all(set(leak.detectors) <= set(DETECTORS) for leak in CATALOGUE)


@pytest.mark.parametrize("leak", CATALOGUE, ids=lambda leak: leak.id)
def test_each_row_is_held_by_a_mutant_a_test_or_a_procedure(leak: Leak) -> None:
    assert leak.mutants or leak.tests or leak.procedure
    for test in leak.tests:
        path, name = test.split("::")
        defined = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        assert name in {node.name for node in defined if isinstance(node, ast.FunctionDef)}, test


def test_a_leak_that_was_not_caught_stands_in_the_table() -> None:
    planted = "tests/masking/test_two_worlds.py::test_a_planted_leak_is_caught[kit_label]"
    assert "1 planted, 1 caught" in table({planted: "passed"})[4]
    assert "LEAKS" in table({planted: "failed"})[4]
