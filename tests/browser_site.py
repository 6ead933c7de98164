"""A synthetic site for browser tests: a process of its own, a clock that the test turns, people already logged in.

`Site.start(folder, weeks)` plays a rehearsal for some weeks (0: the list is sealed, nobody is screened), appoints the
cast, and serves it; `site.session(role)` is a cookie of a logged-in account.  What is tested is what comes after the
door; the door itself has its own tests.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

from server import ON_SERVER, postgresql

SLUG = "lupus"
PASSWORD = "synthetic people only"
CAST = {
    "investigator": "synthetic.investigator",
    "care_provider": "synthetic.nurse",
    "outcomes_assessor": "synthetic.assessor",
    "data_manager": "synthetic.data.manager",
    "monitor": "synthetic.monitor",
    "auditor": "synthetic.auditor",
    "statistician": "synthetic.statistician",
    "sponsor": "synthetic.sponsor",
}


@dataclass
class Site:
    """A running site.  `cookies` maps a role to its session."""

    folder: Path
    address: str
    cookies: dict[str, str]

    def turn_clock(self, moment: datetime) -> None:
        """Let the site's clock stand at a moment."""
        draft = self.folder / "clock.part"
        draft.write_text(moment.isoformat(), "utf-8")
        draft.replace(self.folder / "clock")

    def url(self, path: str = "") -> str:
        return f"{self.address}/{SLUG}/{path}"


@contextmanager
def running(folder: Path, *, weeks: int, participants: int = 6, moment: datetime | None = None) -> Iterator[Site]:
    """Make and serve a site; ends with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, __file__, str(folder), str(port), str(weeks), str(participants)]
    here = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(here / "masking")])}
    if ON_SERVER:
        environment["EQUIPOISE_DATABASE"] = postgresql().address
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stdout is not None
        told = server.stdout.readline()
        assert told, "the site did not start"
        site = Site(folder, f"http://127.0.0.1:{port}", json.loads(told))
        if moment:
            site.turn_clock(moment)
        for _ in range(100):
            try:
                urlopen(site.address + "/account/login/", timeout=5).close()  # our own address
                break
            except OSError:
                time.sleep(0.1)
        yield site
    finally:
        server.terminate()
        server.wait(timeout=20)


def _make(folder: Path, weeks: int, participants: int) -> datetime:
    """Play the trial for some weeks; gives the moment at which it stopped."""
    from worlds import script

    from equipoise.cli.rehearsal.trial import STARTS_ON, recruit, start
    from equipoise.protocol import study_file
    from equipoise.store.installation import create_installation

    installation = create_installation(folder / "site", secret=secrets.token_bytes(48), is_synthetic=True)
    trial = installation.trial_folder(SLUG)
    trial.mkdir(parents=True)
    (trial / "study.yaml").write_bytes(study_file("NCT05921058").read_bytes())
    part = replace(script(whole=True), participants=participants, seed=11, allocation_seed=3)
    rehearsal = start(part, trial)
    until = datetime.combine(STARTS_ON + timedelta(weeks=weeks), datetime.min.time(), tzinfo=UTC)
    with rehearsal.vault:
        turns = recruit(rehearsal) if weeks else iter(())
        for moment in turns:
            if moment >= until:
                break
        now = rehearsal.desk.clock()
    rehearsal.desk.book.ledger.close()
    return max(now, until) + timedelta(hours=3)


def _appoint(today: date) -> dict[str, str]:
    """Put the cast on the delegation log, make their accounts, and log them in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from equipoise.conduct import Actor, Appoint
    from equipoise.store.founding import add_demonstration_account
    from equipoise.store.models import Trial
    from equipoise.store.running import running_trial
    from equipoise.vocabulary import Role

    Trial.objects.create(slug=SLUG, title="Secretome in lupus", synthetic=True)
    trial = running_trial(SLUG)
    machine, sponsor = Actor("synthetic.administrator", Role.ADMINISTRATOR), Actor(CAST["sponsor"], Role.SPONSOR)
    lead = {"sponsor": machine, "investigator": machine}
    investigator = Actor(CAST["investigator"], Role.INVESTIGATOR)
    by_site = {"care_provider": investigator, "outcomes_assessor": investigator}
    held = trial.look(lambda state: {each.person for each in state.conduct.delegation.values()})
    for role in ("sponsor", "investigator", *(each for each in CAST if each not in lead)):
        if CAST[role] in held:
            continue
        by = lead.get(role) or by_site.get(role) or sponsor
        trial.do(by, Appoint(CAST[role], Role(role), (), today, "GCP certificate", today))
    cookies = {}
    for role, name in CAST.items():
        account = add_demonstration_account(name)
        session = SessionStore()
        session[SESSION_KEY] = str(account.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session.create()
        cookies[role] = session.session_key
    return cookies


def main(folder: Path, port: int, weeks: int, participants: int) -> None:
    """Make the site, tell the sessions on one line, serve until the end."""
    from equipoise.store.installation import open_installation
    from equipoise.web.site import application, configure

    stopped = _make(folder, weeks, participants)
    clock = folder / "clock"
    clock.write_text(stopped.isoformat(), "utf-8")
    configure(open_installation(folder / "site"), lambda: datetime.fromisoformat(clock.read_text("utf-8")))
    cookies = _appoint(stopped.date())
    print(json.dumps(cookies), flush=True)
    from waitress import serve

    serve(application(), host="127.0.0.1", port=port, threads=4, _quiet=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
