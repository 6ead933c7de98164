"""How well people guessed the arm: the blinding indices of Bang and of James, from a questionnaire asked masked."""

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from equipoise.analysis.harms_data import Guess
from equipoise.analysis.harms_results import GuessTable, Index
from equipoise.analysis.models.distributions import t_quantile

ACTIVE, PLACEBO, UNKNOWN = "active", "placebo", "do_not_know"


def guess_tables(
    guesses: Sequence[Guess], members: Mapping[str, frozenset[str]], experimental: Sequence[str], level: Fraction
) -> tuple[GuessTable, ...]:
    """One table per kind of respondent; a participant's last guess counts.  The indices are for two arms."""
    return tuple(_table(kind, guesses, members, experimental, level) for kind in dict.fromkeys(_kinds(guesses)))


def _kinds(guesses: Sequence[Guess]) -> Iterator[str]:
    return (guess.respondent for guess in guesses)


def _table(
    kind: str,
    guesses: Sequence[Guess],
    members: Mapping[str, frozenset[str]],
    experimental: Sequence[str],
    level: Fraction,
) -> GuessTable:
    last = {guess.participant: guess for guess in guesses if guess.respondent == kind}
    counts = {
        arm: {
            answer: sum(guess.participant in inside and guess.answer == answer for guess in last.values())
            for answer in (ACTIVE, PLACEBO, UNKNOWN)
        }
        for arm, inside in members.items()
    }
    bang = {arm: _bang_of(row, arm in experimental, level) for arm, row in counts.items() if any(row.values())}
    both = len(members) == 2 and len(bang) == 2
    entries = tuple(sorted(guess.entry for guess in last.values()))
    return GuessTable(kind, counts, bang, _james_of(counts, experimental, level) if both else None, entries)


def _bang_of(row: Mapping[str, int], is_experimental: bool, level: Fraction) -> Index:
    right, wrong = (row[ACTIVE], row[PLACEBO]) if is_experimental else (row[PLACEBO], row[ACTIVE])
    return bang_index(right, wrong, sum(row.values()), level)


def bang_index(right: int, wrong: int, n: int, level: Fraction) -> Index:
    """Bang's index of one arm: (right - wrong) / n, with n counting those who do not know.

    Variance (p + q - (p - q)^2) / n for the shares p right and q wrong; normal interval, kept inside -1 and 1.
    Source: Bang, Ni & Davis, Control Clin Trials 2004;25:143-156.
    """
    p, q = right / n, wrong / n
    return _index(p - q, (p + q - (p - q) ** 2) / n, n, level, -1.0)


def _james_of(counts: Mapping[str, Mapping[str, int]], experimental: Sequence[str], level: Fraction) -> Index | None:
    first, second = (row for _, row in sorted(counts.items(), key=lambda pair: pair[0] not in experimental))
    cells = (first[ACTIVE], first[PLACEBO], second[ACTIVE], second[PLACEBO])
    return james_index(cells, first[UNKNOWN] + second[UNKNOWN], level)


def james_index(cells: tuple[int, int, int, int], unknown: int, level: Fraction) -> Index | None:
    """James's index over both arms; `cells` are (right, wrong) of the first arm and (wrong, right) of the second.

    {1 + P_dk + (1 - P_dk) K} / 2 with K = (P_o - P_e) / P_e, weights 0 for right, 1/2 for wrong, 1 for not knowing.
    With g the share who guess, a, b, c, d the shares of the cells and e = (b + d)(a + b) + (a + c)(c + d) this is
    1 - g + g^2 (b + c) / (2 e); its variance is that of a function of multinomial shares (delta method).
    None where the guesses leave e = 0 (nobody guessed, or all of one arm guessed alike).
    Source: James et al., Stat Med 1996;15:1421-1434.
    """
    n = sum(cells) + unknown
    if not sum(cells):
        return Index(1.0, 0.0, None, n) if n else None
    a, b, c, d = shares = tuple(cell / n for cell in cells)
    g, wrong = sum(shares), b + c
    e = (b + d) * (a + b) + (a + c) * (c + d)
    if e == 0:
        return None
    slopes_of_e = (b + d + c + d, a + b + b + d, a + c + c + d, a + b + a + c)
    slopes = [
        -1 + (2 * g * wrong + g * g * is_wrong) / (2 * e) - g * g * wrong * slope / (2 * e * e)
        for is_wrong, slope in zip((0, 1, 1, 0), slopes_of_e, strict=True)
    ]
    mean = sum(share * slope for share, slope in zip(shares, slopes, strict=True))
    square = sum(share * slope * slope for share, slope in zip(shares, slopes, strict=True))
    return _index(1 - g + g * g * wrong / (2 * e), (square - mean * mean) / n, n, level, 0.0)


def _index(value: float, variance: float, n: int, level: Fraction, lowest: float) -> Index:
    se = math.sqrt(max(0.0, variance))
    if se == 0:
        return Index(value, se, None, n)
    half = t_quantile((1 + float(level)) / 2, float("inf")) * se
    return Index(value, se, (max(lowest, value - half), min(1.0, value + half)), n)
