"""No type of the masked rooms has a field for an arm: before closure there is nowhere to write a pairing (DESIGN 3)."""

import dataclasses
import importlib
import pkgutil

import pytest

from equipoise.closure.release import ReleasedAllocation

MASKED = ("ledger", "allocation", "conduct", "safety")
ALLOWED = {("RandomisationDesign", "arms"), ("Outcome", "arm"), ("ProcedureTable", "arm")}
"""The frozen design names the arms; an index stands in a procedure's outcome while a list is drawn, and in the table
from which lists are simulated.  None of them names people."""


def dataclasses_of(room):
    package = importlib.import_module(f"equipoise.{room}")
    names = [package.__name__, *(each.name for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}."))]
    for name in names:
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == name:
                yield value


def fields_for_an_arm(cls):
    words = {"arm", "arms", "treatment", "group", "unmasked", "active", "placebo"}
    return [field.name for field in dataclasses.fields(cls) if words & set(field.name.split("_"))]


@pytest.mark.parametrize("room", MASKED)
def test_masked_types_have_no_place_for_an_arm(room):
    found = {(cls.__name__, name) for cls in dataclasses_of(room) for name in fields_for_an_arm(cls)}
    assert found <= ALLOWED


def test_a_type_with_such_a_place_is_caught():
    planted = dataclasses.make_dataclass("Planted", [("participant", str), ("planned_arm", str)])
    assert fields_for_an_arm(planted) == ["planned_arm"]
    assert "planned_arm" in vars(ReleasedAllocation)
