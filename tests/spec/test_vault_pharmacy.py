"""The pharmacy's rules: two-step release, the right unit for the right pack, thaw to use, two people, the balance."""

import pytest

from allocation_trial import trial
from equipoise.vocabulary import Refusal, Role
from equipoise_vault.pharmacy.certificate import meets
from equipoise_vault.sealed_record import RECORD_BYTES
from pharmacy_trial import ANNA, BUDI, CUPBOARD, FREEZER, THAW_LIMIT, pharmacy


@pytest.fixture
def desk(tmp_path):
    made = pharmacy(tmp_path).stocked()
    made.request(*((slot, 1) for slot in range(8)), (0, 2))
    return made


def arm(desk, slot):
    return desk.dose(slot)["arm"]


# --- stock comes in --------------------------------------------------------------------------------------------------


def test_a_consignment_needs_every_test_of_the_definition_and_two_people(tmp_path):
    """EU GMP Annex 13: technical, then regulatory green light."""
    desk = pharmacy(tmp_path)
    received = {"product": "secretome", "maker": "M", "lot": "7", "expires_on": "2027-01-01", "quantity": 3}
    desk.ask("receive_consignment", **received, place=FREEZER, received_at=desk.now())
    assert desk.refusal("release_consignment", consignment=1) == "PHARMACY-TEST"
    test = {"consignment": 1, "tested_on": "2026-02-01", "is_met": True}
    for name in ("Sterility", "endotoxin", "mycoplasma"):
        desk.ask("record_test", test=name, limit="as specified", result="complies", **test)
    assert desk.refusal("release_consignment", consignment=1) == "PHARMACY-TEST"
    desk.ask("record_test", test="total protein", limit=">= 0.8 mg/mL", result="1,1 mg/mL", **test)
    desk.ask("release_consignment", consignment=1)
    assert desk.refusal("release_consignment", ANNA, consignment=1) == "PHARMACY-SECOND"
    desk.ask("release_consignment", BUDI, consignment=1)
    assert desk.refusal("release_consignment", BUDI, consignment=1) == "PHARMACY-RELEASE"
    assert desk.stock()["consignments"][0]["released_by"] == [ANNA, BUDI]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"product": "water"}, "PHARMACY-PRODUCT"),
        ({"quantity": 0}, "PHARMACY-QUANTITY"),
        ({"quantity": True}, "VAULT-REQUEST"),
        ({"lot": " "}, "VAULT-TEXT"),
        ({"lot": "x" * 301}, "VAULT-TEXT"),
        ({"lot": "a\nb"}, "VAULT-TEXT"),
        ({"expires_on": "soon"}, "VAULT-REQUEST"),
        ({"received_at": "2026-03-03T00:00:00.000000Z"}, "PHARMACY-TIME"),
    ],
)
def test_what_is_wrong_with_a_receipt_is_said(desk, change, rule):
    right = {"product": "saline", "maker": "M", "lot": "7", "expires_on": "2027-01-01", "quantity": 3, "place": FREEZER}
    assert desk.refusal("receive_consignment", **{**right, "received_at": desk.now(), **change}) == rule


@pytest.mark.parametrize(
    ("result", "limit", "is_met"),
    [
        ("0.12 EU/mL", "< 0.5 EU/mL", True),
        ("0,5", "< 0.5 EU/mL", False),
        ("<0.5", "<0.5", True),
        ("< 0.5", "<= 0.1", None),
        (">0.9", ">= 0.8 mg/mL", True),
        ("0.7 mg/mL", "≥ 0.8 mg/mL", False),
        ("0.7 g", "≥ 0.8 mg/mL", None),
        ("no growth", "no growth in 14 days", None),
        ("1.2", "0.8 - 1.4", None),
    ],
)
def test_a_result_is_compared_with_its_limit_where_both_are_numbers(result, limit, is_met):
    assert meets(result, limit) is is_met


def test_a_result_that_contradicts_its_limit_is_refused_and_an_unmet_one_keeps_the_lot_in_quarantine(desk):
    test = {"consignment": 1, "test": "endotoxin", "limit": "< 0.5 EU/mL", "tested_on": "2026-02-01"}
    assert desk.refusal("record_test", **test, result="0.9 EU/mL", is_met=True) == "PHARMACY-TEST"
    fresh = desk.consignment(lot="L2", released=False)
    desk.ask("record_test", **{**test, "consignment": fresh}, result="0.9 EU/mL", is_met=False)
    assert desk.refusal("release_consignment", consignment=fresh) == "PHARMACY-TEST"


