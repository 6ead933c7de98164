"""UCUM unit codes, and exact conversions between them.

A code is read by the grammar of the Unified Code for Units of Measure (UCUM 2.2, ucum.org: prefixes, atoms, `.`, `/`,
exponents, `10*`, annotations in braces), without parentheses.  Factors are fractions: nothing is rounded.
Stricter than UCUM in two places, for safety at the bedside: an amount of substance (`mol`) and a microscope field
(`[HPF]`) are never plain numbers, so that a count per field cannot turn into a count per litre.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from equipoise.vocabulary.refusal import Refusal

Dimension = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A UCUM unit: a value times `factor` plus `offset` is in base units (m, g, s, K, mol) of `dimension`."""

    code: str
    factor: Fraction
    dimension: Dimension
    offset: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Equivalence:
    """What UCUM cannot know: of this analyte, 1 `unit` is `factor` `other` (creatinine: 1 mg/dL is 88.4 umol/L)."""

    unit: str
    factor: Decimal
    other: str


_PREFIXES = {
    "f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "d": -1, "h": 2, "k": 3, "M": 6, "G": 9, "T": 12,
}  # fmt: skip

_BASE = ("m", "g", "s", "K", "mol", "[IU]", "[iU]", "[arb'U]", "[HPF]", "[LPF]")

# Definitions: UCUM essence 2.2 (2024-06-17).  Atom -> (number, defining unit).
_DEFINED = {
    "L": (Fraction(1), "dm3"),
    "l": (Fraction(1), "dm3"),
    "%": (Fraction(1, 100), "1"),
    "min": (Fraction(60), "s"),
    "h": (Fraction(60), "min"),
    "d": (Fraction(24), "h"),
    "wk": (Fraction(7), "d"),
    "a": (Fraction("365.25"), "d"),
    "mo": (Fraction(1, 12), "a"),
    "Pa": (Fraction(1000), "g/m/s2"),
    "m[Hg]": (Fraction("133.322"), "kPa"),
    "kat": (Fraction(1), "mol/s"),
    "U": (Fraction(1), "umol/min"),
}

_METRIC = frozenset({"m", "g", "s", "K", "mol", "[IU]", "[iU]", "L", "l", "Pa", "m[Hg]", "kat", "U"})

