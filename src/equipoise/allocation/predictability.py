"""What a design gives away: how often the next arm can be guessed, or is certain, once all earlier ones are known.

Exact sums over the procedure's own tree of chances; nothing is simulated.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

from equipoise.allocation.design import RandomisationDesign
from equipoise.allocation.minimisation import Minimisation
from equipoise.allocation.procedures import Procedure, Ratio, State
from equipoise.vocabulary import Finding, Severity

GUESS_GAIN_POOR = 0.15
CERTAIN_POOR = 0.20
"""Above either (guesses gained over chance, share known), a warning.  Fixed and random blocks lie above at 30
participants; block urn 3 and big stick 3 lie below."""
SMALL_STRATUM = 20
"""Below this many expected participants, a stratum costs more predictability than it gains in balance."""

_Known: TypeAlias = tuple[frozenset[State], State, Ratio]
"""(states that the guesser cannot rule out, the true state, allocations so far of each arm)."""


@dataclass(frozen=True, slots=True)
class Predictability:
    """Shares between 0 and 1 over the first `slots` allocations, when all earlier arms are known (the worst case).

    `guess`: correct guesses of the better of two strategies, always to name the arm that is furthest behind its planned
    share (Blackwell & Hodges, Annals of Mathematical Statistics 1957; 28: 449-460), or always the most frequent arm.
    `certain`: allocations that are known for certain.
    `imbalance`: mean over lists of max(n_i / r_i) - min(n_i / r_i) at the end; for 1:1 the difference in arm sizes.
    """

    slots: int
    guess: float
    certain: float
    imbalance: float


def predictability(procedure: Procedure, ratio: Ratio, slots: int) -> Predictability:
    """Work the three figures out for the first `slots` allocations of one stratum."""
    start = procedure.start(ratio)
    now: dict[_Known, float] = {(frozenset({start}), start, (0,) * len(ratio)): 1.0}
    convergence = certain = 0.0
    most_frequent = max(ratio) / sum(ratio)
    for _ in range(slots):
        after: dict[_Known, float] = defaultdict(float)
        for (possible, true, counts), chance in now.items():
            open_states = frozenset(state for hidden in possible for _, state in _settled(procedure, ratio, hidden))
            arms = {outcome.arm for state in open_states for outcome in procedure.outcomes(state, ratio)}
            certain += chance * (len(arms) == 1)
            behind = _furthest_behind(counts, ratio)
            for arm, state, weight in _branches(procedure, ratio, true):
                convergence += chance * weight * (arm in behind) / len(behind)
                left = _after(procedure, ratio, open_states, arm)
                grown = tuple(count + (index == arm) for index, count in enumerate(counts))
                after[left, state, grown] += chance * weight
        now = after
    imbalance = sum(chance * _imbalance(counts, ratio) for (_, _, counts), chance in now.items())
    return Predictability(slots, max(convergence / slots, most_frequent), certain / slots, imbalance)


def of_design(design: RandomisationDesign, participants: int) -> Predictability:
    """The figures of one stratum of a design with a list, for the planned number of participants over all strata."""
    return predictability(design.procedure, design.shares, _per_stratum(design, participants))


def judge_design(design: RandomisationDesign, participants: int, sites: int = 1) -> tuple[Finding, ...]:
    """What the statistician reads before sealing: the two figures always, and a warning where they are poor.

    `participants` is the planned number over all strata; for the statistician and the pharmacist only, since the
    restriction is not for recruiters (L26).
    """
    per_stratum = _per_stratum(design, participants)
    if isinstance(design.procedure, Minimisation):
        return (_judge_minimisation(design.procedure, len(design.arms)),)
    found = of_design(design, participants)
    by_chance = max(design.shares) / sum(design.shares)
    is_poor = found.guess - by_chance > GUESS_GAIN_POOR or found.certain > CERTAIN_POOR
    message = (
        f"With all earlier arms known, {_percent(found.guess)} of allocations can be guessed (by chance "
        f"{_percent(by_chance)}) and {_percent(found.certain)} are certain."
    )
    findings = [
        Finding(
            rule="ALLOCATION-PREDICTABILITY",
            severity=Severity.WARNING if is_poor else Severity.INFO,
            place="randomisation",
            message=message,
            suggestion="Take the big stick with tolerance 4, or the block urn with lambda 3." if is_poor else "",
            why="A recruiter who can guess the next arm chooses whom to ask, and the arms cease to be comparable.",
            sources=("ICH E9 2.3.2", "Schulz 1995", "Kennedy 2017", "Berger 2005"),
        )
    ]
    if design.strata and sites == 1 and per_stratum < SMALL_STRATUM:
        findings.append(
            Finding(
                rule="ALLOCATION-STRATA",
                severity=Severity.WARNING,
                place="randomisation.strata",
                message=f"{design.stratum_count} strata leave about {per_stratum} participants in each.",
                suggestion="Adjust for the factor in the analysis instead of stratifying.",
                why="Small strata restart the restriction often, which is what makes it predictable.",
                sources=("ICH E9 2.3.2",),
            )
        )
    return tuple(findings)


def _per_stratum(design: RandomisationDesign, participants: int) -> int:
    return max(1, min(design.slots, participants // design.stratum_count))


def _judge_minimisation(procedure: Minimisation, arms: int) -> Finding:
    """Whoever knows all earlier arms and levels names the favoured arm: the bound needs no sum."""
    part, whole = procedure.favour
    is_poor = part / whole - 1 / arms > GUESS_GAIN_POOR
    return Finding(
        rule="ALLOCATION-PREDICTABILITY",
        severity=Severity.WARNING if is_poor else Severity.INFO,
        place="randomisation",
        message=(
            f"With all earlier arms and factor levels known, up to {_percent(part / whole)} of allocations can be "
            f"guessed (by chance {_percent(1 / arms)}) and 0.0 % are certain."
        ),
        suggestion="Take a smaller chance for the favoured arm, or the big stick with tolerance 4." if is_poor else "",
        why="Minimisation is worked out by whoever knows who came before; only its random element hides the next arm.",
        sources=("ICH E9 2.3.2", "Pocock & Simon 1975", "EMA/CHMP/295050/2013 section 4.1"),
    )


def _settled(procedure: Procedure, ratio: Ratio, state: State) -> Iterator[tuple[float, State]]:
    """The states that hidden moves lead to, with their chances."""
    outcomes = procedure.outcomes(state, ratio)
    if outcomes[0].arm is not None:
        yield 1.0, state
        return
    total = sum(outcome.weight for outcome in outcomes)
    for outcome in outcomes:
        yield outcome.weight / total, outcome.state


def _branches(procedure: Procedure, ratio: Ratio, true: State) -> Iterator[tuple[int, State, float]]:
    for chance, state in _settled(procedure, ratio, true):
        outcomes = procedure.outcomes(state, ratio)
        total = sum(outcome.weight for outcome in outcomes)
        for outcome in outcomes:
            assert outcome.arm is not None, "hidden moves are settled"
            yield outcome.arm, outcome.state, chance * outcome.weight / total


def _after(procedure: Procedure, ratio: Ratio, possible: frozenset[State], arm: int) -> frozenset[State]:
    """What the guesser cannot rule out once he has seen `arm`."""
    outcomes = (outcome for state in possible for outcome in procedure.outcomes(state, ratio))
    return frozenset(outcome.state for outcome in outcomes if outcome.arm == arm)


def _furthest_behind(counts: Ratio, ratio: Ratio) -> list[int]:
    total, done = sum(ratio), sum(counts)
    lag = [share * done - count * total for count, share in zip(counts, ratio, strict=True)]
    return [arm for arm, value in enumerate(lag) if value == max(lag)]


def _imbalance(counts: Ratio, ratio: Ratio) -> float:
    scaled = [count / share for count, share in zip(counts, ratio, strict=True)]
    return max(scaled) - min(scaled)


def _percent(share: float) -> str:
    return f"{(Decimal(share) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)} %"
