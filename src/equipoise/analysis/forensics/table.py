"""A published table as a small YAML file, with every number kept as it is printed.

title: Baseline and day 28
arms: {secretome: 15, placebo: 14}          # number analysed per arm
variables:
  - name: MEX-SLEDAI, baseline
    kind: integer                           # integer, binary, continuous
    range: [0, 32]                          # for integer scores
    baseline: yes
    values:
      secretome: {mean: 5.27, sd: 3.24}
      placebo: {mean: 6.07, sd: 3.48, n: 14}
    p: 0.53                                 # as printed
    test: student                           # student or welch
sentences:
  - "The groups differed, t(27) = 2.10, p = .045."
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from equipoise.analysis.forensics.printed import Printed, PrintedP, printed, printed_p
from equipoise.vocabulary import Refusal

_LARGEST = 1_000_000  # bytes
_KINDS = ("integer", "binary", "continuous")
_TESTS = ("student", "welch")


@dataclass(frozen=True, slots=True)
class Group:
    """One arm's printed summary of one variable."""

    arm: str
    n: int
    mean: Printed | None
    sd: Printed | None
    events: int | None
    percent: Printed | None


@dataclass(frozen=True, slots=True)
class Variable:
    """One row of the table."""

    name: str
    kind: str
    limits: tuple[int, int] | None
    is_baseline: bool
    groups: tuple[Group, ...]
    p: PrintedP | None
    test: str


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """All that is to be checked."""

    title: str
    variables: tuple[Variable, ...]
    sentences: tuple[str, ...]


def read_table(path: Path) -> PublishedTable:
    """Read the YAML file.  Refuses, with the place, whatever does not fit; numbers are read as text, not as floats."""
    try:
        if path.stat().st_size > _LARGEST:
            raise _wrong(str(path), "the file is too large for a table")
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Refusal("FORENSIC-FILE", "The file cannot be read as text.", "Give a YAML file in UTF-8.") from None
    try:
        root = YAML(typ="base", pure=True).load(content)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise Refusal("FORENSIC-FILE", f"Line {line} is not YAML: {error.problem}.", "Mend that line.") from None
    except (YAMLError, RecursionError):
        raise Refusal("FORENSIC-FILE", "The file is not YAML.", "See the example in the reference.") from None
    top = _mapping(root, "the file", {"title", "arms", "variables", "sentences"})
    sizes = {str(arm): _count(n, f"arms.{arm}") for arm, n in _mapping(top.get("arms", {}), "arms").items()}
    variables = tuple(
        _variable(entry, f"variables[{i}]", sizes)
        for i, entry in enumerate(_list(top.get("variables", []), "variables"))
    )
    sentences = tuple(str(text) for text in _list(top.get("sentences", []), "sentences"))
    if not variables and not sentences:
        raise _wrong("the file", "there is nothing to check; give `variables` or `sentences`")
    return PublishedTable(str(top.get("title", path.stem)), variables, sentences)


def _variable(entry: object, place: str, sizes: Mapping[str, int]) -> Variable:
    known = {"name", "kind", "range", "baseline", "values", "p", "test"}
    row = _mapping(entry, place, known)
    name, kind, test = str(row.get("name", place)), str(row.get("kind", "continuous")), str(row.get("test", "student"))
    if kind not in _KINDS or test not in _TESTS:
        raise _wrong(place, f"kind is one of {', '.join(_KINDS)}; test is one of {', '.join(_TESTS)}")
    limits = None
    if "range" in row:
        ends = _list(row["range"], f"{place}.range")
        if len(ends) != 2:
            raise _wrong(f"{place}.range", "give the lowest and the highest value")
        limits = (_whole(ends[0], f"{place}.range"), _whole(ends[1], f"{place}.range"))
    values = _mapping(row.get("values", {}), f"{place}.values")
    groups = tuple(_group(str(arm), cell, f"{place}.values.{arm}", sizes) for arm, cell in values.items())
    p = printed_p(str(row["p"])) if row.get("p") else None
    return Variable(name, kind, limits, str(row.get("baseline", "no")) in ("yes", "true"), groups, p, test)


def _group(arm: str, cell: object, place: str, sizes: Mapping[str, int]) -> Group:
    numbers = _mapping(cell, place, {"n", "mean", "sd", "events", "percent"})
    if "n" not in numbers and arm not in sizes:
        raise _wrong(place, "the number of participants is missing; give n here or under `arms`")
    return Group(
        arm,
        _count(numbers["n"], f"{place}.n") if "n" in numbers else sizes[arm],
        printed(str(numbers["mean"])) if "mean" in numbers else None,
        printed(str(numbers["sd"])) if "sd" in numbers else None,
        _whole(numbers["events"], f"{place}.events") if "events" in numbers else None,
        printed(str(numbers["percent"]).rstrip("%")) if "percent" in numbers else None,
    )


def _mapping(value: object, place: str, known: set[str] | None = None) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(place, "names with values are expected here")
    if known is not None and (strange := [str(key) for key in value if key not in known]):
        raise _wrong(place, f"`{strange[0]}` is not known here; known: {', '.join(sorted(known))}")
    return value


def _list(value: object, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(place, "a list is expected here")
    return value


def _whole(value: object, place: str) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise _wrong(place, "a whole number is expected here") from None


def _count(value: object, place: str) -> int:
    number = _whole(value, place)
    if not 1 <= number <= 10_000_000:
        raise _wrong(place, "a number of participants from 1 is expected here")
    return number


def _wrong(place: str, what: str) -> Refusal:
    return Refusal("FORENSIC-TABLE", f"{place}: {what}.", "Mend the file and run again.")
