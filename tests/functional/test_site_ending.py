"""A served trial is ended on its pages and those of its sealed room: obstacles, review, the pharmacy's account, two
signatures, lock, release, report.  One play, in order.

What a page says is tested where it is made; here people reach the end.  What
they read on the way, refusals with what was typed included, is judged by axe in both languages.
"""

import hashlib
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

import web_world
from accessibility import Kept, needs_chromium
from equipoise.cli.rehearsal.cast import MONITOR
from equipoise.cli.rehearsal.part import read_part
from equipoise.cli.rehearsal.trial import recruit, start
from equipoise.cli.sealed_rooms import SealedRooms
from equipoise.conduct import RaiseQuery
from equipoise.protocol import study_file
from equipoise.vocabulary import Role, SteppingClock
from vault_pages import PASSWORD, Pages

SLUG = "ending"
PARTICIPANTS, SEED, UNITS = 4, 3, 5
READ = Kept()
"""What somebody read on the way."""
STUDY = study_file("NCT05921058")


@dataclass(frozen=True)
class Ended:
    """A trial whose last visit is over, a query left open and a code broken, and its sealed room with its holders."""

    number: str
    room: Pages
    key_shares: tuple[str, str, str]

    def attend(self):
        """The site and the room tell each other what they may."""
        from equipoise.store.attending import attend
        from equipoise.store.running import running_trial
        from equipoise.store.vaults import room_of

        assert attend(running_trial(SLUG), room_of(SLUG)) == ()

    def sign_in(self, who):
        return self.room.signed_in(f"demo.{who}")


@pytest.fixture(scope="module")
def ended():
    """The site with that trial; the room in which it was played is opened again as it is served."""
    installation = web_world.fresh_site()
    from equipoise.store.founding import add_trial
    from equipoise.store.running import run_trials
    from equipoise.store.vaults import open_rooms_with

    add_trial(SLUG, STUDY, is_synthetic=True)
    folder, vault_folder = installation.trial_folder(SLUG), installation.vault_folder(SLUG)
    vault_folder.parent.mkdir(exist_ok=True)
    played = start(read_part(STUDY, PARTICIPANTS, SEED, None), folder, pharmacy=True, vault_folder=vault_folder)
    with played.vault as vault:
        for _ in recruit(played):
            pass
        desk = played.desk
        number = next(iter(desk.state.allocation.slot_of))
        desk.do(MONITOR, RaiseQuery(number, "SYNTHETIC: is this the page of the last visit?"))
        shown = {"act": "break_one", "components": ["password", "one_time_code"]}
        token = vault.ask("reauthenticate", Role.TREATING_PHYSICIAN, shown)["token"]
        broken = {"stratum": 0, "slot": 0, "reason": "pregnancy", "token": token}
        vault.ask("break_one", Role.TREATING_PHYSICIAN, broken, why="SYNTHETIC")
        key_shares = vault.ask("rehearsal_key_shares", Role.SYSTEM)["key_shares"]
        desk.book.ledger.close()
    run_trials(installation, SteppingClock(desk.clock(), timedelta(seconds=1)))
    told = []
    with SealedRooms(installation, "127.0.0.1", lambda slug, room, code: told.append(room), seed=SEED) as rooms:
        open_rooms_with(rooms.open)
        rooms.open(SLUG)
        yield Ended(number, Pages(urlsplit(told[0].address).port, vault_folder), tuple(key_shares))
    open_rooms_with(None)


def test_a_trial_is_ended_on_its_pages(ended):
    _amend()
    pharmacist = ended.sign_in("pharmacist")
    _deliver(pharmacist)
    ended.attend()
    page = Person("statistician").read("review")
    rules = {rule for rule, _ in page.context["by_rule"]}
    assert {"LOCK-QUERY", "LOCK-DEVIATION", "LOCK-BREAK", "LOCK-PHARMACY"} <= rules
    assert all(address for rule, found in page.context["by_rule"] for _, address in found if rule != "LOCK-PHARMACY"), (
        "each leads to where it is mended, and the pharmacy's account is not mended here"
    )
    assert Person("data_manager").read("lock").context["against"], "nothing is signed before that"

    _mend(ended.number)
    assert {rule for rule, _ in Person("statistician").get("review").context["by_rule"]} == {"LOCK-PHARMACY"}
    assert "The account is closed" in pharmacist.act("/stock/", "count_stock", consignment=1, units=UNITS).words
    ended.attend()
    assert Person("statistician").read("review").context["errors"] == 0
    _sign_review()
    certificate = _lock()
    _unlock_and_lock_again(certificate)
    certificate = Person("auditor").get("release/lock-certificate.json").content
    assert Person("auditor").get("release/report.pdf").status_code == 404
    _receive(_release(ended, certificate))
    _read_report()


@needs_chromium
def test_what_was_read_on_the_way_is_accessible():
    assert READ.pages, "the play comes first"
    assert not READ.judged()


