"""The pharmacist's day: doses by slot with arm and preparation; labels that could not tell; what the ward asks for."""

import json
from datetime import date

import pytest

from conduct_world import World, on, plan
from equipoise.allocation.dose_request import DayOfDoses, DoseRequest, read_day_of_doses
from equipoise.conduct import StartEncounter, Withdraw, WithdrawalFrom, WithdrawalReason
from equipoise.conduct.due_doses import due_doses
from equipoise.vocabulary import Refusal, Role
from equipoise_vault.pharmacy.labels import Label, label_page
from equipoise_vault.request import Door
from pharmacy_trial import pharmacy
from scenario import DOCTOR, NURSE, RANDOMISED, P, replayed


@pytest.fixture
def desk(tmp_path):
    made = pharmacy(tmp_path).stocked()
    made.request(*((slot, 1) for slot in range(4)))
    return made


def log(desk, kind):
    return [entry.body for entry in desk.held.room.ledger.entries() if entry.type == kind]


def test_each_slot_is_opened_once_a_day_on_record_before_it_is_shown(desk):
    shown = desk.ask("todays_doses")["doses"]
    assert [(dose["slot"], dose["dose"]) for dose in shown] == [(slot, 1) for slot in range(4)]
    assert {dose["arm"] for dose in shown} <= {"secretome", "placebo"} and all(dose["steps"] for dose in shown)
    desk.ask("todays_doses")
    assert log(desk, "vault_envelope_opened") == [{"stratum": 0, "slot": slot} for slot in range(4)]


def test_an_event_that_cannot_be_written_shows_nothing(desk, monkeypatch):
    monkeypatch.setattr(type(desk.held.room.ledger), "append", lambda *_, **__: 1 / 0)
    with pytest.raises(Refusal) as refused:
        desk.ask("todays_doses")
    assert refused.value.rule == "VAULT-FAULT"


def test_the_list_of_a_day_replaces_the_one_before_and_tomorrow_is_another(desk):
    desk.request((1, 1), (2, 1))
    assert [dose["slot"] for dose in desk.ask("todays_doses")["doses"]] == [1, 2]
    desk.request((3, 1), day="2026-03-03")
    assert [dose["slot"] for dose in desk.ask("todays_doses")["doses"]] == [1, 2]
    desk.wait(24 * 60)
    assert [dose["slot"] for dose in desk.ask("todays_doses")["doses"]] == [3]


def test_the_hatch_takes_the_list_from_the_masked_server_alone_and_says_the_same_whatever_the_arms(tmp_path):
    answers = []
    for name, swapped in (("one", False), ("other", True)):
        held = pharmacy(tmp_path / name, swapped=swapped).held
        due = DayOfDoses(date(2026, 3, 2), (DoseRequest(0, 1, 1), DoseRequest(0, 0, 1)))
        answers.append(held.ask("request_doses", Role.SYSTEM, Door.HATCH, **due.as_json()))
        with pytest.raises(Refusal) as refused:
            held.ask("request_doses", Role.INVESTIGATOR, Door.HATCH, **due.as_json())
        assert refused.value.rule == "VAULT-ROLE"
    assert answers[0] == answers[1] == {"day": "2026-03-02", "doses": 2}


@pytest.mark.parametrize("wrong", [[0, 8, 1], [1, 0, 1], [0, 0, 0], [0, 0, 11], [0, -1, 1], [0, 0], [0, 0, True]])
def test_a_dose_that_the_list_does_not_have_is_refused(desk, wrong):
    document = {"format": "equipoise-dose-requests-1", "day": "2026-03-02", "requests": [wrong]}
    with pytest.raises(Refusal) as refused:
        desk.held.ask("request_doses", Role.SYSTEM, Door.HATCH, **document)
    assert refused.value.rule == "DOSE-REQUESTS"


@pytest.mark.parametrize("change", [{"format": "x"}, {"day": "today"}, {"requests": 3}, {"requests": [[0, 0, 1]] * 2}])
def test_what_is_no_list_of_requests_is_a_sentence(change):
    right = DayOfDoses(date(2026, 3, 2), (DoseRequest(0, 0, 1),)).as_json()
    assert read_day_of_doses(right).as_json() == right
    with pytest.raises(Refusal) as refused:
        read_day_of_doses({**right, **change})
    assert refused.value.rule == "DOSE-REQUESTS"


# --- labels ----------------------------------------------------------------------------------------------------------


def printed(folder, swapped):
    desk = pharmacy(folder, swapped=swapped).stocked()
    desk.request(*((slot, 1) for slot in range(8)))
    arms = [desk.dose(slot)["arm"] for slot in range(8)]
    packs = [desk.prepared(slot) for slot in range(8)]
    return arms, desk.ask("labels", packs=packs), desk.held.sealed.pack_numbers


def test_labels_of_two_worlds_are_the_same_but_for_the_number(tmp_path):
    """The packs are numbered by the seed, which the arms' names move: with them put aside, not a byte differs."""
    (one, first, packs), (other, second, others) = (printed(tmp_path / str(at), bool(at)) for at in range(2))
    assert one != other and set(one) == {"secretome", "placebo"}

    def without_numbers(answer, numbers):
        text = json.dumps(answer)
        for number in sorted(numbers):
            text = text.replace(number, "#")
        return text

    assert without_numbers(first, packs) == without_numbers(second, others)
    assert len({len(label["pack"]) for label in first["labels"]}) == 1


def test_a_label_needs_the_end_of_the_thaw(desk):
    pack = desk.start(0)
    assert desk.refusal("labels", packs=[pack]) == "PHARMACY-STEP"
    desk.ask("end_thaw", pack=pack, ended_at=desk.now())
    (label,) = desk.ask("labels", packs=[pack])["labels"]
    assert label["use_before"] == "2026-03-02 15:45+07:00" and label["pack"] == pack
    assert desk.ask("labels", packs=[pack])["labels"] == [label]


def test_a_label_prints_any_text_as_text():
    page = label_page([Label("<script>alert(1)</script>", "00019", "a & b", "“c”", "")])
    assert "<script>" not in page and "a &amp; b" in page and "as instructed" in page


# --- the masked side's list ------------------------------------------------------------------------------------------


def test_due_doses_follow_windows_order_and_withdrawal():
    world = replayed(RANDOMISED)
    assert due_doses(plan(), world.state, on(1)).requests == (DoseRequest(0, 0, 1),)
    assert due_doses(plan(), world.state, on(3)).requests == ()
    world.do(NURSE, StartEncounter(P, "day_1", on(1)))
    assert due_doses(plan(), world.state, on(1)).requests == (DoseRequest(0, 0, 1),)
    world.do(DOCTOR, Withdraw(P, WithdrawalFrom.TREATMENT, WithdrawalReason.ADVERSE_EVENT, on(1)))
    assert due_doses(plan(), world.state, on(1)).requests == ()
    assert "01-0001" not in json.dumps(due_doses(plan(), World().state, on(1)).as_json())
