"""Breaking one code on the page: reason, both components, the event first, the arm with its proof, and paper."""

import base64
import contextlib
import hashlib
import re
from datetime import UTC, datetime

import pytest

from equipoise.ledger import SqliteLedger
from equipoise.vocabulary import Role
from equipoise_vault.pages.place import ACCESS_FILE
from equipoise_vault.pages.record import RootPrinted
from equipoise_vault.pages.root_words import in_words
from pharmacy_trial import pharmacy
from vault_pages import PASSWORD, kinds, local, pharmacy_pages

PHYSICIAN, ANNA = "demo.treating_physician", "demo.pharmacist"
RIGHT = {"reason": "emergency_treatment", "why": "seizure", "password": PASSWORD}


@pytest.fixture
def scene(tmp_path):
    desk = pharmacy(tmp_path).stocked()
    with pharmacy_pages(desk) as pages:
        yield desk, pages


def test_one_slot_is_shown_with_its_proof_after_it_is_on_record(scene):
    desk, pages = scene
    doctor = pages.signed_in(PHYSICIAN)
    page = doctor.act("/code-break/", "break_one", place="0000 / 000005", code=pages.code(PHYSICIAN), **RIGHT)
    (shown,) = re.findall(r'<p class="answer">(\w+)</p>', page.text)
    assert shown in ("secretome", "placebo") and "Proven: this arm belongs to the sealed list" in page.words
    assert "These pages never gave a root to print: only the paper can tell." in page.words
    assert page.title == "Break a code · Equipoise" and desk.held.sealed.commitment.root[:4] in page.words
    assert kinds(desk)[-2:] == ["vault_reauthenticated", "vault_code_broken"]
    entry = list(desk.held.room.ledger.entries())[-1]
    assert (entry.who, entry.why, entry.body["slot"]) == (PHYSICIAN, "seizure", 5)
    assert shown == desk.held.break_code(5)["arm"]
    assert shown not in doctor.get("/breaks/").text and "0000 / 000005" in doctor.page.words


def test_k17_the_root_of_the_proof_is_the_one_that_was_given_to_print(scene):
    desk, pages = scene
    doctor, root = pages.signed_in(PHYSICIAN), desk.held.sealed.commitment.root
    for _ in range(2):  # on record once, however often it is looked at
        assert in_words(bytes.fromhex(root))[0] in pages.signed_in("demo.quality_officer").get("/commitments/").words
    page = doctor.act("/code-break/", "break_one", place="0 / 5", code=pages.code(PHYSICIAN), **RIGHT)
    assert "It is the root that was given to print on" in page.words
    assert " ".join(in_words(bytes.fromhex(root))) in page.words
    with contextlib.closing(SqliteLedger.open(pages.folder / ACCESS_FILE, lambda: datetime.now(UTC))) as record:
        assert [entry.type for entry in record.entries()].count("vault_root_printed") == 1
        record.append([RootPrinted("f0" * 32)], who="test", role=Role.SYSTEM)  # as if the vault now had another list
    page = doctor.act("/code-break/", "break_one", place="0 / 5", code=pages.code(PHYSICIAN), **RIGHT)
    assert "Another root was given to print on" in page.words and "It is the root" not in page.words


def test_the_pages_and_what_the_vault_refuses_are_told_in_indonesian(scene):
    desk, pages = scene
    anna = pages.signed_in(ANNA)
    assert "Bahasa Indonesia" in anna.get("/doses/").words
    anna.post("/language/", language="id")
    page = anna.get("/doses/")
    assert 'lang="id"' in page.text and page.title == "Dosis hari ini · Equipoise"
    page = anna.act("/doses/", "end_thaw", pack="00000", ended_at=local(desk))
    assert "Tidak ada unit yang diambil untuk nomor kemasan ini. Bandingkan dengan dosis hari ini." in page.words


