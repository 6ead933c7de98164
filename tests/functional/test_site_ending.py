"""A served trial is ended on its pages: obstacles, review, two signatures, lock, release, report.  One play, in order.

The sealed room is a process of its own.  What a page says is tested where it is made; here people reach the end.
"""

import io
import json
import shutil
import subprocess
import sys
import time
import zipfile
from datetime import timedelta

import pytest

import web_world
from equipoise.allocation import take_notices
from equipoise.cli.rehearsal.cast import MONITOR
from equipoise.cli.rehearsal.part import read_part
from equipoise.cli.rehearsal.trial import recruit, start
from equipoise.conduct import RaiseQuery
from equipoise.protocol import study_file
from equipoise.vocabulary import Role, SteppingClock

SLUG = "ending"
PARTICIPANTS = 4
STUDY = study_file("NCT05921058")


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """The site with a trial whose last visit is over, a query left open and a code broken; and its sealed room."""
    installation = web_world.fresh_site()
    from equipoise.store.founding import add_trial
    from equipoise.store.running import run_trials

    folder = tmp_path_factory.mktemp("ending")
    played = start(read_part(STUDY, PARTICIPANTS, 3, None), folder, vault_folder=folder / "vault")
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
        notices = vault.ask("notices", Role.SYSTEM)
        desk.book.execute(
            lambda trial: take_notices(trial.conduct.allocation, notices), who="equipoise", role=Role.SYSTEM
        )
        desk.book.ledger.close()
        add_trial(SLUG, STUDY, is_synthetic=True)
        shutil.copyfile(folder / "ledger.sqlite3", installation.trial_folder(SLUG) / "ledger.sqlite3")
        run_trials(installation, SteppingClock(desk.clock(), timedelta(seconds=1)))
        yield vault, number


def test_a_trial_is_ended_on_its_pages(ended):
    vault, number = ended
    _amend()
    page = Person("statistician").get("review")
    rules = {rule for rule, _ in page.context["by_rule"]}
    assert {"LOCK-QUERY", "LOCK-DEVIATION", "LOCK-BREAK"} <= rules
    assert all(address for _, found in page.context["by_rule"] for _, address in found), (
        "each leads to where it is mended"
    )
    assert Person("data_manager").get("lock").context["against"], "nothing is signed before that"

    _mend(number)
    assert Person("statistician").get("review").context["errors"] == 0
    _sign_review()
    certificate = _lock()
    _unlock_and_lock_again(certificate)
    certificate = json.loads(Person("auditor").get("release/lock-certificate.json").content)
    assert Person("auditor").get("release/report.pdf").status_code == 404
    _release(vault, certificate)
    _read_report()


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
    compared = sponsor.client.get(sponsor.post("amendment", command="lay_down", file=_file(second)))
    assert compared.context["may_follow"] and "Normoxic" in compared.content.decode()
    follow = {"command": "amend_definition", "approved_on": "2030-01-01", "reason": "the medium was changed"}
    version = compared.context["draft"].digest
    assert sponsor.refused("amendment", **follow, version=version) == "DATE-FUTURE"
    assert running_trial(SLUG).plan.digest == first
    sponsor.post("amendment", **{**follow, "approved_on": "2022-01-03"}, version=version)
    assert running_trial(SLUG).plan.digest == version
    assert [each.version for each in Person("auditor").get("amendment").context["versions"]] == [1, 2]
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
    nurse.post("queries", command="answer_query", text="Yes, it is.", **about)
    monitor.post("queries", command="close_query", text="Thank you.", **about)
    seen = nurse.get("code-breaks")
    assert len(seen.context["breaks"]) == 1 and "pregnan" not in seen.content.decode()
    said = {"command": "assess_code_break", "number": "1", "was_needed": "true", "consequence": "The doses stopped."}
    assert nurse.client.post(f"/{SLUG}/code-breaks/", said).status_code == 404
    assert "known_to" in Person("investigator").get("code-breaks").content.decode()
    doctor.post("code-breaks", known_to=["treating_physician"], **said)


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
    page = manager.get("lock")
    assert page.context["is_signed"] and page.context["in_groups"].replace(" ", "") in str(page.context["names"])
    manager.post("lock", command="lock_database")
    return manager.get("lock").context["certificate"]


def _unlock_and_lock_again(certificate):
    investigator = Person("investigator")
    investigator.post("lock", command="unlock_database", reason="a page was found", password=investigator.password)
    page = investigator.get("lock")
    assert (
        page.context["certificate"] is None and page.context["unlocks"][0][0].certificate_digest == certificate.digest
    )
    investigator.post("lock", command="sign_lock", password=investigator.password)
    statistician = Person("statistician")
    statistician.post("lock", command="sign_lock", password=statistician.password)
    Person("data_manager").post("lock", command="lock_database")


def _release(vault, certificate):
    from equipoise.store.running import running_trial

    ledger = running_trial(SLUG).book.ledger
    ledger.add_checkpoint(vault.sign_checkpoint(ledger.head()))
    opening = vault.release(certificate, certificate["data_digest"])
    statistician = Person("statistician")
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
    assert Person("care_provider").get("release").context["state"].value == "done"
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

        self.client, self.password = web_world.client(role), DEMONSTRATION_PASSWORD

    def get(self, page):
        return self.client.get(f"/{SLUG}/{page}" + ("" if "." in page else "/"))

    def post(self, page, **fields):
        """Press a button that is expected to work; gives the address to which it leads."""
        answer = self.client.post(f"/{SLUG}/{page}/", fields)
        assert answer.status_code == 302, answer.context and answer.context.get("refused")
        assert "reauthenticate" not in answer["Location"]
        return answer["Location"]

    def refused(self, page, **fields):
        """Press a button; gives the rule that stands against it."""
        answer = self.client.post(f"/{SLUG}/{page}/", fields)
        assert answer.status_code == 422
        return answer.context["refused"].rule
