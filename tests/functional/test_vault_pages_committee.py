"""The committee's door and the release, on their pages: a report only its member reads, a list that two let out."""

import json

import pytest

from equipoise.vocabulary import Role
from equipoise_vault.committee.report import open_report
from equipoise_vault.envelope import public_key
from equipoise_vault.request import Door
from pharmacy_trial import pharmacy
from vault_pages import PASSWORD, kinds, pharmacy_pages

MEMBER, ANNA = "demo.dmc_member", "demo.pharmacist"
STATISTICIAN, OFFICER = "demo.statistician", "demo.quality_officer"


@pytest.fixture
def scene(tmp_path):
    desk = pharmacy(tmp_path)
    with pharmacy_pages(desk) as pages:
        yield desk, pages


def handed_in(slots):
    rows = [
        {"stratum": 0, "slot": slot, "doses_given": 10, "stopped_treatment": False, "left": False,
         "adverse_events": [["headache", 1, False]], "outcomes": {}}
        for slot in range(slots)
    ]  # fmt: skip
    header = {"study": "T", "study_digest": "5" * 64, "synthetic": True, "ledger_seq": 3, "ledger_hash": "a" * 64}
    return {"format": "equipoise-committee-data-1", **header, "cut_on": "2026-03-02", "endpoints": [], "slots": rows}


def test_a_closed_report_goes_to_an_admitted_member_and_nobody_else_can_read_it(scene):
    desk, pages = scene
    private = bytes(range(7, 39))
    member, anna = pages.signed_in(MEMBER), pages.signed_in(ANNA)
    key = public_key(private).hex()
    assert "waits for somebody who compares the key" in member.act("/committee/", "register_member", key=key).words
    wrong = anna.act("/committee/", "admit_member", member=MEMBER, key="00" * 32)
    assert wrong.status == 409 and "This member has not registered this key." in wrong.words
    assert "admitted" in anna.act("/committee/", "admit_member", member=MEMBER, key=key).words
    data = desk.held.ask("push_committee_data", Role.SYSTEM, Door.HATCH, data=handed_in(8))["digest"]
    member.get("/committee/")
    nobody = member.post("/committee/report/", act="closed_report", handed_in=data)
    assert nobody.status == 409 and "admitted members alone" in nobody.words
    report = member.post("/committee/report/", act="closed_report", handed_in=data, recipients=[MEMBER])
    assert report.headers["content-disposition"] == 'attachment; filename="closed-report-1.json"'
    for arm in ("secretome", "placebo"):
        assert arm.encode() not in report.content
    assert "Participants" in str(open_report(json.loads(report.content), private)["page"])
    anna.get("/committee/")
    assert anna.post("/committee/report/", act="closed_report", handed_in=data, recipients=[MEMBER]).status == 404


def propose(desk, visitor, code, share, **change):
    certificate = json.dumps(desk.held.lock()).encode()
    visitor.get("/release/")
    fields = {"data_digest": "d" * 64, "share": share, "why": "", "password": PASSWORD, "code": code, **change}
    return visitor.post("/release/", act="propose_release", files={"certificate": ("lock.json", certificate)}, **fields)


def test_two_holders_release_with_their_own_shares_and_anybody_can_check(scene):
    desk, pages = scene
    desk.held.anchor().randomise("01-001")
    first, second, third = desk.held.key_shares
    statistician, officer = pages.signed_in(STATISTICIAN), pages.signed_in(OFFICER)
    stolen = propose(desk, statistician, pages.code(STATISTICIAN), second)
    assert stolen.status == 409 and "another holder's share" in stolen.words and second not in stolen.words
    page = propose(desk, statistician, pages.code(STATISTICIAN), first)
    assert "It waits for another holder" in page.words, page.words
    digest = officer.get("/release/").text.split('name="certificate_digest" value="')[1][:64]
    complete = {"act": "complete_release", "certificate_digest": digest, "password": PASSWORD}
    alone = statistician.post("/release/opening/", share=first, code=pages.code(STATISTICIAN), **complete)
    assert alone.status == 409
    old = officer.post("/release/opening/", share=third, code="000000", **complete)
    assert old.status == 409 and "not accepted" in old.words and "vault_allocation_released" not in kinds(desk)
    opening = officer.post("/release/opening/", share=third, code=pages.code(OFFICER), **complete)
    assert opening.status == 200 and opening.headers["content-disposition"] == 'attachment; filename="opening.json"'
    assert kinds(desk)[-1] == "vault_allocation_released"
    assert [row["slot"] for row in json.loads(opening.content)["slots"]] == list(range(8))


def test_a_changed_database_is_not_released(scene):
    desk, pages = scene
    statistician = pages.signed_in(STATISTICIAN)
    page = propose(desk, statistician, pages.code(STATISTICIAN), desk.held.key_shares[0], data_digest="e" * 64)
    assert page.status == 409 and "The data changed after they were locked." in page.words
