"""The reference set of a randomisation test: the procedure that was used, as a value."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from equipoise.allocation.minimisation import Minimisation as PocockSimon
from equipoise.allocation.minimised_lists import draw_minimised
from equipoise.allocation.procedures import BigStick, BlockUrn, Complete, PermutedBlocks
from equipoise.analysis.exact.laws import Block, Corridor, Imbalance, Law, Minimisation, ProcedureLaw, Urn
from equipoise.vocabulary import Refusal

_EVEN = (1, 1)
_AT_ONCE = 1_000  # allocations that a re-run draws together


@dataclass(frozen=True, slots=True)
class Stretch:
    """Participants allocated in this order by one law, independently of all other stretches."""

    units: tuple[int, ...]
    law: Law


@dataclass(frozen=True, slots=True)
class Reference:
    """A procedure whose sequences can be weighed exactly.  `n` participants, numbered from 0 in order of entry."""

    name: str
    n: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Rerun:
    """A procedure that can only be run again: `draw(generator)` gives one allocation of 0 and 1, in order of entry.

    `generator` is a numpy `Generator`.  The p-value is then a Monte Carlo one, with its exact interval.
    """

    name: str
    n: int
    draw: Callable[[np.random.Generator], Sequence[int]]


Procedure: TypeAlias = Reference | Rerun


def fixed_sizes(n: int, treated: int) -> Reference:
    """`treated` of `n` participants, all C(n, treated) subsets equally likely: the unrestricted permutation test.

    Refuses sizes that do not fit the trial.  Source: Fisher 1935; Rosenberger & Lachin 2016, chapter 3 (random
    allocation rule).
    """
    _refuse_sizes(0 < treated < n)
    return _one(f"{treated} of {n}, all subsets equally likely", n, Block(n, treated, n))


def complete(n: int) -> Reference:
    """An independent fair coin per participant; sequences with an empty arm are left out.

    Refuses sizes that do not fit the trial.  Source: Rosenberger & Lachin 2016, chapter 3.
    """
    return _one("complete randomisation", n, ProcedureLaw(Complete(), _EVEN, 1))


def big_stick(n: int, limit: int = 4) -> Reference:
    """A fair coin until |treated - control| = `limit` participants, then the lagging arm.

    Refuses sizes that do not fit the trial.  Source: Soares & Wu 1983.
    """
    _refuse_sizes(limit >= 1)
    return _one(f"big stick, maximum tolerated imbalance {limit}", n, ProcedureLaw(BigStick(limit), _EVEN, 1))


def biased_coin(n: int, favour: Fraction = Fraction(2, 3), limit: int | None = None) -> Reference:
    """Efron's biased coin: the lagging arm with probability `favour`, 1/2 each at balance.

    With `limit`, |treated - control| goes no further: there the lagging arm is certain.
    Refuses a probability outside 1/2 to 1.  Source: Efron 1971; Chen 1999 (with imbalance tolerance).
    """
    _refuse_chance(favour)
    tail = "" if limit is None else f", imbalance at most {limit}"
    return _one(f"biased coin, lagging arm with probability {favour}{tail}", n, Imbalance(favour, limit))


def urn(n: int, alpha: int = 1, beta: int = 1) -> Reference:
    """Wei's urn design UD(alpha, beta): P(treated) = (alpha + beta n0) / (2 alpha + beta (n0 + n1)) after n0 and n1.

    Refuses sizes that do not fit the trial.  Source: Wei 1978.
    """
    _refuse_sizes(alpha >= 0 and beta >= 0 and alpha + beta > 0)
    return _one(f"urn design UD({alpha}, {beta})", n, Urn(alpha, beta))


def block_urn(n: int, per_arm: int = 3) -> Reference:
    """Block urn design, 1:1, with `per_arm` balls of each arm; a balanced set of balls drawn goes back into the urn.

    Refuses sizes that do not fit the trial.  Source: Zhao & Weng 2011.
    """
    _refuse_sizes(per_arm >= 1)
    return _one(f"block urn, {per_arm} per arm", n, ProcedureLaw(BlockUrn(per_arm), _EVEN, 1))


def maximal(n: int, limit: int, length: int | None = None) -> Reference:
    """Maximal procedure for a list of `length` places (default n) of which the first `n` were used.

    All sequences with |treated - control| <= `limit` throughout and balance at the end are equally likely.
    Refuses sizes that do not fit the trial.  Source: Berger, Ivanova & Knoll 2003.
    """
    planned = n if length is None else length
    _refuse_sizes(limit >= 1 and planned >= n and planned % 2 == 0)
    name = f"maximal procedure, imbalance at most {limit}"
    # The unused places stay in the walk, on unit -1, so that each beginning counts with its completions.
    units = tuple(range(n)) + (-1,) * (planned - n)
    return Reference(name, n, (Stretch(units, Corridor(planned, limit)),))


def permuted_blocks(sizes: Sequence[int], treated: Sequence[int] | None = None, used_in_last: int = 0) -> Reference:
    """Permuted blocks as recorded, in order; `treated` per block defaults to half of each.

    `used_in_last` is the number of filled places of a truncated last block (0: the last block is complete); its
    beginning counts with the number of its completions.  Refuses sizes that do not fit, and a block of odd size
    without the number treated.  Source: Matts & Lachin 1988; Rosenberger & Lachin 2016, section 6.7.
    """
    _refuse_sizes(len(sizes) > 0 and all(size >= 1 for size in sizes))
    halves = [size // 2 for size in sizes] if treated is None else list(treated)
    if treated is None and any(size % 2 for size in sizes):
        raise Refusal("REFERENCE-BLOCK", "A block of odd size has no half.", "Give the number treated per block.")
    _refuse_sizes(len(halves) == len(sizes) and all(0 <= k <= size for k, size in zip(halves, sizes, strict=True)))
    _refuse_sizes(0 <= used_in_last <= sizes[-1])
    stretches, entered = [], 0
    for index, (size, count) in enumerate(zip(sizes, halves, strict=True)):
        used = used_in_last if used_in_last and index == len(sizes) - 1 else size
        stretches.append(Stretch(tuple(range(entered, entered + used)), Block(size, count, used)))
        entered += used
    cut = ", last block truncated" if entered < sum(sizes) else ""
    return Reference(f"permuted blocks of {_listing(sizes)}{cut}", entered, tuple(stretches))


def random_blocks(n: int, sizes: Sequence[int]) -> Reference:
    """1:1 blocks with sizes drawn with equal chances and *not* recorded; prefer `permuted_blocks` where they were.

    Refuses sizes that do not fit the trial.  Source: Rosenberger & Lachin 2016, chapter 3.
    """
    _refuse_sizes(len(sizes) > 0 and all(size >= 2 and size % 2 == 0 for size in sizes))
    law = ProcedureLaw(PermutedBlocks(tuple(sizes)), _EVEN, 1)
    return _one(f"blocks of random size ({_listing(sizes)}), boundaries unknown", n, law)


def minimisation(levels: Sequence[Sequence[str]], favour: Fraction, weights: Sequence[int] | None = None) -> Reference:
    """Pocock-Simon minimisation over the recorded factor levels, in order of entry; exact for small trials.

    `weights` are one positive integer per factor (default 1 each).  About 30 participants over two factors, or 24
    over three, can be weighed exactly; beyond, `minimisation_again` runs the same procedure.
    Refuses rows of different length, weights below 1, a probability outside 1/2 to 1.  Source: Pocock & Simon 1975.
    """
    rows, heavy = _minimised(levels, favour, weights)
    return _one(_minimisation_name(rows, favour), len(rows), Minimisation(rows, favour, heavy))


def minimisation_again(
    levels: Sequence[Sequence[str]], favour: Fraction, weights: Sequence[int] | None = None
) -> Rerun:
    """The same minimisation, run again from the recorded levels and order of entry, for a trial of any size.

    Tests then give p = (count + 1)/(draws + 1) with its exact binomial interval.  Refuses as `minimisation`.
    Source: Pocock & Simon 1975; Rosenberger & Lachin 2016, section 6.9; Simon & Simon 2011.
    """
    rows, heavy = _minimised(levels, favour, weights)
    factors = tuple(str(index) for index in range(len(heavy)))
    procedure = PocockSimon(factors, heavy, (favour.numerator, favour.denominator))
    name = f"{_minimisation_name(rows, favour)}, run again"
    return rerun_of_many(name, len(rows), lambda runs, generator: draw_minimised(procedure, 2, rows, runs, generator))


def rerun_of_many(name: str, n: int, draw_many: Callable[[int, np.random.Generator], NDArray[np.int8]]) -> Rerun:
    """A re-run whose draws are made many at a time; what a generator drew serves that generator alone."""
    waiting: Iterator[NDArray[np.int8]] = iter(())
    owner: np.random.Generator | None = None

    def draw(generator: np.random.Generator) -> Sequence[int]:
        nonlocal waiting, owner
        row = next(waiting, None) if generator is owner else None
        if row is None:
            waiting, owner = iter(draw_many(_AT_ONCE, generator)), generator
            row = next(waiting)
        return row  # type: ignore[return-value]  # a row of 0 and 1 is a sequence of whole numbers

    return Rerun(name, n, draw)


def stratified(strata: Sequence[tuple[Sequence[int], Reference]]) -> Reference:
    """Independent references per stratum.  Each pair gives the participants' places in the trial, and their law.

    Refuses strata that do not hold every participant exactly once.  Source: Kernan et al. 1999; Rosenberger & Lachin
    2016, section 6.7.
    """
    n = sum(len(places) for places, _ in strata)
    if sorted(place for places, _ in strata for place in places) != list(range(n)):
        raise Refusal(
            "REFERENCE-STRATA",
            "The strata do not hold every participant exactly once.",
            "Number the participants from 0 in order of entry and give each number to one stratum.",
        )
    stretches = []
    for places, reference in strata:
        _refuse_sizes(len(places) == reference.n)
        for stretch in reference.stretches:
            stretches.append(Stretch(tuple(places[u] if u >= 0 else -1 for u in stretch.units), stretch.law))
    names = "; ".join(f"stratum {i + 1}: {reference.name}" for i, (_, reference) in enumerate(strata))
    return Reference(names, n, tuple(stretches))


def _minimised(
    levels: Sequence[Sequence[str]], favour: Fraction, weights: Sequence[int] | None
) -> tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]:
    _refuse_chance(favour)
    rows = tuple(tuple(str(level) for level in row) for row in levels)
    _refuse_sizes(len(rows) >= 2 and len(rows[0]) > 0 and len({len(row) for row in rows}) == 1)
    heavy = (1,) * len(rows[0]) if weights is None else tuple(weights)
    _refuse_sizes(len(heavy) == len(rows[0]) and all(weight >= 1 for weight in heavy))
    return rows, heavy


def _minimisation_name(rows: tuple[tuple[str, ...], ...], favour: Fraction) -> str:
    return f"minimisation over {len(rows[0])} factors, favoured arm with probability {favour}"


def _one(name: str, n: int, law: Law) -> Reference:
    _refuse_sizes(isinstance(n, int) and n >= 2)
    return Reference(name, n, (Stretch(tuple(range(n)), law),))


def _listing(sizes: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for size in sizes:
        if runs and runs[-1][0] == size:
            runs[-1][1] += 1
        else:
            runs.append([size, 1])
    return ", ".join(str(size) if count == 1 else f"{size} (x{count})" for size, count in runs)


def _refuse_sizes(right: bool) -> None:
    if not right:
        raise Refusal(
            "REFERENCE-SIZE",
            "The sizes of the allocation procedure do not fit the trial.",
            "Check the number of participants, the block sizes and the limits against the randomisation record.",
        )


def _refuse_chance(favour: Fraction) -> None:
    if not Fraction(1, 2) <= favour <= 1:
        raise Refusal(
            "REFERENCE-CHANCE",
            "The probability of the favoured arm lies outside 1/2 to 1.",
            "Give it as a fraction, for example Fraction(2, 3).",
        )
