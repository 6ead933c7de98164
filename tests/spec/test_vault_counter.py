"""The vault's counter: a closed list, two doors, roles; what is refused is recorded, and nothing inside is told."""

import json

import pytest

from allocation_trial import DOSED, trial
from allocation_trial import signed as signed_by
from equipoise.allocation.commitment import seed_commitment, slot_leaf
from equipoise.allocation.hatch import HatchVerb
from equipoise.allocation.merkle import verify_inclusion
from equipoise.closure.certificate import LockStatement
from equipoise.vocabulary import Refusal, Role
from equipoise_vault.counter import VERBS
from equipoise_vault.envelope import ENVELOPE_BYTES, open_slot, public_key
from equipoise_vault.proof import is_proven
from equipoise_vault.request import Door
from equipoise_vault.shares import split_key

P = Role.PHARMACIST
OTHER = {"active": "placebo", "placebo": "active"}


@pytest.fixture
def held(tmp_path):
    return trial(tmp_path, DOSED).seal().anchor()


@pytest.fixture(scope="module")
def unsealed(tmp_path_factory):
    return trial(tmp_path_factory.mktemp("unsealed"), DOSED)


def refusal(call):
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value


def log(held):
    return [(entry.type, dict(entry.body)) for entry in held.room.ledger.entries()]


@pytest.mark.parametrize("verb", ["unmask_all", "arms", "", "__class__", "seal; release", "\u202e\x00" * 90])
def test_an_unknown_verb_is_refused_and_recorded(held, verb):
    assert refusal(lambda: held.ask(verb)).rule == "VAULT-VERB"
    kind, body = log(held)[-1]
    assert kind == "vault_verb_refused" and body["rule"] == "VAULT-VERB"
    assert body["verb"].isprintable() and len(body["verb"]) <= 64


def test_the_hatch_has_no_verb_that_answers_with_an_arm():
    """The masked server's door: these few, and the masked side's own list names no other."""
    assert {verb for verb, entry in VERBS.items() if entry.door is Door.HATCH} == set(HatchVerb)
    assert set(HatchVerb) == {
        "describe", "sealed", "sign_checkpoint", "request_doses", "notices", "pharmacy_account", "push_committee_data",
        "draw",
    }  # fmt: skip


@pytest.mark.parametrize("verb", [verb for verb, entry in VERBS.items() if entry.door is Door.DESK])
def test_what_belongs_to_the_desk_is_refused_at_the_hatch(held, verb):
    role = min(VERBS[verb].roles)
    assert refusal(lambda: held.ask(verb, role, Door.HATCH, stratum=0, slot=0)).rule == "VAULT-DOOR"
    assert log(held)[-1][1]["rule"] == "VAULT-DOOR"


REFUSED = [(verb, role) for verb, entry in VERBS.items() for role in Role if role not in entry.roles]


@pytest.mark.parametrize(("verb", "role"), REFUSED)
def test_every_role_by_every_verb_that_is_not_for_it(unsealed, verb, role):
    assert refusal(lambda: unsealed.ask(verb, role, stratum=0, slot=0)).rule == "VAULT-ROLE"


@pytest.mark.parametrize(
    "line",
    [
        b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"verb":1,"who":"x","role":"pharmacist"}', b"[" * 100_000,
        b'{"verb":"describe","who":"x","role":"king"}', b'{"verb":"describe","who":"x","role":"monitor","body":[]}',
        b'{"verb":"describe","who":"x","role":"monitor","body":{"seq":' + b"9" * 5_000 + b"}}",
    ],
)  # fmt: skip
def test_a_line_that_is_no_request_is_a_refusal(held, line):
    assert json.loads(held.counter.answer(line, Door.HATCH))["refused"]["rule"] == "VAULT-REQUEST"


@pytest.mark.parametrize("body", [{}, {"stratum": "0", "slot": 0}, {"stratum": True, "slot": 0}, {"stratum": 0}])
def test_an_incomplete_request_is_named(held, body):
    assert refusal(lambda: held.ask("open_for_pharmacist", P, **body)).rule == "VAULT-REQUEST"