# --- from the shelf to the ward --------------------------------------------------------------------------------------


def thaw(desk, **change):
    due = desk.dose(0)
    right = {"stratum": 0, "slot": 0, "dose": 1, "pack": due["pack"], "started_at": desk.now()}
    right["consignment"] = due["consignments"][0]["consignment"]
    return desk.refusal("start_thaw", **{**right, **change})


def test_only_the_doses_own_pack_and_the_arms_own_product_are_taken(desk):
    other = 3 - desk.dose(0)["consignments"][0]["consignment"]
    assert thaw(desk, consignment=other) == "PHARMACY-PRODUCT"
    assert thaw(desk, pack=desk.dose(1)["pack"]) == "PHARMACY-PACK"
    assert thaw(desk, pack=desk.dose(0, 2)["pack"]) == "PHARMACY-PACK"
    assert thaw(desk, pack="00000") == "PHARMACY-PACK"
    assert thaw(desk, dose=3, pack=desk.held.sealed.pack_numbers[2]) == "PHARMACY-REQUEST"
    assert thaw(desk, consignment=9) == "PHARMACY-CONSIGNMENT"
    assert thaw(desk, started_at=desk.now(1)) == "PHARMACY-TIME"
    assert thaw(desk) == ""
    assert thaw(desk) == "PHARMACY-PACK"


def test_a_spare_is_the_next_one_and_has_a_reason(desk):
    first, second = desk.dose(0)["spares"]
    assert thaw(desk, pack=second, spare_reason="dropped") == "PHARMACY-PACK"
    assert thaw(desk, pack=first) == "VAULT-REQUEST"
    assert thaw(desk, pack=first, spare_reason="the pack was dropped") == ""
    assert desk.stock()["kits"][0]["spare_reason"] == "the pack was dropped"
    assert desk.dose(0)["spares"] == [second]


def test_the_steps_have_one_order_and_the_check_is_another_persons(desk):
    pack = desk.start(0)
    steps = {
        "end_thaw": {"ended_at": desk.now()},
        "prepare_dose": {"volume_ml": "1.5", "prepared_at": desk.now()},
        "check_preparation": {},
        "hand_over": {"to": "nurse.1", "handed_over_at": desk.now()},
        "take_back": {"returned_at": desk.now(), "reason": "not given"},
    }
    for at, (verb, body) in enumerate(steps.items()):
        for later in list(steps)[at + 1 :]:
            assert desk.refusal(later, BUDI, pack=pack, **steps[later]) == "PHARMACY-STEP"
        if verb == "check_preparation":
            assert desk.refusal(verb, ANNA, pack=pack) == "PHARMACY-SECOND"
        desk.ask(verb, BUDI if verb == "check_preparation" else ANNA, pack=pack, **body)
    assert desk.stock()["kits"][0]["stage"] == "returned"
    assert desk.refusal("discard", pack=pack, unfit="damaged", reason="x") == "PHARMACY-STEP"


def test_the_time_to_use_is_the_same_for_both_arms_and_is_kept(desk):
    """L5: the placebo has no limit of its own, and follows that of the active product."""
    slots = {arm(desk, slot): slot for slot in range(8)}
    for slot in slots.values():
        pack = desk.start(slot)
        desk.ask("end_thaw", pack=pack, ended_at=desk.now())
        began = desk.clock()
        desk.wait(THAW_LIMIT)
        desk.ask("prepare_dose", pack=pack, volume_ml="1.5", prepared_at=desk.now())
        desk.ask("check_preparation", BUDI, pack=pack)
        desk.wait(0.1)
        assert desk.refusal("hand_over", pack=pack, to="n", handed_over_at=desk.now()) == "PHARMACY-THAW"
        desk.ask("discard", pack=pack, unfit="expired", reason="too late")
        assert (desk.clock() - began).total_seconds() == THAW_LIMIT * 60 + 6
    late = desk.start(slots["placebo"], pack=desk.dose(slots["placebo"])["spares"][0], spare_reason="expired")
    desk.ask("end_thaw", pack=late, ended_at=desk.now())
    desk.wait(THAW_LIMIT + 1)
    assert desk.refusal("prepare_dose", pack=late, volume_ml="1.5", prepared_at=desk.now()) == "PHARMACY-THAW"


@pytest.mark.parametrize("volume", ["1.4", "0", "-1.5", "<1.5", "a lot"])
def test_the_volume_is_that_of_the_definition(desk, volume):
    pack = desk.start(0)
    desk.ask("end_thaw", pack=pack, ended_at=desk.now())
    assert desk.refusal("prepare_dose", pack=pack, volume_ml=volume, prepared_at=desk.now())


