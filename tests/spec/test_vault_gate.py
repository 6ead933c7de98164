"""The gate: a vault that nobody has opened answers nothing; two holders open it, each with the own share (K18)."""

import json
from datetime import timedelta

import pytest

from allocation_trial import START, trial
from equipoise.vocabulary import Refusal, Role, SteppingClock, canonical_json
from equipoise_vault.drbg import KeyedGenerator
from equipoise_vault.gate import OFFER_LASTS, Gate
from equipoise_vault.request import Door
from equipoise_vault.room import FILE
from equipoise_vault.shares import HOLDERS

S, P, Q = HOLDERS.values()
PHYSICIAN = Role.TREATING_PHYSICIAN


class Asked:
    """A gate and its clock."""

    def __init__(self, folder):
        self.clock = SteppingClock(START, timedelta())
        self.folder = folder
        self.gate = Gate(folder, KeyedGenerator(b"gate").take, self.clock)

    def ask(self, verb, role=Role.PHARMACIST, door=Door.DESK, **body):
        line = canonical_json({"verb": verb, "who": role.value, "role": role.value, "body": body})
        answer = json.loads(self.gate.answer(line, door))
        if "refused" in answer:
            raise Refusal(**answer["refused"])
        return answer["granted"]

    def rule(self, *of, **body):
        with pytest.raises(Refusal) as refused:
            self.ask(*of, **body)
        return refused.value.rule

    def made(self):
        shares = {role: self.ask("take_share", role)["share"] for role in HOLDERS.values()}
        for role, share in shares.items():
            self.ask("confirm_share", role, check=share[-4:])
        return shares


@pytest.fixture
def new(tmp_path):
    return Asked(tmp_path / "vault")


def test_a_locked_vault_answers_no_verb_of_the_counter_through_either_door(new):
    for verb in ("describe", "sealed", "todays_doses", "break_one", "release", "nonsense"):
        for door in (Door.HATCH, Door.DESK):
            assert new.rule(verb, door=door) == "VAULT-LOCKED"


def test_the_gates_own_verbs_are_not_asked_through_the_hatch(new):
    for verb in ("gate", "take_share", "confirm_share", "offer_share"):
        assert new.rule(verb, door=Door.HATCH) == "VAULT-LOCKED"


def test_a_line_that_is_no_request_is_a_sentence(new):
    assert json.loads(new.gate.answer(b"[[[", Door.DESK))["refused"]["rule"] == "VAULT-REQUEST"


def test_nothing_is_written_until_all_three_hold_their_share(new):
    shares = {role: new.ask("take_share", role)["share"] for role in (S, P, Q)}
    assert len(set(shares.values())) == 3 and not new.folder.exists()
    assert new.ask("take_share", S)["share"] == shares[S]  # again until it is confirmed: a page can fail to load
    for role in (S, P):
        new.ask("confirm_share", role, check=shares[role][-4:].lower())
    assert new.ask("gate")["state"] == "shares" and not (new.folder / FILE).exists()
    assert new.rule("take_share", S) == "KEY-SHARES"
    assert new.rule("confirm_share", Q, check="0000") == "KEY-SHARES"
    assert new.ask("confirm_share", Q, check=shares[Q][-4:])["state"] == "open"
    assert new.ask("describe", door=Door.HATCH)["rehearsal"] is False


@pytest.mark.parametrize("verb", ["take_share", "confirm_share", "offer_share"])
def test_only_holders_come_to_the_key(new, verb, tmp_path):
    assert new.rule(verb, PHYSICIAN, check="0000", share="x") in ("VAULT-ROLE", "VAULT-GATE")


@pytest.mark.parametrize("pair", [(S, P), (P, Q), (Q, S)])
def test_any_two_holders_open_it_each_with_the_own_share(new, pair):
    shares = new.made()
    again = Asked(new.folder)
    one, two = pair
    assert again.ask("gate") == {"state": "locked", "confirmed": [], "offered": []}
    assert again.rule("offer_share", one, share=shares[two]) == "KEY-SHARES"
    assert again.ask("offer_share", one, share=shares[one])["offered"] == [one.value]
    assert again.ask("offer_share", one, share=shares[one])["state"] == "locked"
    assert again.ask("offer_share", two, share=shares[two])["state"] == "open"
    assert again.rule("offer_share", two, share=shares[two]) == "VAULT-GATE"


def test_the_first_share_waits_half_an_hour_and_no_longer(new):
    shares = new.made()
    again = Asked(new.folder)
    again.ask("offer_share", S, share=shares[S])
    again.clock.set(START + OFFER_LASTS + timedelta(seconds=1))
    assert again.ask("gate")["offered"] == []
    assert again.ask("offer_share", P, share=shares[P])["state"] == "locked"


def test_shares_of_another_vault_do_not_open_it_and_both_are_given_anew(new, tmp_path):
    shares = new.made()
    other = trial(tmp_path / "other").key_shares
    again = Asked(new.folder)
    again.ask("offer_share", S, share=other[0])
    assert again.rule("offer_share", P, share=shares[P]) == "VAULT-KEY"
    assert again.ask("gate") == {"state": "locked", "confirmed": [], "offered": []}


def test_a_restart_before_the_last_confirmation_begins_anew(new):
    new.ask("take_share", S)
    again = Asked(new.folder)
    assert again.ask("gate")["state"] == "new"


def test_the_opening_is_on_record_with_its_holders(new):
    new.made()
    room = new.gate._counter._room
    (opened,) = [entry for entry in room.ledger.entries() if entry.type == "vault_opened"]
    assert opened.body == {"holders": [S.value, P.value, Q.value]}