def _amend():
    """A second version is handed in, compared and followed; the first one stays beside it."""
    from equipoise.store.running import running_trial

    sponsor, first = Person("sponsor"), running_trial(SLUG).plan.digest
    text = STUDY.read_text("utf-8")
    assert sponsor.refused("amendment", command="lay_down", file=_file("no study")) != "COMMAND"
    orphan = text.replace("version: 1\n", "version: 2\n", 1)
    sponsor.post("amendment", command="lay_down", file=_file(orphan))
    second = orphan.replace("version: 2\n", f"version: 2\nparent: {first}\n", 1).replace(
        "Hypoxic mesenchymal", "Normoxic mesenchymal", 1
    )
    laid_down = sponsor.post("amendment", command="lay_down", file=_file(second))
    compared = sponsor.read(laid_down.removeprefix(f"/{SLUG}/"))
    assert compared.context["may_follow"] and "Normoxic" in compared.content.decode()
    follow = {"command": "amend_definition", "approved_on": "2030-01-01", "reason": "the medium was changed"}
    version = compared.context["draft"].digest
    assert sponsor.refused("amendment", **follow, version=version) == "DATE-FUTURE"
    assert running_trial(SLUG).plan.digest == first
    sponsor.post("amendment", **{**follow, "approved_on": "2022-01-03"}, version=version)
    assert running_trial(SLUG).plan.digest == version
    assert [each.version for each in Person("auditor").read("amendment").context["versions"]] == [1, 2]
    assert "Normoxic" in (running_trial(SLUG).folder / "study.yaml").read_text("utf-8")
    assert (running_trial(SLUG).folder / "versions" / f"{first}.yaml").read_text("utf-8") == text


def _mend(number):
    from equipoise.store.running import running_trial

    trial = running_trial(SLUG)
    nurse, monitor, doctor = Person("care_provider"), Person("monitor"), Person("investigator")
    for name in trial.look(lambda state: [str(each.deviation) for each in _deviations(state)]):
        said = {"command": "classify_deviation", "deviation": name, "important": "false", "reason": "no influence"}
        Person("statistician").post("review", **said)
    about = {"participant": number, "query": "record:1"}
    assert nurse.refused("queries", command="answer_query", text="", **about) == "FIELD"
    nurse.post("queries", command="answer_query", text="Yes, it is.", **about)
    monitor.post("queries", command="close_query", text="Thank you.", **about)
    seen = nurse.read("code-breaks")
    assert len(seen.context["breaks"]) == 1 and "pregnan" not in seen.content.decode()
    said = {"command": "assess_code_break", "number": "1", "was_needed": "true", "consequence": "The doses stopped."}
    assert nurse.client.post(f"/{SLUG}/code-breaks/", said).status_code == 404
    assert "known_to" in doctor.read("code-breaks").content.decode()
    known = {"known_to": ["treating_physician"]}
    assert doctor.refused("code-breaks", **known, **{**said, "consequence": " "}) == "FIELD"
    doctor.post("code-breaks", **known, **said)
    _attach(doctor, number)


def _attach(doctor, number):
    """A printout beside a form; the page shows it, what a wrong one is refused for, and how it is taken back."""
    page, said = f"participants/{number}/baseline/vital_signs/1", {"command": "attach_file", "title": "SYNTHETIC"}
    assert doctor.refused(page, file=_file("no picture"), **said) == "FILE-TYPE"
    doctor.post(page, file=_file("%PDF-1.7 SYNTHETIC"), **said)
    digest = hashlib.sha256(b"%PDF-1.7 SYNTHETIC").hexdigest()
    assert doctor.refused(page, command="retract_file", digest=digest, reason="") == "FIELD"
    serious = {"command": "report_adverse_event", "term": "headache", "grade": "9", "serious": ["death"]}
    assert doctor.refused(f"participants/{number}/events", **serious)


def _deviations(state):
    return [each for person in state.conduct.participants.values() for each in person.deviations.values()]


def _sign_review():
    statistician = Person("statistician")
    sign = {"command": "sign_blind_review"}
    assert statistician.refused("review", **sign, password="not mine") == "PASSWORD"
    statistician.post("review", **sign, password=statistician.password)


def _lock():
    """Keys, two signatures and the lock; gives the certificate."""
    investigator, statistician, manager = map(Person, ("investigator", "statistician", "data_manager"))
    sign = {"command": "sign_lock"}
    assert investigator.refused("lock", **sign, password=investigator.password) == "KEY-REGISTERED"
    for person in (investigator, statistician):
        person.post("lock", command="register_signing_key", password=person.password)
    investigator.post("lock", **sign, password=investigator.password)
    assert manager.refused("lock", command="lock_database") == "LOCK-SIGNATURES"
    statistician.post("lock", **sign, password=statistician.password)
    page = manager.read("lock")
    assert page.context["is_signed"] and page.context["in_groups"].replace(" ", "") in str(page.context["names"])
    manager.post("lock", command="lock_database")
    return manager.read("lock").context["certificate"]