def test_a_lot_that_has_expired_is_not_used_and_is_offered_no_more(desk):
    assert desk.refusal("set_aside", consignment=1, quantity=1, unfit="expired", reason="old") == "PHARMACY-EXPIRED"
    desk.wait(60 * 24 * 400)
    desk.request((0, 1))
    assert desk.dose(0)["consignments"] == []
    right = {"stratum": 0, "slot": 0, "dose": 1, "pack": desk.dose(0)["pack"], "started_at": desk.now()}
    product = {"secretome": 1, "placebo": 2}[arm(desk, 0)]
    assert desk.refusal("start_thaw", **right, consignment=product) == "PHARMACY-EXPIRED"
    desk.ask("set_aside", consignment=1, quantity=20, unfit="expired", reason="past its date")


def test_a_repeated_request_is_done_once(desk):
    for _ in range(3):
        desk.held.ask(
            "set_aside", Role.PHARMACIST, who=ANNA, number="r1",
            consignment=1, quantity=2, unfit="damaged", reason="cracked",
        )  # fmt: skip
    assert desk.stock()["consignments"][0]["set_aside"] == 2


# --- the end of units ------------------------------------------------------------------------------------------------


def remove(desk, who=ANNA, **change):
    right = {"kind": "destroyed", "consignment": 1, "quantity": 2, "kits": [], "manner": "incinerated"}
    return desk.refusal("propose_removal", who, **{**right, **change})


def test_destruction_takes_two_people_and_units_that_were_set_aside(desk):
    assert remove(desk) == "PHARMACY-QUANTITY"
    desk.ask("set_aside", consignment=1, quantity=2, unfit="damaged", reason="cracked")
    assert remove(desk, quantity=0) == "PHARMACY-QUANTITY"
    assert remove(desk, kits=["00019"]) == "PHARMACY-PACK"
    assert remove(desk) == ""
    assert remove(desk) == "PHARMACY-REMOVAL"
    assert desk.refusal("witness_removal", ANNA, removal=1) == "PHARMACY-SECOND"
    assert desk.stock()["balances"][0]["destroyed"] == 0
    desk.ask("witness_removal", BUDI, removal=1)
    assert desk.stock()["balances"][0]["destroyed"] == 2
    assert desk.refusal("witness_removal", BUDI, removal=1) == "PHARMACY-REMOVAL"


def test_a_returned_kit_is_destroyed_with_its_own_consignment(desk):
    pack = desk.dispensed(0)
    desk.ask("take_back", pack=pack, returned_at=desk.now(), reason="participant was ill")
    own = desk.stock()["kits"][0]["consignment"]
    assert remove(desk, consignment=3 - own, quantity=0, kits=[pack]) == "PHARMACY-PACK"
    assert remove(desk, consignment=own, quantity=0, kits=[pack]) == ""
    desk.ask("witness_removal", BUDI, removal=1)
    assert desk.stock()["kits"][0]["stage"] == "destroyed"


def counted(desk, **units):
    """Count both consignments as the books say, with changes in `units` (c1, c2) or without a kit."""
    for line in desk.stock()["consignments"]:
        number = line["consignment"]
        here = [
            kit["pack"]
            for kit in desk.stock()["kits"]
            if kit["consignment"] == number and kit["stage"] in ("returned", "discarded")
        ]
        desk.count(number, line["shelf"] + line["set_aside"] + units.get(f"c{number}", 0), *here)


def test_the_balance_is_even_to_the_unit_and_counted_after_the_last_movement(desk):
    desk.dispensed(0)
    assert not desk.stock()["is_reconciled"]
    counted(desk)
    assert desk.stock()["is_reconciled"] and all(line["is_even"] for line in desk.stock()["products"])
    desk.dispensed(1)
    assert [finding["rule"] for finding in desk.stock()["findings"]] == ["ACCOUNT-COUNT"]
    counted(desk)
    assert desk.stock()["findings"] == []


@pytest.mark.parametrize("difference", [-1, 1])
def test_one_unit_too_few_or_too_many_is_a_finding(desk, difference):
    counted(desk, c1=difference)
    (finding,) = desk.stock()["findings"]
    assert finding["rule"] == "ACCOUNT-BALANCE" and finding["severity"] == "error"
    assert not desk.stock()["is_reconciled"]