_TEMPERATURES = {
    "Cel": (Fraction(1), Fraction("273.15")),
    "[degF]": (Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
}

_COMMON_MISSPELLINGS = {
    "IU/mL": "[IU]/mL", "kIU/L": "k[IU]/L", "AU/mL": "[arb'U]/mL", "mcg": "ug", "µg/L": "ug/L", "µmol/L": "umol/L",
    "mm/jam": "mm/h", "mmHg": "mm[Hg]", "°C": "Cel", "C": "Cel", "°F": "[degF]", "x/menit": "/min", "bpm": "/min",
    "x10^9/L": "10*9/L", "10^3/µL": "10*3/uL", "cells/uL": "/uL", "/mm3": "/uL", "/LPB": "/[HPF]", "/HPF": "/[HPF]",
}  # fmt: skip

_COMPONENT = re.compile(
    r"(?P<atom>(?:[A-Za-z%]|\[[A-Za-z']+\])+|10[*^])?(?P<exponent>[+-]?\d{1,2})?(?:\{[^{}]*\})?", re.ASCII
)
_SEPARATOR = re.compile(r"([./])(?![^{]*\})")


def unit(code: str) -> Unit:
    """Read a UCUM code.  Raises `Refusal` (rule `UCUM`) for anything else, with the right spelling if it is known."""
    if code in _COMMON_MISSPELLINGS:
        raise Refusal("UCUM", f"{code} is not a UCUM unit code.", f"Write {_COMMON_MISSPELLINGS[code]}.")
    try:
        return _read(code)
    except (ValueError, OverflowError):
        raise Refusal(
            "UCUM",
            f"{code[:40]!r} is not a UCUM unit code.",
            "Write it as UCUM does, for example mg/dL, 10*9/L, [IU]/mL or mm[Hg].",
        ) from None


@lru_cache(maxsize=1024)
def _read(code: str) -> Unit:
    if code in _TEMPERATURES:
        factor, offset = _TEMPERATURES[code]
        return Unit(code, factor, (("K", 1),), offset)
    if not code or len(code) > 64:
        raise ValueError
    pieces = _SEPARATOR.split(code)
    if pieces[0] == "" and len(pieces) > 1 and pieces[1] == "/":
        pieces[0] = "1"  # "/min" is one per minute
    factor, powers = Fraction(1), dict[str, int]()
    for position, piece in enumerate(pieces[::2]):
        sign = -1 if position and pieces[2 * position - 1] == "/" else 1
        part, dimension = _component(piece)
        factor *= part**sign
        for base, power in dimension:
            powers[base] = powers.get(base, 0) + sign * power
    return Unit(code, factor, tuple(sorted((base, power) for base, power in powers.items() if power)))


def _component(piece: str) -> tuple[Fraction, Dimension]:
    match = _COMPONENT.fullmatch(piece)
    if match is None or not piece:
        raise ValueError
    atom, exponent = match["atom"], match["exponent"]
    if atom is None:  # a whole number, or an annotation alone, which counts as 1
        number = exponent or "1"
        if not number.isdigit() or int(number) == 0:
            raise ValueError
        return Fraction(int(number)), ()
    power = int(exponent) if exponent else 1
    if atom in {"10*", "10^"}:
        return Fraction(10) ** power, ()
    factor, dimension = _atom(atom)
    return factor**power, tuple((base, power * each) for base, each in dimension)


def _atom(atom: str) -> tuple[Fraction, Dimension]:
    if atom in _BASE:
        return Fraction(1), ((atom, 1),)
    if atom in _DEFINED:
        number, meaning = _DEFINED[atom]
        defined = _read(meaning)
        return number * defined.factor, defined.dimension
    prefix, rest = atom[0], atom[1:]
    if prefix in _PREFIXES and rest in _METRIC:
        factor, dimension = _atom(rest)
        return Fraction(10) ** _PREFIXES[prefix] * factor, dimension
    raise ValueError


def convertible(from_code: str, to_code: str, equivalence: Equivalence | None = None) -> bool:
    """True if `convert` would give a number for these two units."""
    same = unit(from_code).dimension == unit(to_code).dimension
    return same or (equivalence is not None and _bridge(from_code, to_code, equivalence) is not None)


def convert(
    value: Decimal | Fraction | int, from_code: str, to_code: str, equivalence: Equivalence | None = None
) -> Fraction:
    """The exact value in the unit `to_code`; `equivalence` joins mass and substance concentration of one analyte.

    Raises `Refusal` (rule `UCUM`) if the two units measure different things: an activity in [IU] is never a mass, a
    count per field is never a count per volume, and [IU], U and arbitrary units of an assay are never exchanged.
    """
    start, end = unit(from_code), unit(to_code)
    if start.dimension == end.dimension:
        return (Fraction(value) * start.factor + start.offset - end.offset) / end.factor
    bridge = _bridge(from_code, to_code, equivalence) if equivalence is not None else None
    if bridge is None:
        raise Refusal(
            "UCUM",
            f"{from_code} cannot be converted to {to_code}: they do not measure the same thing.",
            "Choose the unit that stands on the laboratory's report.",
        )
    here, factor, there = bridge
    return convert(convert(value, from_code, here) * factor, there, to_code)


def _bridge(from_code: str, to_code: str, equivalence: Equivalence) -> tuple[str, Fraction, str] | None:
    factor = Fraction(equivalence.factor)
    for here, times, there in (
        (equivalence.unit, factor, equivalence.other),
        (equivalence.other, 1 / factor, equivalence.unit),
    ):
        if convertible(from_code, here) and convertible(there, to_code):
            return here, times, there
    return None


def as_decimal(value: Fraction, digits: int = 12) -> Decimal:
    """A fraction as a decimal: exact if `digits` significant digits suffice, else rounded to them, half to even."""
    if value == 0:
        return Decimal(0)
    exponent = len(str(abs(value.numerator))) - len(str(value.denominator)) - digits
    scaled = round(value / Fraction(10) ** exponent)
    if len(str(abs(scaled))) > digits:
        exponent += 1
        scaled = round(value / Fraction(10) ** exponent)
    while scaled % 10 == 0:
        scaled //= 10
        exponent += 1
    return Decimal(scaled * 10**exponent) if exponent >= 0 else Decimal(scaled).scaleb(exponent)
