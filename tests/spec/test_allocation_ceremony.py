"""The ceremony has one order, on both sides of the hatch (K6), and no participant before its end."""

import pytest

from allocation_trial import SHARES, VECTOR, trial
from equipoise.allocation import (
    AnchorMedium,
    abandon_ceremony,
    commit_seed,
    freeze_design,
    next_slot,
    receive_pack_map,
    record_anchor,
    seal_list,
    seed_commitment,
)
from equipoise.vocabulary import Refusal, Role

S, P = Role.STATISTICIAN, Role.PHARMACIST
COMMITMENT = {party: seed_commitment(share) for party, share in SHARES.items()}


def steps(held):
    """Each step of the vault's ceremony by a letter."""
    return {
        "F": lambda: held.ask("freeze", design=held.design.canonical()),
        "s": lambda: held.ask("commit", S, commitment=COMMITMENT[S]),
        "p": lambda: held.ask("commit", P, commitment=COMMITMENT[P]),
        "S": lambda: held.ask("reveal", S, share=SHARES[S].hex()),
        "P": lambda: held.ask("reveal", P, share=SHARES[P].hex()),
        "L": lambda: held.ask("seal"),
    }


@pytest.mark.parametrize("order", ["FspSPL", "FpsPSL", "FspPSL"])
def test_the_permitted_orders(tmp_path, order):
    held = trial(tmp_path)
    for letter in order:
        steps(held)[letter]()
    assert held.ask("describe")["is_sealed"]


@pytest.mark.parametrize(
    "order",
    ["s", "S", "L", "FS", "FsS", "FsP", "FspL", "FspSL", "FF", "Fss", "FspSS", "FspSPLF", "FspSPLs", "FspSPLS"],
)
def test_k6_any_other_order_is_refused_and_recorded(tmp_path, order):
    held = trial(tmp_path)
    for letter in order[:-1]:
        steps(held)[letter]()
    with pytest.raises(Refusal) as refused:
        steps(held)[order[-1]]()
    assert refused.value.rule == "CEREMONY-ORDER"
    *_, last = held.room.ledger.entries()
    assert last.type == "vault_verb_refused"


def test_k6_a_share_other_than_the_committed_one_is_refused(tmp_path):
    held = trial(tmp_path)
    held.bind()
    with pytest.raises(Refusal, match="not the share"):
        held.ask("reveal", S, share="ff" * 32)


def test_k6_one_party_cannot_bring_both_shares(tmp_path):
    held = trial(tmp_path)
    steps(held)["F"]()
    steps(held)["s"]()
    with pytest.raises(Refusal, match="same commitment"):
        held.ask("commit", P, commitment=COMMITMENT[S])
    with pytest.raises(Refusal, match="role"):
        held.ask("commit", Role.SPONSOR, commitment=COMMITMENT[P])


def test_the_ledger_refuses_the_same_orders(tmp_path):
    held = trial(tmp_path)
    state = held.book.state

    def rule(verb, *arguments):
        with pytest.raises(Refusal) as refused:
            verb(state(), *arguments)
        return refused.value.rule

    assert rule(commit_seed, S, COMMITMENT[S]) == "CEREMONY-ORDER"
    held.record(lambda now: freeze_design(now, held.design.digest))
    assert rule(freeze_design, held.design.digest) == "CEREMONY-ORDER"
    held.record(lambda now: commit_seed(now, S, COMMITMENT[S]))
    assert rule(commit_seed, S, COMMITMENT[P]) == "CEREMONY-ORDER"
    assert rule(commit_seed, P, COMMITMENT[S]) == "CEREMONY-PARTY"
    assert rule(record_anchor, "0" * 64, AnchorMedium.MAIL, "x") == "CEREMONY-ORDER"
    assert rule(receive_pack_map, ()) == "CEREMONY-ORDER"
    assert rule(next_slot, "01-001") == "RANDOMISE-SEALED"


def test_a_list_for_other_shares_or_with_a_wrong_signature_is_not_recorded(tmp_path):
    held = trial(tmp_path / "a").seal()
    other = trial(tmp_path / "b")
    other.shares[P] = bytes(32)
    other.bind()
    with pytest.raises(Refusal) as refused:
        seal_list(other.book.state(), held.sealed.commitment, held.sealed.signature)
    assert refused.value.rule == "CEREMONY-BINDING"
    same = trial(tmp_path / "c")
    same.bind()
    with pytest.raises(Refusal) as refused:
        seal_list(same.book.state(), held.sealed.commitment, "00" * 64)
    assert refused.value.rule == "CEREMONY-SIGNATURE"