def test_a_fault_tells_nothing_of_the_inside(held, monkeypatch):
    monkeypatch.setattr(held.room, "envelope", lambda *_: 1 / 0)
    answer = refusal(lambda: held.ask("open_for_pharmacist", P, stratum=0, slot=0))
    assert answer.rule == "VAULT-FAULT" and "Zero" not in str(answer)


def test_the_pharmacist_sees_the_arm_of_one_slot_after_it_was_recorded(held):
    arms = {held.ask("open_for_pharmacist", P, stratum=0, slot=slot)["arm"] for slot in range(30)}
    assert arms == {"active", "placebo"}
    assert [body for kind, body in log(held) if kind == "vault_envelope_opened"][3] == {"stratum": 0, "slot": 3}
    assert refusal(lambda: held.ask("open_for_pharmacist", P, stratum=0, slot=30)).rule == "ENVELOPE-PLACE"


def test_no_answer_at_the_hatch_and_no_record_holds_an_arm(held):
    held.ask("open_for_pharmacist", P, stratum=0, slot=0)
    held.break_code(1)
    seq, chain_head = held.book.ledger.head()
    said = [held.ask("describe", door=Door.HATCH), held.ask("sealed", door=Door.HATCH)]
    said.append(
        held.ask("sign_checkpoint", door=Door.HATCH, seq=seq, hash=chain_head, signed_at="2026-03-02T08:00:00.000000Z")
    )
    said.append(held.ask("notices", Role.SYSTEM, Door.HATCH))
    text = json.dumps([said, log(held)])
    assert "active" not in text and "placebo" not in text


def test_k17_a_break_carries_a_proof_and_a_forged_arm_fails_it(held):
    for slot in range(30):
        shown = held.break_code(slot)
        assert is_proven(shown, (0, slot), held.sealed.commitment.root)
        assert not is_proven({**shown, "arm": OTHER[shown["arm"]]}, (0, slot), held.sealed.commitment.root)
        root, path = bytes.fromhex(shown["root"]), [bytes.fromhex(node) for node in shown["path"]]
        assert shown["root"] == held.sealed.commitment.root
        for arm in ("active", "placebo"):
            leaf = slot_leaf(0, slot, arm, bytes.fromhex(shown["nonce"]))
            assert verify_inclusion(leaf, shown["position"], shown["size"], path, root) is (arm == shown["arm"])
        elsewhere = slot_leaf(0, (slot + 1) % 30, shown["arm"], bytes.fromhex(shown["nonce"]))
        assert not verify_inclusion(elsewhere, shown["position"], shown["size"], path, root)


def test_k4_a_swapped_envelope_does_not_open(held):
    boxes = {slot: held.room.envelope(1, "vault", (0, slot)) for slot in range(30)}
    key = held.room.secret("envelope")
    for slot, box in boxes.items():
        assert open_slot(key, (0, slot), box)
        for other in boxes:
            if other != slot:
                with pytest.raises(Refusal, match="does not open"):
                    open_slot(key, (0, other), box)


def test_l11_all_envelopes_have_one_length_and_no_two_are_equal(tmp_path):
    held = trial(tmp_path, {**DOSED, "arms": ["a", "a much longer name of an arm"]})
    pharmacist = bytes(range(1, 33))
    held.ask("freeze", design=held.design.canonical(), pharmacist_key=public_key(pharmacist).hex())
    for step in ("commit", "reveal"):
        for party, share in held.shares.items():
            commitment = seed_commitment(share)
            held.ask(step, party, **({"commitment": commitment} if step == "commit" else {"share": share.hex()}))
    held.ask("seal")
    boxes = [held.room.envelope(1, recipient, (0, slot)) for recipient in ("vault", "pharmacist") for slot in range(30)]
    assert {len(box) for box in boxes} == {ENVELOPE_BYTES} == {112}
    assert len(set(boxes)) == 60
    own = open_slot(pharmacist, (0, 7), held.room.envelope(1, "pharmacist", (0, 7)))
    assert own == open_slot(held.room.secret("envelope"), (0, 7), held.room.envelope(1, "vault", (0, 7)))