def test_a_wrong_password_an_old_code_and_no_reason_show_nothing_and_record_no_break(scene):
    desk, pages = scene
    doctor, code = pages.visitor(), pages.code(PHYSICIAN)
    doctor.get("/sign-in/")
    doctor.post("/sign-in/", name=PHYSICIAN, password=PASSWORD, code=code)
    place = {"place": "0 / 3"}
    for change, said in [
        ({"code": code}, "Password and one-time code were not accepted."),
        (
            {"code": pages.code(PHYSICIAN), "password": "something else"},
            "Password and one-time code were not accepted.",
        ),
        ({"code": pages.code(PHYSICIAN), "reason": ""}, "This field is required."),
        ({"code": pages.code(PHYSICIAN), "why": " "}, "This field is required."),
        (
            {"code": pages.code(PHYSICIAN), "place": "the one in bed 4"},
            "Enter the slot, 0000 / 000017, or the pack number.",
        ),
    ]:
        page = doctor.act("/code-break/", "break_one", **{**place, **RIGHT, **change})
        assert page.status == 409 and said in page.words, page.words
        assert 'class="answer"' not in page.text and "something else" not in page.text
    assert "vault_code_broken" not in kinds(desk)


def test_the_pack_number_on_the_syringe_finds_the_slot(scene):
    desk, pages = scene
    doctor = pages.signed_in(PHYSICIAN)
    pack = desk.held.sealed.pack_numbers[12 * 2 + 3]
    typed = f"{pack[:2]} {pack[2:]}"  # as people read it aloud; never taken for a stratum and a slot
    page = doctor.act("/code-break/", "break_one", place=typed, code=pages.code(PHYSICIAN), **RIGHT)
    assert "Slot 0000 / 000002" in page.words
    assert doctor.act("/code-break/", "break_one", place="00000", code="123456", **RIGHT).status == 409
    assert "This is no pack number of this trial." in doctor.page.words


def test_five_failures_lock_the_name_out_for_a_quarter_of_an_hour(scene):
    _, pages = scene
    stranger = pages.visitor()
    stranger.get("/sign-in/")
    statuses = [stranger.post("/sign-in/", name=PHYSICIAN, password="guess", code="000000").status for _ in range(6)]
    assert statuses[0] == 401 and statuses[-1] == 429 and "paper envelope" in stranger.page.words
    right = {"name": PHYSICIAN, "password": PASSWORD, "code": pages.code(PHYSICIAN)}
    assert stranger.post("/sign-in/", **right).status == 429
    other = stranger.post("/sign-in/", name=ANNA, password=PASSWORD, code=pages.code(ANNA))
    assert other.status == 200


def test_paper_envelopes_are_printed_under_their_own_style_opened_and_counted(scene):
    desk, pages = scene
    anna = pages.signed_in(ANNA)
    printed = anna.act("/envelopes/", "print_envelopes", why="", password=PASSWORD, code=pages.code(ANNA))
    style = re.search(r"<style>(.*?)</style>", printed.text, re.DOTALL)[1]
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{allowed}'" in printed.headers["content-security-policy"]
    assert "unsafe" not in printed.headers["content-security-policy"] and printed.text.count("<article>") == 8
    desk.wait(30)
    assert "vault_paper_envelopes_printed" in kinds(desk)
    opened = {"place": "0000 / 000004", "reason": "overdose", "why": "night", "opened_by": "dr.a"}
    page = anna.act("/breaks/", "record_opened", opened_at=local(desk), **opened)
    assert "paper envelope" in page.words and "0000 / 000004" in page.words
    assert "were not counted" in anna.get("/envelopes/").words
    page = anna.act("/envelopes/", "count_envelopes", intact=7)
    assert page.status == 200 and "were not counted" not in page.words and "should be intact" not in page.words


def test_more_breaks_in_a_day_than_an_emergency_explains_raise_an_alarm(scene):
    desk, pages = scene
    for slot in range(4):
        desk.held.break_code(slot)
    assert "▲ Alarm 1" in pages.signed_in(PHYSICIAN).get("/breaks/").words
