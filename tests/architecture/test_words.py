"""Names are the field's standard terms (GLOSSARY.md): a word that the glossary avoids is not a name in the code."""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"

AVOIDED = {
    "subject": "participant",
    "patient": "participant",
    "blinded": "masked",
    "unblind": "unmask",
    "randomiz": "randomis",
    "violation": "deviation",
    "utils": "a module named after its noun or verb",
    "helpers": "a module named after its noun or verb",
    "managers": "a module named after its noun or verb",
    "services": "a module named after its noun or verb",
}
# rooms that speak another body's language on purpose
OTHER_TONGUES = ("equipoise/registration/", "equipoise/exchange/")


def names_in(source: str) -> set[str]:
    """Every name that the code gives to something: classes, functions, arguments, attributes, variables."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
    return names


def avoided_in(names: set[str]) -> list[str]:
    return sorted(
        f"{name}: say {better}"
        for name in names
        for word, better in AVOIDED.items()
        if re.search(rf"(^|_){word}", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
    )


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_names_are_the_words_of_the_glossary(path: Path) -> None:
    place = path.relative_to(SOURCE).as_posix()
    if place.startswith(OTHER_TONGUES):
        return
    assert not avoided_in(names_in(path.read_text(encoding="utf-8")) | {path.stem})


def test_an_avoided_word_is_caught() -> None:
    assert avoided_in(names_in("def count_patients(subject_id): unblinded = 1")) == [
        "count_patients: say participant",
        "subject_id: say participant",
        "unblinded: say unmask",
    ]