def _unlock_and_lock_again(certificate):
    investigator = Person("investigator")
    unlock = {"command": "unlock_database", "password": investigator.password}
    assert investigator.refused("lock", **unlock, reason=" ") == "TEXT-MISSING"
    investigator.post("lock", **unlock, reason="a page was found")
    page = investigator.read("lock")
    assert (
        page.context["certificate"] is None and page.context["unlocks"][0][0].certificate_digest == certificate.digest
    )
    investigator.post("lock", command="sign_lock", password=investigator.password)
    statistician = Person("statistician")
    statistician.post("lock", command="sign_lock", password=statistician.password)
    Person("data_manager").post("lock", command="lock_database")


def _deliver(pharmacist):
    """Units come to the pharmacy; nobody has counted them yet."""
    now = datetime.now(ZoneInfo("Asia/Jakarta"))
    delivery = {"product": "saline", "maker": "SYNTHETIC", "lot": "L1", "quantity": UNITS, "place": "cupboard"}
    times = {"expires_on": f"{now.year + 2}-01-01", "received_at": f"{now:%Y-%m-%dT%H:%M}"}
    assert "The delivery is booked." in pharmacist.act("/stock/", "receive_consignment", **delivery, **times).words


def _release(ended, certificate):
    """Two holders let the list out on the room's pages, for the lock that the site holds; gives `opening.json`."""
    statistician, officer = (ended.sign_in(who) for who in ("statistician", "quality_officer"))
    first, _, third = ended.key_shares
    ended.attend()
    statistician.get("/release/")
    proposal = {"act": "propose_release", "data_digest": json.loads(certificate)["data_digest"], "share": first}
    shown = {"password": PASSWORD, "code": ended.room.code("demo.statistician"), "why": ""}
    page = statistician.post("/release/", files={"certificate": ("lock.json", certificate)}, **proposal, **shown)
    assert "It waits for another holder" in page.words, page.words
    digest = re.search(r'name="certificate_digest" value="([0-9a-f]{64})"', officer.get("/release/").text)[1]
    assert digest == Person("auditor").get("release").context["certificate"].digest, "two people compare it"
    shown = {"password": PASSWORD, "code": ended.room.code("demo.quality_officer"), "share": third}
    opening = officer.post("/release/opening/", act="complete_release", certificate_digest=digest, **shown)
    assert opening.status == 200, opening.words
    return opening.text


def _receive(opening):
    statistician = Person("statistician")
    statistician.read("release")
    forged = json.loads(opening)
    forged["slots"][0]["arm"], forged["slots"][1]["arm"] = "swapped", forged["slots"][0]["arm"]
    assert (
        statistician.refused("release", command="receive_release", opening=_file(json.dumps(forged)))
        == "OPENING-VERIFY"
    )
    statistician.post("release", command="receive_release", opening=_file(opening))


def _read_report():
    """The report is written in a process of its own; its proof holds."""
    for _ in range(240):
        if Person("care_provider").get("release").context["state"].value != "under_way":
            break
        time.sleep(0.5)
    assert Person("care_provider").read("release").context["state"].value == "done"
    Person("auditor").read("release")
    report = b"".join(Person("care_provider").get("release/report.pdf").streaming_content)
    assert report.startswith(b"%PDF-")
    assert Person("care_provider").get("release/proof.zip").status_code == 404
    archive = zipfile.ZipFile(io.BytesIO(b"".join(Person("auditor").get("release/proof.zip").streaming_content)))
    from equipoise.store.running import installation

    folder = installation().folder / "read"
    archive.extractall(folder)
    command = [sys.executable, "-I", "-S", "verify_trial.py", "opening.json", "ledger.jsonl", "arms.json"]
    proof = subprocess.run(command, cwd=folder / SLUG, capture_output=True, text=True, check=False)
    assert proof.returncode == 0, proof.stdout


def _file(text):
    file = io.BytesIO(text.encode())
    file.name = "opening.json"
    return file


class Person:
    """Somebody of the trial at a browser without a window, who has just proved who it is."""

    def __init__(self, role):
        from equipoise.store.founding import DEMONSTRATION_PASSWORD

        self.client, self.password, self.role = web_world.client(role), DEMONSTRATION_PASSWORD, role

    def get(self, page):
        return self.client.get(f"/{SLUG}/{page}" + ("" if "." in page or "?" in page else "/"))

    def read(self, page):
        """Open a page in both languages; gives the English one."""
        return READ.ask(self.client, f"{self.role} {page}", lambda: self.get(page))

    def post(self, page, **fields):
        """Press a button that is expected to work; gives the address to which it leads."""
        answer = self.client.post(f"/{SLUG}/{page}/", fields)
        assert answer.status_code == 302, answer.context and answer.context.get("refused")
        assert "reauthenticate" not in answer["Location"]
        return answer["Location"]

    def refused(self, page, **fields):
        """Press a button, in both languages; gives the rule that stands against it."""
        address, name = f"/{SLUG}/{page}/", f"{self.role} {page}"
        answer = READ.ask(self.client, name, lambda: self.client.post(address, _again(fields)))
        assert answer.status_code == 422
        return answer.context["refused"].rule


def _again(fields):
    """The same fields, the files among them to be read from their beginnings."""
    for each in fields.values():
        if hasattr(each, "seek"):
            each.seek(0)
    return fields
