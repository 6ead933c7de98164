"""The pharmacist's desk on its pages: a delivery, a dose from the shelf to the ward, the cold chain, the balance."""

import re

import pytest

from pharmacy_trial import RELEASE_TESTS, pharmacy
from vault_pages import kinds, local, pharmacy_pages

ANNA, BUDI = "demo.pharmacist", "demo.pharmacist.2"


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Two pharmacists before an empty shelf; the tests of this file follow each other through one day."""
    desk = pharmacy(tmp_path_factory.mktemp("desk"))
    with pharmacy_pages(desk) as pages:
        yield desk, pages.signed_in(ANNA), pages.signed_in(BUDI)


def deliver(desk, anna, product, quantity=5):
    return anna.act(
        "/stock/", "receive_consignment", product=product, maker="Maker", lot="L1", expires_on="2027-01-01",
        quantity=quantity, place="tank 1" if product == "secretome" else "cupboard 2", received_at=local(desk),
    )  # fmt: skip


def test_a_delivery_is_booked_tested_and_released_by_two(scene):
    desk, anna, budi = scene
    for number, product in enumerate(("secretome", "saline"), start=1):
        assert "The delivery is booked." in deliver(desk, anna, product).words
        early = anna.act("/stock/", "release_consignment", consignment=number)
        assert early.status == 409 and "PHARMACY-TEST" in early.words
        for test, limit, result in RELEASE_TESTS[product]:
            entered = {"test": test, "limit": limit, "result": result, "tested_on": "2026-02-20", "is_met": "yes"}
            assert anna.act("/stock/", "record_test", consignment=number, **entered).status == 200
        assert (
            "first release by demo.pharmacist" in anna.act("/stock/", "release_consignment", consignment=number).words
        )
        again = anna.act("/stock/", "release_consignment", consignment=number)
        assert "The second release is another person's." in again.words
        assert "released by" in budi.act("/stock/", "release_consignment", consignment=number).words


def test_what_was_entered_is_not_lost_when_it_is_refused(scene):
    _, anna, _ = scene
    page = anna.act(
        "/stock/", "record_test", consignment=1, test="sterility", limit="< 1", result="kept as typed",
        tested_on="2027-02-20", is_met="yes",
    )  # fmt: skip
    assert page.status == 409 and "This date lies in the future." in page.words
    assert 'value="kept as typed"' in page.text and page.text.count('class="refusal"') == 1


def test_a_form_that_is_sent_twice_is_done_once(scene):
    desk, anna, _ = scene
    before = len(desk.stock()["consignments"])
    fields = {"product": "saline", "maker": "M", "lot": "L9", "expires_on": "2027-01-01", "quantity": 2}
    fields |= {"place": "cupboard 2", "received_at": local(desk), "number": "a" * 32}
    for _ in range(2):
        assert anna.act("/stock/", "receive_consignment", **fields).status == 200
    assert len(desk.stock()["consignments"]) == before + 1
    anna.act("/stock/", "correct_receipt", consignment=before + 1, quantity=1, reason="typing error")


def test_a_dose_goes_from_the_shelf_to_the_ward_in_its_steps(scene):
    desk, anna, budi = scene
    desk.request((0, 1))
    page = anna.get("/doses/")
    due = desk.dose(0)
    assert f"Arm {due['arm']}" in page.words and due["pack"] in page.words and "Dose 1, day 1" in page.words
    pack, shelf = due["pack"], due["consignments"][0]["consignment"]
    start = {"stratum": 0, "slot": 0, "dose": 1, "pack": pack, "consignment": shelf, "started_at": local(desk)}
    other = {1: 2, 2: 1}[shelf]
    wrong = anna.act("/doses/", "start_thaw", **{**start, "consignment": other})
    assert wrong.status == 409 and "This is the other product." in wrong.words
    assert f"{pack} thawing" in anna.act("/doses/", "start_thaw", **start).words
    desk.wait(10)
    assert f"{pack} thawed" in anna.act("/doses/", "end_thaw", pack=pack, ended_at=local(desk)).words
    label = anna.post("/doses/labels/", pack=pack)
    assert pack in label.text and due["arm"] not in label.text and "use before" in label.text.lower()
    anna.get("/doses/")
    assert "prepared" in anna.act("/doses/", "prepare_dose", pack=pack, volume_ml="1.5", prepared_at=local(desk)).words
    own = anna.act("/doses/", "check_preparation", pack=pack)
    assert own.status == 409 and "The check is another person's." in own.words
    assert "checked" in budi.act("/doses/", "check_preparation", pack=pack).words
    done = anna.act("/doses/", "hand_over", pack=pack, to="nurse.1", handed_over_at=local(desk))
    assert f"{pack} dispensed" in done.words


def test_a_dose_that_cannot_be_given_is_discarded_and_a_spare_is_taken(scene):
    desk, anna, _ = scene
    desk.request((0, 1), (1, 1))
    due = desk.dose(1)
    place = {"stratum": 0, "slot": 1, "dose": 1, "consignment": due["consignments"][0]["consignment"]}
    anna.act("/doses/", "start_thaw", **place, pack=due["pack"], started_at=local(desk))
    gone = anna.act("/doses/", "discard", pack=due["pack"], unfit="damaged", reason="cracked")
    assert "Take a spare" in gone.words and due["spares"][0] in gone.text
    started = anna.act(
        "/doses/", "start_spare", **place, pack=due["spares"][0], started_at=local(desk), spare_reason="cracked"
    )
    assert f"{due['spares'][0]} thawing" in started.words
    anna.act("/doses/", "discard", pack=due["spares"][0], unfit="not_collected", reason="participant stayed at home")


def test_a_temperature_log_is_read_drawn_and_judged(scene):
    desk, anna, _ = scene
    desk.wait(60)
    rows = [f"2026-03-02 15:{minute:02d};{-120 if 20 <= minute < 30 else -170}" for minute in range(60)]
    desk.wait(60)
    anna.get("/stock/")
    page = anna.post(
        "/stock/", act="read_log", place="tank 1", day_first="",
        files={"content": ("logger.csv", "\n".join(["Time;Temp °C", *rows]).encode())},
    )  # fmt: skip
    assert "quarantine: an excursion is not judged" in page.words, page.words
    picture = anna.get(re.search(r'href="(/stock/logs/[0-9a-f]{64}/)"', page.text)[1])
    assert picture.text.count('class="too_warm"') == 1 and 'class="range"' in picture.text
    assert "too warm, 2026-03-02 15:20, 10 min, -120 °C" in picture.words
    unusable = {"excursion": 1, "is_usable": "", "decided_by": "Q", "grounds": "stability data"}
    assert anna.act("/stock/", "judge_excursion", **unusable).status == 409
    judged = anna.act("/stock/", "judge_excursion", **{**unusable, "is_usable": "yes"})
    assert "stability data" in judged.words and "quarantine" not in judged.words


def test_the_account_closes_to_the_unit_after_count_and_witnessed_destruction(scene):
    desk, anna, budi = scene
    for each in desk.stock()["consignments"]:
        leaving = [kit["pack"] for kit in desk.stock()["kits"] if kit["consignment"] == each["consignment"]]
        discarded = [kit for kit in leaving if _stage(desk, kit) == "discarded"]
        if discarded:
            anna.act(
                "/stock/", "propose_removal", consignment=each["consignment"], kind="destroyed", quantity=0,
                kits=discarded, manner="burnt, protocol 7",
            )  # fmt: skip
            own = anna.act("/stock/", "witness_removal", removal=1)
            assert own.status == 409 and "The witness is another person." in own.words
            assert budi.act("/stock/", "witness_removal", removal=1).status == 200
    for each in desk.stock()["consignments"]:
        units = each["shelf"] + each["set_aside"]
        anna.act("/stock/", "count_stock", consignment=each["consignment"], units=units)
    page = anna.get("/stock/")
    assert "The account is closed" in page.words and "✕ no" not in page.words
    assert "vault_record_sealed" in kinds(desk)


def _stage(desk, pack):
    return next(kit["stage"] for kit in desk.stock()["kits"] if kit["pack"] == pack)
