"""Test vectors shared by the tests of the analysis room.

A, B, D, Y: constructed vectors with exact counts confirmed by two independent methods.  ASAT: Hothorn 1992;
Hauschke, Kieser & Hothorn 1999.  AML: Miller 1997.
"""

import csv
from collections.abc import Iterator
from fractions import Fraction

from equipoise.analysis import Reference
from shared_data import SHARED


def words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def bits(text: str) -> list[int]:
    return [int(c) for c in text if c in "01"]


A_TREATED = words(
    "0.5845198842, -4.1229069251, -4.4323184254, -7.6641953475, -0.8787992736, -5.7240282270, 5.0177320479, "
    "2.6089999842, -2.2165615691, -1.7143290425, -6.9712478371, -3.1792289272, -9.6566778929, -6.3936223535, "
    "-5.5434675051"
)
A_CONTROL = words(
    "-0.4619571048, 7.8508132202, -0.7324837419, -1.7427339200, -1.0271671188, 1.8706030646, -1.9073782113, "
    "1.5885636150, -3.1345062649, 1.6071909275, 2.6073748089, 2.7469405733, 3.6487643836, -6.3049461324, 0.5714946864"
)
B_TREATED = [8, 10, 8, 6, 4, 4, 2, 5, 4, 3, 8, 5, 3, 7, 3]
B_CONTROL = [4, 8, 7, 9, 15, 5, 6, 6, 8, 6, 7, 7, 10, 8, 3]
D = [0, 1, -1, 2, 3, 3, 4, 0, 5, 2, -2, 6, 3, 1, 4]
Y = words(
    "3.5, 11.0, 9.2, 6.5, 5.1, 8.5, 7.5, 8.2, 4.7, 10.4, 3.1, 5.4, 7.7, 9.8, 12.2, 12.9, 6.6, 11.3, 11.0, 8.2, "
    "11.6, 13.7, 13.5, 10.9, 12.2, 5.8, 12.3, 13.3"
)
ASAT_CONTROL = words("1.33 1.78 1.53 1.95 1.83 1.47 1.87 1.55 2.58 2.17 1.97 1.62 2.25 3.53 2.92 1.78 2.22 2.55 2.75")
ASAT_COMPOUND = words("1.53 1.75 2.12 2.83 2.58 2.37 2.92 2.08 3.01 2.67 2.08 2.25 3.08 2.01 1.58")
X_N30 = words(
    "-0.593 -0.587 1.22 -0.107 -1.729 -0.578 -0.122 0.41 -1.83 0.07 -0.462 1.258 -0.649 -0.129 -2.047 2.207 -1.131 "
    "1.029 -0.504 -0.983 -0.469 -0.863 0.539 -0.424 1.643 -1.569 0.272 -0.527 0.145 -2.061"
)
AML = (
    ("maintained", "9 13 13+ 18 23 28+ 31 34 45+ 48 161+"),
    ("not maintained", "5 5 8 8 12 16+ 23 27 30 33 43 45"),
)


def rows(name: str) -> list[dict[str, str]]:
    """A shared data set as rows of text."""
    with (SHARED / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(table: list[dict[str, str]], value: str, **where: str) -> list[str]:
    return [row[value] for row in table if all(row[key] == wanted for key, wanted in where.items())]


def close(actual: object, printed: str) -> bool:
    """Equal to the printed digits: at most half a unit of the last printed digit away (a half counts as equal)."""
    decimals = len(printed.partition(".")[2].split("e")[0])
    exponent = int(printed.partition("e")[2] or 0)
    return abs(Fraction(float(actual)) - Fraction(printed)) <= Fraction(5001, 10000) * Fraction(10) ** (
        exponent - decimals
    )


def sequences(reference: Reference) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    """Every allocation with its weight, by walking the laws: no graph, no arrays, no integers of the engines."""

    def walk(stretch: int, position: int, state: object, arms: dict[int, int], weight: Fraction):
        if stretch == len(reference.stretches):
            yield tuple(arms[u] for u in range(reference.n)), weight
            return
        piece = reference.stretches[stretch]
        if position == len(piece.units):
            start = reference.stretches[stretch + 1].law.start if stretch + 1 < len(reference.stretches) else None
            yield from walk(stretch + 1, 0, start, arms, weight)
            return
        for arm, share, end in piece.law.edges(position, state):
            yield from walk(stretch, position + 1, end, {**arms, piece.units[position]: arm}, weight * share)

    yield from walk(0, 0, reference.stretches[0].law.start, {}, Fraction(1))
