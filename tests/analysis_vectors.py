"""Test vectors shared by the tests of the analysis room.

A, B, C, D, Y: constructed vectors with exact counts confirmed by two independent methods.  ASAT: Hothorn 1992;
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
C = [
    line.split()
    for line in """\
-0.904  0.761 -0.303  2.247 -0.092 -0.448  0.953
-0.874 -0.346 -0.037  0.198  0.020  0.845 -1.003
-1.903  0.655 -0.180  0.604 -1.200  2.213  2.215
 0.355 -0.594 -0.097 -0.838  1.469  0.927 -0.924
-1.229 -0.257 -1.402  0.631  1.432  0.338  2.039
-0.430  0.024  0.852 -0.741  0.894  1.842  0.305
 0.439  0.811 -0.213 -0.443 -0.628  0.487 -1.141
-1.599  1.844 -1.284 -0.780  0.674 -0.336  0.110
-0.409  0.497 -0.321 -2.354  0.344  0.920 -1.515
-1.852  0.881 -0.886  1.991 -2.284  0.740  0.557
-0.666  1.610  0.119  0.520 -0.175 -1.483  0.388
-1.312  1.650  0.480 -0.542 -0.024 -0.682  0.804
 0.147 -0.975 -0.272  2.896 -0.987 -0.225 -0.600
-0.133 -1.068  0.066 -0.532  1.443 -0.501  0.260
-0.243  0.291 -2.025 -0.470  1.566 -0.459  0.298
-0.268  1.484  0.136  1.788  1.157  0.379  0.244
 0.570 -0.677 -1.476  1.828 -0.287  0.050  1.503
-1.500 -0.177  0.451  1.317 -1.365  0.312 -0.369
-0.516 -0.051 -0.350  0.128 -0.210  1.135  0.244
-0.384  0.643  0.505 -0.168 -0.196 -0.124  1.480
 1.270 -0.081  0.606 -1.122 -0.110  1.482 -1.108
-0.013  0.726  0.209 -0.095 -0.362  0.205  0.727
-0.679 -0.197  1.929 -0.667  1.256  0.831  1.548
-0.936  0.467  1.042  0.522 -0.443 -0.426  0.009
-0.731 -0.174 -0.093  0.496  0.222  0.131 -1.008
 0.150 -1.153 -1.699 -0.629 -0.851  0.824  1.408
-0.971 -0.895  0.825  2.172 -0.870  1.611 -0.201
-0.834 -2.057 -2.142 -0.269 -2.564 -1.753 -1.642
 0.859 -0.829  0.609 -0.005  0.113 -0.093 -1.088
 0.614  0.619  0.809  0.203 -1.247 -1.258 -0.189
""".splitlines()
]
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