def test_randomise_is_refused_before_the_root_is_anchored_outside(tmp_path):
    held = trial(tmp_path).seal()
    with pytest.raises(Refusal) as refused:
        held.randomise("01-001")
    assert refused.value.rule == "RANDOMISE-ANCHOR"
    held.anchor()
    assert held.randomise("01-001") == (0, 0)


def test_an_anchor_is_read_back_and_a_misprint_is_found(tmp_path):
    held = trial(tmp_path).seal()
    root = held.sealed.commitment.root
    wrong = ("0" if root[0] != "0" else "1") + root[1:]
    with pytest.raises(Refusal, match="not the root"):
        record_anchor(held.book.state(), wrong, AnchorMedium.ETHICS_LETTER, "letter of 2 March")
    with pytest.raises(Refusal, match="where a reader finds"):
        record_anchor(held.book.state(), root, AnchorMedium.ETHICS_LETTER, " ")
    grouped = " ".join(root[at : at + 4] for at in range(0, 64, 4)).upper()
    assert record_anchor(held.book.state(), grouped, AnchorMedium.ETHICS_LETTER, "letter of 2 March")


def test_a_rehearsed_anchor_does_not_open_a_real_trial(tmp_path):
    held = trial(tmp_path).seal()
    with pytest.raises(Refusal, match="real anchor"):
        record_anchor(held.book.state(), held.sealed.commitment.root, AnchorMedium.REHEARSAL, "synthetic")


def test_an_abandoned_ceremony_stays_visible_and_a_new_one_is_a_new_number(tmp_path):
    held = trial(tmp_path).seal()
    with pytest.raises(Refusal, match="for a reason"):
        held.ask("abandon")
    held.ask("abandon", why="the statistician saw the share")
    held.record(abandon_ceremony)
    assert held.book.state().commitment is None
    held.shares[S] = bytes(32)
    first = held.sealed.commitment.root
    held.seal().anchor()
    assert held.sealed.commitment.root != first
    assert [entry.type for entry in held.book.ledger.entries()].count("list_sealed") == 2
    assert held.book.state().ceremony == 2
    held.randomise("01-001")
    with pytest.raises(Refusal, match="randomised from this list"):
        held.record(abandon_ceremony)


def test_the_ledger_knows_the_design_by_its_digest_only(tmp_path):
    """L26: the restriction is nowhere in what a recruiter's server holds; a salt keeps the digest from search."""
    held = trial(tmp_path, {**VECTOR, "salt": "a1" * 16}).seal().anchor()
    text = b"".join(entry.content for entry in held.book.ledger.entries())
    assert b"big-stick" not in text and b"mti" not in text and b"active" not in text
    assert held.design.digest != trial(tmp_path / "other", VECTOR).design.digest


@pytest.mark.parametrize(
    ("method", "severity", "figures"),
    [
        ({"method": "big-stick", "mti": 4}, "info", ("55.0 %", "10.0 %")),
        ({"method": "permuted-blocks", "block_sizes": [4]}, "warning", ("70.0 %", "31.1 %")),
        ({"method": "block-urn", "lambda": 3}, "info", ("62.6 %", "5.4 %")),
        ({"method": "complete"}, "info", ("50.0 %", "0.0 %")),
        ({"method": "minimisation", "factors": ["sex"], "favour": [4, 5]}, "warning", ("80.0 %", "0.0 %")),
    ],
)
def test_the_two_parties_are_told_what_a_design_gives_away_before_they_seal(tmp_path, method, severity, figures):
    """G6: share of right guesses and share known for certain, if all earlier arms leak; a warning where it is poor."""
    held = trial(tmp_path)
    design = {"arms": ["active", "placebo"], "slots": 64, "salt": "5a" * 16, **method}
    (judged,) = held.ask("freeze", design=design, participants=30)["judgement"]
    assert (judged["rule"], judged["severity"]) == ("ALLOCATION-PREDICTABILITY", severity)
    assert all(figure in judged["message"] for figure in figures)
    assert bool(judged["suggestion"]) is (severity == "warning")