def test_k3_the_vault_signs_no_ledger_that_went_back_or_split(held):
    def sign(seq, chain_head):
        return held.ask("sign_checkpoint", seq=seq, hash=chain_head, signed_at="2026-03-02T08:00:00.000000Z")

    assert sign(10, "a" * 64)["seq"] == 10
    assert sign(10, "a" * 64)["hash"] == "a" * 64
    assert sign(12, "b" * 64)["seq"] == 12
    assert refusal(lambda: sign(11, "c" * 64)).rule == "CHECKPOINT-ROLLBACK"
    assert refusal(lambda: sign(12, "c" * 64)).rule == "CHECKPOINT-ROLLBACK"
    assert refusal(lambda: sign(0, "c" * 64)).rule == "VAULT-REQUEST"
    assert refusal(lambda: sign(13, "no hash")).rule == "VAULT-REQUEST"


def test_m08_release_needs_a_lock_of_the_present_data_by_two_people_and_two_key_shares(held):
    held.randomise("01-001")
    certificate = dict(held.lock())
    one, two, three = held.key_shares

    def release(shares=(one, two), data="d" * 64, **changes):
        return held.ask("release", certificate={**certificate, **changes}, data_digest=data, key_shares=list(shares))

    signed, other = certificate["signatures"]
    for call, expected in [
        (lambda: release(data="e" * 64), "RELEASE-DATA"),
        (lambda: release(signatures=[signed]), "RELEASE-SIGNATURES"),
        (lambda: release(signatures=[signed, {**signed, "who": " a. statistician "}]), "RELEASE-SIGNATURES"),
        (lambda: release(signatures=[signed, {**signed, "who": "D. Manager"}]), "RELEASE-SIGNATURES"),
        (lambda: release(signatures=[signed, {**other, "signature": "00" * 64}]), "RELEASE-SIGNATURES"),
        (lambda: release(signatures=[signed, {"who": "D. Manager"}]), "RELEASE-SIGNATURES"),
        (lambda: release(locked_at="2026-09-02T00:00:00.000000Z"), "RELEASE-SIGNATURES"),
        (lambda: release(signatures=None), "RELEASE-SIGNATURES"),
        (lambda: release(shares=(one,)), "KEY-SHARES"),
        (lambda: release(shares=(one, one)), "KEY-SHARES"),
        (lambda: release(shares=(one, "EQ1-2-00")), "KEY-SHARES"),
        (lambda: held.ask("release", certificate={}, data_digest="", key_shares=[]), "RELEASE-LOCK"),
        (lambda: held.ask("release", Role.SPONSOR, certificate={}, data_digest="", key_shares=[]), "VAULT-ROLE"),
    ]:
        assert refusal(call).rule == expected
        assert not held.ask("describe")["is_released"]
    seq, chain_head = held.book.ledger.head()
    held.ask("sign_checkpoint", seq=seq, hash=chain_head, signed_at="2026-03-02T08:00:00.000000Z")
    forged = LockStatement("5" * 64, seq, "0" * 64, "d" * 64, "2026-09-01T00:00:00.000000Z")
    both = [signed_by(forged, who).as_json() for who in ("A. Statistician", "D. Manager")]
    assert refusal(lambda: release(**forged.as_json(), signatures=both)).rule == "RELEASE-LEDGER"
    assert release(shares=(two, three))["opening"]["slots"]
    assert held.ask("describe")["is_released"]


def test_another_trials_shares_do_not_release_this_one(held):
    strange = split_key(bytes(32), lambda size: b"\7" * size)
    certificate = dict(held.lock())
    call = lambda: held.ask("release", certificate=certificate, data_digest="d" * 64, key_shares=list(strange[:2]))  # noqa: E731
    assert refusal(call).rule == "VAULT-KEY"
