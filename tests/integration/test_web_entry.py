"""Entry through the pages: nothing is lost and nothing is doubled, whoever sends it however often."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

import web_world
from equipoise.conduct import Point, Stage
from web_world import SLUG

LOG = "log/concomitant_medication/1"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.fixture(scope="module", autouse=True)
def site() -> None:
    web_world.fresh_site()


@pytest.fixture(scope="module")
def trial(site):
    from equipoise.store.running import running_trial

    return running_trial(SLUG)


@pytest.fixture(scope="module")
def number(trial) -> str:
    """A randomised participant whose baseline was filled."""
    people = trial.look(lambda state: list(state.conduct.participants.values()))
    return next(each.number for each in people if each.stage is Stage.RANDOMISED or each.completed_on)


def address(number: str, rest: str) -> str:
    return f"/{SLUG}/participants/{number}/{rest}/"


def held(trial, number: str, item: str, form: str = "concomitant_medication", encounter: str = "log") -> list[str]:
    """Every value that a point has held."""
    point = Point(encounter, form, item)
    past = trial.look(lambda state: state.conduct.participant(number).history(point))
    return [each.answer.value if each.answer else "" for each in past]


def send(client, number: str, item: str, value: str, *, version: int = 0, request: str = "", **more: str):
    data = {item: value, f"{item}.version": str(version), f"{item}.request": request}
    data |= {f"{item}.{part}": text for part, text in more.items()}
    return client.post(address(number, f"{LOG}/{item}"), data)


def test_a_value_is_saved_once_however_often_it_is_sent(trial, number) -> None:
    nurse = web_world.client("care_provider")
    answers = [send(nurse, number, "cm_name", "SYNTHETIC drug", request="r1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert all(answer.headers["X-Item"] == "cm_name" for answer in answers)
    assert held(trial, number, "cm_name") == ["SYNTHETIC drug"]


def test_another_value_needs_a_reason_and_keeps_what_was_typed(trial, number) -> None:
    nurse = web_world.client("care_provider")
    asked = send(nurse, number, "cm_name", "SYNTHETIC other", version=1, request="r2")
    assert asked.status_code == 200 and 'value="SYNTHETIC other"' in asked.content.decode()
    assert held(trial, number, "cm_name") == ["SYNTHETIC drug"]
    send(nurse, number, "cm_name", "SYNTHETIC other", version=1, request="r2", reason="misread", action="save")
    assert held(trial, number, "cm_name") == ["SYNTHETIC drug", "SYNTHETIC other"]


def test_an_old_screen_does_not_write_over_a_newer_value(trial, number) -> None:
    doctor = web_world.client("investigator")
    answer = send(doctor, number, "cm_name", "SYNTHETIC mine", version=1, request="r3", reason="I was there")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "SYNTHETIC mine" in page and "SYNTHETIC other" in page, "both are shown"
    assert held(trial, number, "cm_name")[-1] == "SYNTHETIC other"


def test_many_people_at_once_write_one_value(trial, number) -> None:
    nurse, doctor = web_world.client("care_provider"), web_world.client("investigator")

    def save(n: int) -> int:
        client = (nurse, doctor)[n % 2]
        return send(client, number, "cm_dose", f"{n} mg", request=f"race-{n}").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(save, range(16)))
    assert len(held(trial, number, "cm_dose")) == 1
    assert statuses.count(200) == 1 and set(statuses) <= {200, 409}


def test_a_page_without_javascript_saves_all_its_items_at_once(trial, number) -> None:
    nurse = web_world.client("care_provider")
    data = {
        "cm_started_on": "01-02-2026",
        "cm_started_on.version": "0",
        "cm_is_rescue": "no",
        "cm_is_rescue.version": "0",
    }
    assert nurse.post(address(number, LOG), data).status_code == 302
    assert held(trial, number, "cm_started_on") == ["2026-02-01"]
    assert held(trial, number, "cm_is_rescue") == ["no"]


def test_what_cannot_be_read_is_refused_in_words_and_stays_in_the_field(trial, number) -> None:
    nurse = web_world.client("care_provider")
    answer = send(nurse, number, "cm_ended_on", "31-02-2026", request="r4")
    assert answer.status_code == 422 and "31-02-2026" in answer.content.decode()
    earlier = send(nurse, number, "cm_ended_on", "01-01-2026", request="r5")
    assert earlier.status_code == 422 and "A medicine ends on or after the day it started." in earlier.content.decode()
    nurse.cookies["django_language"] = "id"
    told = send(nurse, number, "cm_ended_on", "01-01-2026", request="r6").content.decode()
    assert "Obat berakhir pada atau setelah hari mulai." in told
    assert held(trial, number, "cm_ended_on") == []


def test_an_item_that_is_hidden_from_a_role_is_not_there_for_it(number) -> None:
    page = "baseline/laboratory_endpoints/1"
    for role, status in (("investigator", 200), ("care_provider", 404), ("outcomes_assessor", 404)):
        client = web_world.client(role)
        assert client.get(address(number, page)).status_code == status
        assert client.get(address(number, f"{page}/il_6")).status_code == status
    refused = web_world.client("care_provider").post(address(number, f"{page}/il_6"), {"il_6": "5"})
    assert refused.status_code == 404


def test_who_reads_only_writes_nothing(number) -> None:
    for role in ("monitor", "data_manager", "statistician", "auditor", "sponsor"):
        client = web_world.client(role)
        assert client.get(address(number, LOG)).status_code == 200
        assert client.post(address(number, LOG), {"cm_name": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("x.png", PNG, ""),
        ("x.png", b"<script>alert(1)</script>", "FILE-TYPE"),
        ("x.exe", b"MZ" + b"\0" * 64, "FILE-TYPE"),
        ("x.pdf", b"", "FILE"),
        ("../../x.png", PNG + b"other", ""),
    ],
)
def test_a_scan_is_what_it_says_it_is_and_is_kept_by_its_hash(trial, name: str, content: bytes, rule: str) -> None:
    nurse = web_world.client("care_provider")
    today = trial.today().isoformat()
    nurse.post(
        f"/{SLUG}/participants/", {"command": "screen", "site": "01", "on": today, "request": f"s-{name}-{rule}"}
    )
    number = max(trial.look(lambda state: list(state.conduct.participants)))
    data = {
        "command": "record_consent",
        "version": "1.0",
        "language": "id",
        "explained_by": "SYNTHETIC",
        "signed_on": today,
    }
    answer = nurse.post(address(number, "consent"), {**data, "scanned": SimpleUploadedFile(name, content)})
    digest = hashlib.sha256(content).hexdigest()
    kept = [each.name for each in (trial.folder / "scans").glob(f"{digest}.*")]
    if rule:
        assert answer.status_code == 422 and rule in answer.content.decode() and not kept
    else:
        assert answer.status_code == 302 and kept == [f"{digest}.png"]
        scan = nurse.get(address(number, f"scans/{digest}"))
        assert scan.headers["Content-Disposition"].startswith("attachment") and b"".join(scan) == content
        assert nurse.get(address("01-0001", f"scans/{digest}")).status_code == 404, "another participant's address"


def test_the_consents_of_a_synthetic_site_can_be_downloaded_and_say_what_they_are(trial, number) -> None:
    (consent,) = trial.look(lambda state: state.conduct.participant(number).consents)
    content = b"".join(web_world.client("care_provider").get(address(number, f"scans/{consent.scan}")))
    (page,) = PdfReader(BytesIO(content)).pages
    assert "SYNTHETIC" in page.extract_text() and number in page.extract_text()


def test_randomising_twice_gives_one_slot(trial) -> None:
    people = trial.look(lambda state: list(state.conduct.participants.values()))
    number = next(each.number for each in people if each.randomised_on)
    before = trial.look(lambda state: dict(state.conduct.allocation.slot_of))
    nurse = web_world.client("care_provider")
    for _ in range(2):
        assert nurse.post(address(number, "randomise"), {"command": "randomise"}).status_code == 302
    assert trial.look(lambda state: dict(state.conduct.allocation.slot_of)) == before


@pytest.mark.parametrize(
    "role", ["investigator", "care_provider", "outcomes_assessor", "data_manager", "monitor", "auditor"]
)
def test_every_page_of_a_role_answers(number, role: str) -> None:
    client = web_world.client(role)
    about = ("", "consent/", "consent-form/", "eligibility/", "randomise/", "doses/", "queries/", "events/")
    for path in (
        "",
        "participants/",
        "queries/",
        "deviations/",
        "audit/",
        *(f"participants/{number}/{each}" for each in about),
    ):
        answer = client.get(f"/{SLUG}/{path}")
        assert answer.status_code == 200, path
        assert b"style=" not in answer.content and b"onclick" not in answer.content, "the policy allows nothing inline"


def test_the_audit_trail_shows_every_type_of_entry(trial, number) -> None:
    """Whatever an entry has for fields: a check has `items`, as a mapping has."""
    fields = {"systolic": "205", "systolic.version": "1", "systolic.reason": "misread", "systolic.request": "unusual"}
    web_world.client("care_provider").post(address(number, "baseline/vital_signs/1/systolic"), fields)
    entries = list(trial.book.ledger.entries())
    days = {trial.plan.local_date(entry.recorded_at) for entry in {each.type: each for each in entries}.values()}
    assert "check_prompted" in {each.type for each in entries}
    client = web_world.client("auditor")
    assert {client.get(f"/{SLUG}/audit/?day={day}").status_code for day in days} == {200}


def test_a_file_beside_a_form_is_for_who_sees_all_of_the_form(trial, number) -> None:
    """M13, ASVS 5.4: kept by its hash, handed out as a download alone, and not even named to who does not see it."""
    doctor, nurse = web_world.client("investigator"), web_world.client("care_provider")
    page, title = address(number, "baseline/laboratory_endpoints/1"), "SYNTHETIC printout of IL-6"
    digest = hashlib.sha256(PNG).hexdigest()

    def send(name: str, content: bytes):
        fields = {"command": "attach_file", "title": title, "request": f"file-{name}"}
        return doctor.post(page, {**fields, "file": SimpleUploadedFile(name, content)})

    assert send("x.pdf", b"<script>alert(1)</script>").status_code == 422
    assert [send("../../evil.html", PNG).status_code for _ in range(2)] == [302, 302], "pressed twice"
    assert (trial.folder / "attachments" / f"{digest}.png").read_bytes() == PNG
    assert not list(trial.folder.rglob("*evil*"))
    assert title in doctor.get(page).content.decode()
    answer = doctor.get(address(number, f"attachments/{digest}"))
    assert b"".join(answer.streaming_content) == PNG and answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert nurse.get(address(number, f"attachments/{digest}")).status_code == 404
    other = next(each for each in trial.look(lambda state: list(state.conduct.participants)) if each != number)
    assert doctor.get(address(other, f"attachments/{digest}")).status_code == 404
    assert title in doctor.get(f"/{SLUG}/audit/").content.decode()
    assert title not in nurse.get(f"/{SLUG}/audit/").content.decode()
    fields = {"command": "retract_file", "digest": digest, "reason": "SYNTHETIC: of another", "request": "retract"}
    assert nurse.post(address(number, "baseline/vital_signs/1"), fields).status_code == 422
    assert doctor.post(page, fields).status_code == 302
    assert doctor.get(address(number, f"attachments/{digest}")).status_code == 404


def test_a_file_beside_an_adverse_event(trial, number) -> None:
    doctor, events = web_world.client("investigator"), address(number, "events")
    today = trial.today().isoformat()
    event = {"command": "report_adverse_event", "known_on": today, "started_on": today, "term": "SYNTHETIC rash"}
    event |= {"grade": "1", "causality": "possible", "action": "none", "outcome": "recovering", "request": "event"}
    assert doctor.post(events, event).status_code == 302
    found = trial.look(lambda state: state.safety.events_of(number)[-1].number)
    fields = {"command": "attach_to_adverse_event", "title": "SYNTHETIC letter"}
    for adverse_event, status in (("999", 422), (str(found), 302)):
        sent = {**fields, "adverse_event": adverse_event, "file": SimpleUploadedFile("a", PNG + b"1")}
        assert doctor.post(events, sent).status_code == status
    assert "SYNTHETIC letter" in web_world.client("care_provider").get(events).content.decode()