def test_a_kit_that_is_not_there_is_a_finding(desk):
    pack = desk.start(0)
    desk.ask("discard", pack=pack, unfit="damaged", reason="broken")
    own = desk.stock()["kits"][0]["consignment"]
    counted(desk)
    assert desk.stock()["is_reconciled"]
    desk.count(own, 19)
    assert desk.stock()["findings"][0]["rule"] == "ACCOUNT-BALANCE"
    desk.count(own, 19, pack, "00019")
    assert desk.stock()["findings"][0]["rule"] == "ACCOUNT-BALANCE"
    desk.count(own, 18, pack, "00019")  # a unit that stands where a strange kit lies is still two errors
    assert desk.stock()["findings"][0]["rule"] == "ACCOUNT-BALANCE"


def test_a_unit_that_two_people_cannot_find_stays_visible_and_no_longer_blocks(desk):
    counted(desk, c1=-1)
    assert remove(desk, kind="not_found", quantity=1, manner="searched tank and room") == ""
    desk.ask("witness_removal", BUDI, removal=1)
    counted(desk)
    (finding,) = desk.stock()["findings"]
    assert finding["rule"] == "ACCOUNT-NOT-FOUND" and finding["severity"] == "warning"
    assert desk.stock()["is_reconciled"]


def test_a_receipt_is_corrected_with_a_reason_and_never_below_what_was_used(desk):
    desk.ask("set_aside", consignment=1, quantity=5, unfit="damaged", reason="cracked")
    assert desk.refusal("correct_receipt", consignment=1, quantity=4, reason="typing") == "PHARMACY-QUANTITY"
    desk.ask("correct_receipt", consignment=1, quantity=19, reason="one was missing in the box")
    counted(desk)
    assert desk.stock()["balances"][0]["received"] == 19 and desk.stock()["is_reconciled"]


def test_an_unfinished_kit_or_removal_keeps_the_account_open(desk):
    pack = desk.start(0)
    own = desk.stock()["kits"][0]["consignment"]
    desk.count(own, 19, pack)
    desk.count(3 - own, 20)
    assert [finding["rule"] for finding in desk.stock()["findings"]] == ["ACCOUNT-KIT"]
    desk.ask("discard", pack=pack, unfit="not_collected", reason="nobody came")
    remove(desk, consignment=own, quantity=0, kits=[pack])
    desk.count(own, 19, pack)
    assert [finding["rule"] for finding in desk.stock()["findings"]] == ["ACCOUNT-REMOVAL"]


def test_the_list_is_not_released_while_the_account_is_open(desk):
    """The imbalance blocks the release; the one who asks learns that the account is open, and nothing by arm."""
    held = desk.held.anchor()
    held.randomise("01-001")
    counted(desk, c1=-1)
    certificate, shares = held.lock(), list(held.key_shares[:2])
    with pytest.raises(Refusal) as refused:
        held.ask("release", certificate=certificate, data_digest="d" * 64, key_shares=shares)
    assert refused.value.rule == "RELEASE-PHARMACY"
    assert "secretome" not in str(refused.value) and "1" not in refused.value.sentence
    counted(desk)
    assert held.ask("release", certificate=certificate, data_digest="d" * 64, key_shares=shares)["opening"]


# --- what is on the disk ---------------------------------------------------------------------------------------------


def test_every_record_is_sealed_and_of_one_length(desk):
    """L11 and L6: the file shows that something was recorded, and neither what nor of which product."""
    desk.dispensed(0)
    desk.ask("set_aside", consignment=2, quantity=1, unfit="damaged", reason="x" * 300)
    entries = [entry for entry in desk.held.room.ledger.entries() if entry.type == "vault_record_sealed"]
    assert len(entries) > 20 and {len(entry.body["box"]) for entry in entries} == {2 * (RECORD_BYTES + 12 + 16)}
    raw = b"".join(path.read_bytes() for path in (desk.held.folder / "vault").iterdir())
    for secret in (b"secretome", b"saline", FREEZER.encode(), CUPBOARD.encode(), b"Maker"):
        assert secret not in raw


def test_a_record_that_was_moved_or_repeated_does_not_open(desk):
    room = desk.held.room
    first = next(entry for entry in room.ledger.entries() if entry.type == "vault_record_sealed")
    room.ledger.append([first.event], who="intruder", role=first.role)
    assert desk.refusal("show_stock") == "VAULT-RECORD"


def test_without_the_study_definition_there_is_no_pharmacy(tmp_path):
    held = trial(tmp_path).seal()
    with pytest.raises(Refusal) as refused:
        held.ask("show_stock", Role.PHARMACIST)
    assert refused.value.rule == "PHARMACY-STUDY"
