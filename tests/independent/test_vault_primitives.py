"""The vault's building stones against known answers and independent computations (K18, L30)."""

import hashlib
import hmac
import itertools
import os
import time

import numpy as np
import pytest
from scipy import stats

from allocation_trial import SHARES, VECTOR
from equipoise.allocation.design import read_design
from equipoise.vocabulary import Refusal, Role
from equipoise_vault.drbg import KeyedGenerator
from equipoise_vault.envelope import seal_slot
from equipoise_vault.seal import make_list
from equipoise_vault.shares import HOLDERS, holder_of, join_shares, split_key

KEY = bytes(range(100, 132))


def test_the_generator_is_hmac_in_counter_mode():
    seed = b"seed"
    blocks = b"".join(hmac.new(seed, counter.to_bytes(8, "big"), hashlib.sha256).digest() for counter in range(4))
    assert KeyedGenerator(seed).take(128) == blocks
    generator = KeyedGenerator(seed)
    assert [generator.below(2**32) for _ in range(32)] == [
        int.from_bytes(blocks[at : at + 4], "big") for at in range(0, 128, 4)
    ]


def test_l30_no_modulo_bias():
    """A bound just above 2^31 would be hit twice as often in its lower half if words were only reduced."""
    generator = KeyedGenerator(b"bias")
    bound = 3 * 2**30
    draws = np.array([generator.below(bound) for _ in range(60_000)])
    assert stats.chisquare(np.histogram(draws, bins=12, range=(0, bound))[0]).pvalue > 1e-4
    small = np.array([generator.below(7) for _ in range(70_000)])
    assert stats.chisquare(np.bincount(small)).pvalue > 1e-4


def test_l30_lists_are_distributed_as_the_design_says():
    """Over 6,000 seeds each pattern of a block of four comes equally often."""
    design = read_design({"arms": ["a", "b"], "method": "permuted-blocks", "block_sizes": [4], "slots": 4})
    patterns = {}
    for number in range(6_000):
        made = make_list(design, number.to_bytes(32, "big"), bytes(32))
        patterns.setdefault(tuple(slot.arm for slot in made.slots), []).append(number)
    assert len(patterns) == 6
    assert stats.chisquare([len(numbers) for numbers in patterns.values()]).pvalue > 1e-4


@pytest.mark.parametrize("pair", list(itertools.permutations(range(3), 2)))
def test_k18_any_two_shares_restore_the_key(pair):
    shares = split_key(KEY, KeyedGenerator(b"split").take)
    assert join_shares(shares[pair[0]], shares[pair[1]]) == KEY
    assert join_shares(f" {shares[pair[0]].lower()}\n", shares[pair[1]]) == KEY
    assert [holder_of(share) for share in shares] == list(HOLDERS.values())
    assert HOLDERS[3] is Role.QUALITY_OFFICER


def test_k18_a_misread_share_is_told_and_one_share_alone_is_uniform():
    shares = split_key(KEY, KeyedGenerator(b"split").take)
    for at, letter in enumerate(shares[0]):
        other = "0" if letter != "0" else "1"
        with pytest.raises(Refusal):
            join_shares(shares[0][:at] + other + shares[0][at + 1 :], shares[1])
    with pytest.raises(Refusal, match="same person"):
        join_shares(shares[1], shares[1])
    entropy = KeyedGenerator(b"uniform").take
    seen = np.zeros(256)
    for _ in range(2_000):
        body = bytes.fromhex("".join(split_key(KEY, entropy)[0].split("-")[2:-1]))
        np.add.at(seen, list(body), 1)
    assert stats.chisquare(seen).pvalue > 1e-4


def test_an_envelope_is_reproducible_from_its_entropy_and_from_nothing_else():
    recipient = bytes.fromhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    make = lambda entropy: seal_slot(recipient, (0, 1), "active", bytes(32), entropy)  # noqa: E731
    assert make(KeyedGenerator(b"a").take) == make(KeyedGenerator(b"a").take)
    assert make(KeyedGenerator(b"a").take)[:64] != make(KeyedGenerator(b"b").take)[:64]


def test_ten_thousand_slots_are_made_and_enveloped_twice_in_five_seconds():
    design = read_design({**VECTOR, "slots": 10_000})
    began = time.process_time()
    made = make_list(design, SHARES[Role.STATISTICIAN], SHARES[Role.PHARMACIST])
    made.root()
    recipient = bytes.fromhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    for slot in made.slots * 2:
        seal_slot(recipient, (slot.stratum, slot.slot), slot.arm, slot.nonce, os.urandom)
    assert time.process_time() - began < 5
