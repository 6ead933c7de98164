"""The committee's closed report: data pushed in by slot, tables by fresh labels, sealed to admitted members (L29)."""

import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal

import pytest

from allocation_trial import DOSED, trial
from closure_trial import followed, screened_in
from conduct_world import World, at, on, plan, sealed_list
from equipoise.closure.committee_data import committee_data
from equipoise.conduct import OpenTrial
from equipoise.vocabulary import MASKED_ROLES, Refusal, Role
from equipoise_vault.committee.data import read_data
from equipoise_vault.committee.labels import fresh_labels
from equipoise_vault.committee.report import STEP_BYTES, open_report
from equipoise_vault.committee.tables import closed_tables
from equipoise_vault.drbg import KeyedGenerator
from equipoise_vault.envelope import public_key
from equipoise_vault.request import Door
from scenario import SPONSOR

MEMBER, P = Role.DMC_MEMBER, Role.PHARMACIST
KEYS = {name: bytes([at + 1] * 32) for at, name in enumerate(("prof.chair", "dr.member", "dr.guest"))}


def pushed(slots=20):
    """Data in which every third slot has an event, and slot n changes by -n."""
    return {
        "format": "equipoise-committee-data-1", "study": "T", "study_digest": "5" * 64, "synthetic": True,
        "ledger_seq": 9, "ledger_hash": "a" * 64, "cut_on": "2026-05-01",
        "endpoints": [{"id": "score", "name": "Change <of> score", "metric": "change", "unit": ""}],
        "slots": [
            {
                "stratum": 0, "slot": slot, "doses_given": 10, "stopped_treatment": slot == 1, "left": False,
                "adverse_events": [["Nausea", 3 if slot == 3 else 1, slot == 3]] if slot % 3 == 0 else [],
                "outcomes": {"score": ["12", None if slot == 5 else str(12 - slot)]},
            }
            for slot in range(slots)
        ],
    }  # fmt: skip


@pytest.fixture
def held(tmp_path):
    made = trial(tmp_path, DOSED).seal().anchor()
    for name in ("prof.chair", "dr.member"):
        key = public_key(KEYS[name]).hex()
        made.ask("register_member", MEMBER, who=name, key=key)
        made.ask("admit_member", P, member=name, key=key)
    made.digest = made.ask("push_committee_data", Role.SYSTEM, Door.HATCH, data=pushed())["digest"]
    return made


def report(held, *recipients, role=MEMBER, data=""):
    return held.ask("closed_report", role, who="prof.chair", data=data or held.digest, recipients=list(recipients))


def refusal(call):
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value.rule


def test_each_recipient_opens_the_report_and_nobody_else_does(held):
    document = report(held, "prof.chair", "dr.member")
    read = {name: _opened(document, key) for name, key in KEYS.items()}
    assert read["prof.chair"] == read["dr.member"] and read["dr.guest"] is None
    assert "Confidential" in read["prof.chair"]["page"] and "&lt;of&gt;" in read["prof.chair"]["page"]
    assert "synthetic" in read["prof.chair"]["page"]
    only = report(held, "dr.member")
    assert _opened(only, KEYS["prof.chair"]) is None and _opened(only, KEYS["dr.member"])


def _opened(document, key):
    try:
        return open_report(document, key)
    except Refusal as refused:
        assert refused.rule == "COMMITTEE-REPORT"
        return None


def test_l29_a_report_goes_to_no_masked_role_and_to_nobody_unknown(held):
    assert refusal(lambda: report(held, "prof.chair", "statistician")) == "COMMITTEE-RECIPIENT"
    assert refusal(lambda: report(held, "prof.chair", "dr.guest")) == "COMMITTEE-RECIPIENT"
    assert refusal(lambda: report(held)) == "COMMITTEE-RECIPIENT"
    for role in sorted(MASKED_ROLES):
        assert refusal(lambda role=role: report(held, "prof.chair", role=role)) == "VAULT-ROLE"
    masked = {"key": public_key(KEYS["dr.guest"]).hex()}
    assert refusal(lambda: held.ask("register_member", MEMBER, who="statistician", **masked)) == "COMMITTEE-MASKED"
    assert [entry.type for entry in held.room.ledger.entries()].count("vault_closed_report_made") == 0


