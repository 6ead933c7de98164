"""The guesser: an insider who has all that masked roles have, and the opened lists of earlier trials to learn from.

K5 and K7: he guesses no better than a coin, and after some code breaks no better than the design allows.  Sizes and
times of requests do not appear here: between two worlds they are equal (`test_two_worlds.py`, `test_requests.py`).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from equipoise.allocation import BigStick, PackPlan, RandomisationDesign, predictability, seed_commitment
from equipoise_vault.seal import make_list

ARMS, SLOTS, TRIALS = ("active", "placebo"), 50, 200
DESIGN = RandomisationDesign(ARMS, BigStick(4), SLOTS, packs=PackPlan(6))
LEARNT, GUESSED = range(TRIALS), range(TRIALS, 2 * TRIALS)
"""10,000 allocations to learn from, and 10,000 to guess."""


@dataclass(frozen=True)
class Seen:
    """One trial as the masked side has it, `public` and `packs` (slot by dose), and what it hides: `arms` (0 or 1)."""

    public: tuple[bytes, ...]
    packs: np.ndarray
    arms: np.ndarray


def sealed_trial(number: int, design: RandomisationDesign = DESIGN) -> Seen:
    shares = [hashlib.sha256(f"{number} {party}".encode()).digest() for party in "SP"]
    made = make_list(design, *shares)
    public = (bytes.fromhex(made.root()), *(bytes.fromhex(seed_commitment(share)) for share in shares))
    arms = np.array([ARMS.index(slot.arm) for slot in made.slots])
    return Seen(public, np.array(made.packs.numbers, dtype=int), arms)


@pytest.fixture(scope="module")
def trials() -> list[Seen]:
    return [sealed_trial(number) for number in range(2 * TRIALS)]


def features(trial: Seen) -> np.ndarray:
    """Whatever may hang together with the arm: place, numbers, their order, parity and check digit, published bits."""
    slot = np.arange(SLOTS)
    packs, rank = trial.packs / trial.packs.max(), trial.packs[:, 0].argsort().argsort()
    bits = np.unpackbits(np.frombuffer(b"".join(part[:4] for part in trial.public), np.uint8))
    columns = [
        np.ones(SLOTS), slot / SLOTS, slot % 2, slot % 4 // 2, slot % 3 == 0,
        *packs.T, packs.mean(axis=1), packs.min(axis=1), packs.max(axis=1),
        *(trial.packs % 2).T, *(trial.packs // 10 % 2).T, (trial.packs % 10).mean(axis=1),
        rank / SLOTS, rank % 2, np.diff(packs[:, 0], prepend=0), np.diff(packs[:, 0], append=0),
        *np.broadcast_to(bits[:, None], (len(bits), SLOTS)),
        *(np.resize(np.unpackbits(np.frombuffer(part, np.uint8)), SLOTS) for part in trial.public),
    ]  # fmt: skip
    return np.column_stack(columns).astype(float)


def share_guessed(trials: list[Seen]) -> float:
    """Ridge regression of the arm on the features of earlier trials; the share of right guesses in the others."""
    known = np.vstack([features(trials[number]) for number in LEARNT])
    arms = np.concatenate([trials[number].arms for number in LEARNT]) - 0.5
    weights = np.linalg.solve(known.T @ known + 10 * np.eye(known.shape[1]), known.T @ arms)
    right = [(features(trials[number]) @ weights > 0) == trials[number].arms for number in GUESSED]
    return float(np.mean(np.concatenate(right)))


def test_a_masked_insider_guesses_no_better_than_a_coin(trials: list[Seen], figure: Callable[[str, str], None]) -> None:
    share = share_guessed(trials)
    figure("a masked insider's guesses", f"{share:.2%} right of {len(GUESSED) * SLOTS:,}")
    assert share == pytest.approx(0.5, abs=0.01)


def ranges(trial: Seen) -> Seen:
    """Planted: the numbers of one arm are the smaller ones (L1)."""
    order = np.argsort(trial.arms, kind="stable")
    packs = np.empty_like(trial.packs)
    packs[order] = np.sort(trial.packs.ravel()).reshape(trial.packs.shape)
    return Seen(trial.public, packs, trial.arms)


def last_digit(trial: Seen) -> Seen:
    """Planted: the last digit of a number is even for one arm."""
    return Seen(trial.public, trial.packs // 2 * 2 + trial.arms[:, None], trial.arms)


def alternating(trial: Seen) -> Seen:
    """Planted: the arms take turns."""
    return Seen(trial.public, trial.packs, np.arange(SLOTS) % 2)


def in_the_root(trial: Seen) -> Seen:
    """Planted: the published root is made from the arms without nonces."""
    bare = np.packbits(np.resize(trial.arms, 256)).tobytes()
    return Seen((bare, *trial.public[1:]), trial.packs, trial.arms)


@pytest.mark.parametrize("planted", [ranges, last_digit, alternating, in_the_root])
def test_a_list_that_leaks_is_guessed(trials: list[Seen], planted) -> None:
    assert share_guessed([planted(trial) for trial in trials]) > 0.9


# --- K7: some slots were opened --------------------------------------------------------------------------------------


def area(scores: np.ndarray, arms: np.ndarray) -> float:
    ranks = scores.argsort().argsort() + 1.0
    positive = arms.sum()
    return float((ranks[arms == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(arms) - positive)))


def after_breaks(trials: list[Seen], opened: int, luck: np.random.Generator) -> tuple[float, float]:
    """(AUC from closeness of numbers to the opened ones, share guessed with balance as well) over all other slots."""
    scores, arms, right = [], [], []
    for trial in trials:
        known = luck.permutation(SLOTS)[:opened]
        others = np.setdiff1d(np.arange(SLOTS), known)
        sign = np.where(trial.arms[known] == 1, 1, -1)
        gap = np.abs(trial.packs[others][:, None, :] - trial.packs[known][None, :, :]).mean(axis=2) / trial.packs.max()
        near = ((0.33 - gap) * sign).sum(axis=1) + luck.normal(0, 1e-9, len(others))
        balance = np.array([-(sign / (1 + np.abs(known - slot))).sum() for slot in others])
        scores.append(near)
        arms.append(trial.arms[others])
        right.append((near + balance > 0) == trial.arms[others])
    return area(np.concatenate(scores), np.concatenate(arms)), float(np.mean(np.concatenate(right)))


@pytest.mark.parametrize("opened", range(1, 6))
def test_k7_opened_slots_tell_no_more_of_the_others_than_the_design_does(trials: list[Seen], opened: int) -> None:
    luck = np.random.default_rng(opened)
    by_numbers, guessed = after_breaks(trials, opened, luck)
    assert by_numbers == pytest.approx(0.5, abs=0.01)
    assert guessed <= predictability(DESIGN.procedure, (1, 1), SLOTS).guess
    assert after_breaks([ranges(trial) for trial in trials], opened, luck)[0] > 0.6


# --- L30: the seed ---------------------------------------------------------------------------------------------------


def found_by_enumeration(commitment: str) -> bytes | None:
    """Try every seed share that 16 bits can make against its public commitment."""
    tried = (number.to_bytes(32) for number in range(1 << 16))
    return next((share for share in tried if seed_commitment(share) == commitment), None)


def test_a_short_seed_is_found_and_ours_is_not() -> None:
    """With both shares found, the whole list follows from what is public."""
    short = [number.to_bytes(32) for number in (41_873, 60_012)]
    found = [found_by_enumeration(seed_commitment(share)) for share in short]
    assert make_list(DESIGN, *found).root() == make_list(DESIGN, *short).root()
    assert found_by_enumeration(seed_commitment(hashlib.sha256(b"32 random bytes").digest())) is None
