"""Code break: two components, a reason from the list and in words, the event before the reveal, one slot, proof, alarm;
envelopes on paper as the fallback; and what the masked side learns: that it happened (E6R3-3.15.1(d), 4.1.4)."""

import json
import re
from datetime import timedelta

import pytest

from allocation_trial import DOSED, trial
from equipoise.allocation import BreakReason, take_account, take_notices
from equipoise.allocation.state import AllocationState
from equipoise.vocabulary import Refusal, Role, utc_text
from equipoise_vault.request import Door

P, PHYSICIAN = Role.PHARMACIST, Role.TREATING_PHYSICIAN


@pytest.fixture
def held(tmp_path):
    return trial(tmp_path, DOSED).seal().anchor()


def refusal(call):
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value.rule


def kinds(held):
    return [entry.type for entry in held.room.ledger.entries()]


def notices(held):
    return held.ask("notices", Role.SYSTEM, Door.HATCH)


# --- who, and why


def test_a_break_needs_a_token_of_the_same_person_for_this_act_once(held):
    right = {"stratum": 0, "slot": 0, "reason": "overdose"}

    def broken(token, who=""):
        return refusal(lambda: held.ask("break_one", PHYSICIAN, why="x", who=who, **right, **token))

    assert broken({}) == broken({"token": "00" * 32}) == "REAUTHENTICATION"
    mine = held.token("break_one", PHYSICIAN, who="dr.a")
    assert broken({"token": mine}, who="dr.b") == "REAUTHENTICATION"
    assert broken({"token": mine}, who="dr.a") == "REAUTHENTICATION"  # it was taken from the other one's hand
    other = held.token("print_envelopes", P)
    assert broken({"token": other}) == "REAUTHENTICATION"
    used = held.token("break_one", PHYSICIAN)
    assert held.ask("break_one", PHYSICIAN, why="x", **right, token=used)["arm"]
    assert broken({"token": used}) == "REAUTHENTICATION"
    late = held.token("break_one", PHYSICIAN)
    held.vault_clock.set(held.vault_clock() + timedelta(seconds=121))
    assert broken({"token": late}) == "REAUTHENTICATION"
    assert kinds(held).count("vault_code_broken") == 1


@pytest.mark.parametrize("components", [[], ["password"], ["password", "password"], ["password", "blood"]])
def test_a_token_takes_two_components(held, components):
    call = lambda: held.ask("reauthenticate", PHYSICIAN, act="break_one", components=components)  # noqa: E731
    assert refusal(call) in ("REAUTHENTICATION", "VAULT-REQUEST")


@pytest.mark.parametrize(("reason", "why"), [("curiosity", "x"), ("", "x"), ("overdose", "  ")])
def test_a_break_needs_a_reason_of_the_list_and_in_words(held, reason, why):
    assert refusal(lambda: held.break_code(0, reason=reason, why=why)) in ("VAULT-REQUEST", "BREAK-REASON")
    assert "vault_code_broken" not in kinds(held)


def test_a_reason_that_was_mistyped_does_not_cost_the_token(held):
    token = held.token("break_one", PHYSICIAN)
    body = {"stratum": 0, "slot": 0, "token": token}
    assert refusal(lambda: held.ask("break_one", PHYSICIAN, why="", reason="overdose", **body)) == "BREAK-REASON"
    assert held.ask("break_one", PHYSICIAN, why="fell", reason="overdose", **body)["arm"]


# --- the event, the limit, the alarm


def test_the_event_stands_before_the_reveal(held, monkeypatch):
    monkeypatch.setattr("equipoise_vault.opening.open_slot", lambda *_: 1 / 0)
    assert refusal(lambda: held.break_code(0)) == "VAULT-FAULT"
    assert kinds(held)[-1] == "vault_code_broken"
    assert [each["slot"] for each in notices(held)["breaks"]] == [0]


def test_a_break_that_cannot_be_recorded_shows_nothing(held, monkeypatch):
    token = held.token("break_one", PHYSICIAN)
    monkeypatch.setattr("equipoise_vault.opening.open_slot", lambda *_: pytest.fail("opened without a record"))
    monkeypatch.setattr(type(held.room.ledger), "append", lambda *_, **__: 1 / 0)
    call = lambda: held.ask("break_one", PHYSICIAN, why="x", stratum=0, slot=0, reason="overdose", token=token)  # noqa: E731
    assert refusal(call) == "VAULT-FAULT"


def test_k14_the_hundred_and_first_slot_of_a_day_is_refused_and_tomorrow_is_another_day(tmp_path):
    held = trial(tmp_path, {**DOSED, "slots": 102, "packs": {"doses": 1, "spares": 0}}).seal()
    for slot in range(100):
        held.break_code(slot)
    assert refusal(lambda: held.break_code(100)) == "BREAK-LIMIT"
    assert held.break_code(99)["arm"]
    for slot in range(100):
        held.ask("open_for_pharmacist", P, stratum=0, slot=slot)
    assert refusal(lambda: held.ask("open_for_pharmacist", P, stratum=0, slot=100)) == "OPEN-LIMIT"
    held.vault_clock.set(held.vault_clock().replace(day=3))
    assert held.break_code(100)["arm"] and held.ask("open_for_pharmacist", P, stratum=0, slot=101)["arm"]


def test_k14_the_fourth_code_of_a_day_raises_an_alarm_that_the_masked_side_sees(held):
    for slot in (0, 1, 2, 2, 0):
        held.break_code(slot)
    assert notices(held)["alarms"] == []
    held.break_code(3)
    (alarm,) = notices(held)["alarms"]
    assert alarm["number"] == 1
    held.break_code(3)
    assert len(notices(held)["alarms"]) == 1