def test_a_key_counts_once_another_person_has_compared_it(held):
    key = {"key": public_key(KEYS["dr.guest"]).hex()}
    held.ask("register_member", MEMBER, who="dr.guest", **key)
    assert refusal(lambda: report(held, "dr.guest")) == "COMMITTEE-RECIPIENT"
    admit = {"member": "dr.guest", **key}
    assert refusal(lambda: held.ask("admit_member", MEMBER, who="dr.guest", **admit)) == "COMMITTEE-SECOND"
    assert refusal(lambda: held.ask("admit_member", P, member="dr.guest", key="00" * 32)) == "COMMITTEE-KEY"
    held.ask("admit_member", MEMBER, who="prof.chair", **admit)
    assert _opened(report(held, "dr.guest"), KEYS["dr.guest"])
    held.ask("remove_member", P, member="dr.guest")
    assert refusal(lambda: report(held, "dr.guest")) == "COMMITTEE-RECIPIENT"
    taken = {"key": public_key(KEYS["prof.chair"]).hex()}
    assert refusal(lambda: held.ask("register_member", MEMBER, who="dr.other", **taken)) == "COMMITTEE-KEY"


def test_l17_labels_are_fresh_and_never_stand_in_two_reports(held):
    """Over many reports each letter falls on each arm about equally often; a label of one report is in no other."""
    entropy = KeyedGenerator(b"labels").take
    drawn = [fresh_labels(("active", "placebo"), number, entropy) for number in range(1, 401)]
    labels = [label for each in drawn for label in each.values()]
    assert len(set(labels)) == 800
    falls = Counter(each["active"][0] for each in drawn)
    assert set(falls) == {"A", "B"} and 160 <= falls["A"] <= 240
    first, second = (_opened(report(held, "prof.chair"), KEYS["prof.chair"])["tables"][0]["heading"] for _ in range(2))
    assert first == ["", "A1", "B1"] and second == ["", "A2", "B2"]


def test_the_counts_are_those_of_the_arms(held):
    arms = [held.ask("open_for_pharmacist", P, stratum=0, slot=slot)["arm"] for slot in range(20)]
    tables = _opened(report(held, "prof.chair"), KEYS["prof.chair"])["tables"]
    rows = {(table["title"], row[0]): row[1:] for table in tables for row in table["rows"]}
    sizes = Counter(arms)
    assert sorted(rows["Participants", "Randomised"]) == sorted(str(size) for size in sizes.values())
    with_event = Counter(arm for slot, arm in enumerate(arms) if slot % 3 == 0)
    expected = sorted(f"{with_event[arm]} ({100 * with_event[arm] / sizes[arm]:.0f} %)" for arm in sizes)
    assert sorted(rows["Participants with adverse events", "Any adverse event"][:2]) == expected
    assert rows["Participants by term", "Nausea"] == rows["Participants with adverse events", "Any adverse event"]


def test_the_figures_against_a_hand_calculation():
    """Slots 0-9 against 10-19: means -4.5 (slot 5 is missing: -40/9) and -14.5; 4 of 10 against 3 of 10."""
    data = read_data(pushed())
    tables = closed_tables(data, lambda place: "A1" if place[1] < 10 else "B1", ["B1", "A1"])
    rows = {(table.title, row[0]): row[1:] for table in tables for row in table.rows}
    assert rows["Change <of> score", "Observed"] == ("9 of 10", "10 of 10", "")
    first, second, difference = rows["Change <of> score", "Mean"]
    assert (first, second) == ("-4.44", "-14.50")
    assert difference.startswith(f"{Decimal('14.5') - Decimal(40) / 9:.2f} (")
    assert rows["Participants with adverse events", "Any adverse event"][:2] == ("4 (40 %)", "3 (30 %)")
    assert rows["Participants with adverse events", "Any adverse event"][2].startswith("10.0 (")
    assert rows["Participants with adverse events", "Any adverse event"][3] == "1.000"
    assert rows["Participants with adverse events", "Serious"][:2] == ("1 (10 %)", "0 (0 %)")