def test_m04_a_slot_that_nobody_asked_a_dose_for_raises_an_alarm_in_the_vault(tmp_path):
    from pharmacy_trial import pharmacy

    desk = pharmacy(tmp_path).stocked()
    desk.request((2, 1))
    desk.held.ask("open_for_pharmacist", P, stratum=0, slot=2)
    assert "vault_alarm_raised" not in kinds(desk.held)
    desk.held.ask("open_for_pharmacist", P, stratum=0, slot=5)
    assert kinds(desk.held)[-1] == "vault_alarm_raised" and notices(desk.held)["alarms"] == []


# --- paper


def pages(held, why=""):
    return held.ask("print_envelopes", P, why=why, token=held.token("print_envelopes", P))["pages"]


def test_m07_one_page_per_slot_all_of_one_length_and_the_mark_is_the_arm(held):
    document = pages(held)
    parts = re.findall(r"<article>.*?</article>", document, re.DOTALL)
    assert len(parts) == 30 and len({len(part) for part in parts}) == 1
    for slot, part in enumerate(parts):
        marked = re.search(r"\[X\]</td><td>(\w+)", part)[1]
        assert marked == held.break_code(slot)["arm"] and f"0000 / {slot:06d}" in part


def test_the_printing_is_recorded_first_and_a_second_one_has_a_reason(held, monkeypatch):
    assert refusal(lambda: held.ask("print_envelopes", P)) == "REAUTHENTICATION"
    pages(held)
    assert refusal(lambda: pages(held)) == "PAPER-TWICE"
    monkeypatch.setattr("equipoise_vault.paper.envelope_pages", lambda *_: 1 / 0)
    assert refusal(lambda: pages(held, why="the first set was lost")) == "VAULT-FAULT"
    assert kinds(held).count("vault_paper_envelopes_printed") == 2


def opened(held, slot, **change):
    body = {"stratum": 0, "slot": slot, "reason": "overdose", "opened_by": "dr.a", "opened_at": utc_text(held.clock())}
    return held.ask("record_opened", PHYSICIAN, **{**body, **change})


def test_opened_envelopes_are_code_breaks_and_the_rest_is_counted(held):
    def is_closed():
        return held.ask("pharmacy_account", Role.SYSTEM, Door.HATCH)

    held.vault_clock.set(held.clock() + timedelta(days=1))
    assert refusal(lambda: opened(held, 0)) == "PAPER-PRINTED"
    assert is_closed() == {"is_closed": True}
    pages(held)
    assert is_closed() == {"is_closed": False}
    assert held.ask("count_envelopes", P, intact=30) == {"is_even": True} and is_closed() == {"is_closed": True}
    opened(held, 4)
    assert is_closed() == {"is_closed": False}
    assert refusal(lambda: opened(held, 4)) == "PAPER-OPENED"
    assert refusal(lambda: opened(held, 30)) == "ENVELOPE-PLACE"
    assert refusal(lambda: opened(held, 5, opened_at="2027-01-01T00:00:00.000000Z")) == "PAPER-TIME"
    assert held.ask("count_envelopes", P, intact=30) == {"is_even": False} and is_closed() == {"is_closed": False}
    assert held.ask("count_envelopes", P, intact=29) == {"is_even": True}
    (notice,) = notices(held)["breaks"]
    assert (notice["slot"], notice["on_paper"], notice["reason"]) == (4, True, "overdose")


# --- what the masked side learns


def test_l28_the_masked_side_learns_that_a_code_was_broken_and_nothing_else(held):
    held.randomise("01-001")
    held.break_code(0, why="the active arm is suspected")
    held.break_code(0)
    held.break_code(7)
    answer = notices(held)
    assert set(answer["breaks"][0]) == {"number", "stratum", "slot", "reason", "at", "on_paper"}
    entries = held.record(lambda state: take_notices(state, answer), Role.SYSTEM)
    assert [(entry.type, entry.body.get("participant"), entry.body["slot"]) for entry in entries] == [
        ("code_broken", "01-001", 0),
        ("code_broken", None, 7),
    ]
    assert held.record(lambda state: take_notices(state, notices(held)), Role.SYSTEM) == ()
    text = "".join(entry.content.decode() for entry in held.book.ledger.entries())
    assert "active" not in text and "suspected" not in text


def test_an_alarm_is_taken_once():
    answer = {"breaks": [], "alarms": [{"number": 1, "at": "2026-03-02T08:00:00.000000Z"}]}
    state = AllocationState()
    (alarm,) = take_notices(state, answer)
    state.alarms = alarm.number
    assert take_notices(state, answer) == ()


@pytest.mark.parametrize("answer", [{}, {"breaks": [{}], "alarms": []}, {"breaks": [], "alarms": [{"number": 1}]}])
def test_notices_that_cannot_be_read_are_a_sentence(answer):
    assert refusal(lambda: take_notices(AllocationState(), answer)) == "VAULT-NOTICES"


def test_the_account_is_recorded_when_it_changes():
    state = AllocationState()
    (entry,) = take_account(state, False)
    state.is_account_closed = entry.is_closed
    assert take_account(state, False) == () and take_account(state, True)[0].is_closed


def test_every_reason_of_the_list_can_be_given(held):
    for slot, reason in enumerate(BreakReason):
        held.break_code(slot, reason=reason.value)
    assert json.dumps(notices(held)).count('"reason"') == len(BreakReason)