def test_an_empty_arm_or_three_arms_make_a_report_too():
    data = read_data(pushed(2))
    one = closed_tables(data, lambda place: "A1", ["A1", "B1"])
    assert all(row[-1] == "-" for row in one[1].rows)
    three = closed_tables(data, lambda place: "ABC"[place[1]] + "1", ["A1", "B1", "C1"])
    assert [len(row) for row in three[1].rows] == [4] * 4


def test_the_length_says_little_and_the_event_stands_before_the_report(held, monkeypatch):
    one, two = report(held, "prof.chair"), report(held, "prof.chair")
    assert len(one["body"]) == len(two["body"]) and (len(one["body"]) // 2 - 16) % STEP_BYTES == 0
    monkeypatch.setattr("equipoise_vault.committee.report.closed_tables", lambda *_: 1 / 0)
    assert refusal(lambda: report(held, "prof.chair")) == "VAULT-FAULT"
    assert [entry.type for entry in held.room.ledger.entries()].count("vault_closed_report_made") == 3


WRONG = [
    {"format": "x"}, {"slots": None}, {"slots": [{}]}, {"endpoints": [{}]}, {"slots": [*pushed(1)["slots"] * 2]},
    {"slots": [{**pushed(1)["slots"][0], "slot": 99}]}, {"slots": [{**pushed(1)["slots"][0], "slot": "0"}]},
    {"slots": [{**pushed(1)["slots"][0], "outcomes": {"score": ["NaN", "1"]}}]},
    {"slots": [{**pushed(1)["slots"][0], "outcomes": {"score": ["much", "1"]}}]},
]  # fmt: skip


@pytest.mark.parametrize("change", WRONG, ids=range(len(WRONG)))
def test_what_is_no_data_is_a_sentence(held, change):
    call = lambda: held.ask("push_committee_data", Role.SYSTEM, Door.HATCH, data={**pushed(), **change})  # noqa: E731
    assert refusal(call) == "COMMITTEE-DATA"
    assert refusal(lambda: report(held, "prof.chair", data="0" * 64)) == "COMMITTEE-DATA"


def test_the_masked_side_sends_slots_and_nobody():
    world = World()
    world.do(SPONSOR, OpenTrial(True), when=at(-14))
    world.put(sealed_list())
    followed(world, screened_in(world, 3))
    document = committee_data(plan(), world.trial, on(31))
    assert "01-0001" not in json.dumps(document)
    data = read_data(document)
    assert [slot.place for slot in data.slots] == [(0, 0), (0, 1), (0, 2)]
    assert {slot.doses_given for slot in data.slots} == {2}
    baseline, later = data.slots[0].outcomes["score_change"]
    assert baseline is not None and later is not None and later < baseline


def test_a_member_reads_a_report_at_the_command_line(held, tmp_path):
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report(held, "dr.member")))
    command = [sys.executable, "-m", "equipoise_vault", "read-report", str(file)]
    key = KEYS["dr.member"].hex()
    shown = subprocess.run(command, input=key + "\n", capture_output=True, text=True, check=False)
    assert shown.returncode == 0 and "closed report 1" in shown.stdout
    wrong = subprocess.run(command, input="zz\n", capture_output=True, text=True, check=False)
    assert wrong.returncode == 2 and "Traceback" not in wrong.stderr
    drawn = subprocess.run([*command[:3], "member-key"], capture_output=True, text=True, check=True).stdout
    private, public = (line.split()[-1] for line in drawn.splitlines()[:2])
    assert public_key(bytes.fromhex(private)).hex() == public
