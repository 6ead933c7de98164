"""A synthetic site for the tests of the pages: a small trial in its middle, made once, copied for each test.

Django is configured once a process, for a folder in which every test finds a fresh copy.  With
`EQUIPOISE_TEST_DATABASE=postgresql` accounts and ledgers lie on a server of the tests' own, and the database is copied.
"""

import atexit
import os
import shutil
import tempfile
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from equipoise.cli.rehearsal.part import read_part
from equipoise.cli.rehearsal.site import found_site, make_installation
from equipoise.protocol import study_file
from equipoise.store import Installation, open_installation
from equipoise.store.installation import SERVER_SETTING
from equipoise.vocabulary import SteppingClock
from server import ON_SERVER, Server, start_server

SLUG = "nct05921058"
NOW = datetime(2026, 3, 20, 3, 0, tzinfo=UTC)  # ten o'clock in Surakarta
PARTICIPANTS = 6
_MODEL, _LIVE = "site_model", "site_live"
_IN_MEMORY = Path("/dev/shm")
"""Nobody waits for a disk that is thrown away."""
PEOPLE = {
    "sponsor": "synthetic.sponsor",
    "investigator": "synthetic.investigator",
    "care_provider": "synthetic.nurse",
    "outcomes_assessor": "synthetic.assessor",
    "data_manager": "synthetic.data.manager",
    "monitor": "synthetic.monitor",
    "statistician": "synthetic.statistician",
    "auditor": "synthetic.auditor",
    "administrator": "synthetic.administrator",
}
"""Role -> the account of the synthetic site that has it."""


def fresh_site() -> Installation:
    """The site as it is at `NOW`, untouched by other tests; the former one of this process is gone."""
    from django.db import connections

    model, live = _model()
    from equipoise.store.running import run_trials

    connections.close_all()
    run_trials(open_installation(model), SteppingClock(NOW))  # closes the ledgers of the former test
    shutil.rmtree(live, ignore_errors=True)
    shutil.copytree(model, live)
    if ON_SERVER:
        _copy_database(_MODEL, _LIVE)
    installation = open_installation(live)
    run_trials(installation, SteppingClock(NOW))
    return installation


def client(role: str):
    """A test client that is logged in, just now, as the account of this role."""
    from django.test import Client

    from equipoise.store.models import Account

    logged_in = Client()
    logged_in.force_login(
        Account.objects.get(username=PEOPLE[role]),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    prove(logged_in)
    return logged_in


def prove(logged_in, at: float | None = None) -> None:
    """Let the person have entered the password at a moment; without one, now."""
    session = logged_in.session
    session["account_authentication_methods"] = [{"method": "password", "at": at or time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


def _copy_database(source: str, copy: str) -> None:
    """Make a database anew as the copy of another one that nobody is connected to."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(_started().address_of("postgres"), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy)))
        names = sql.Identifier(copy), sql.Identifier(source)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))


def _started() -> Server:
    """The server of this process: who asks for it is not to be told that the tests passed without it."""
    found = start_server()
    assert isinstance(found, Server), found
    return found


@cache
def _model() -> tuple[Path, Path]:
    """The folder of the site that is copied, and the folder in which the live copy lies."""
    from django.test.utils import setup_test_environment

    from equipoise.web.site import configure

    root = Path(tempfile.mkdtemp(prefix="equipoise-site-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    if ON_SERVER:
        _copy_database("template1", _LIVE)
        os.environ[SERVER_SETTING] = _started().address_of(_LIVE)
    installation = make_installation(root / "live")
    assert not settings.configured, "Django is configured once a process"
    configure(installation, SteppingClock(NOW), hosts=("testserver", "localhost", "127.0.0.1"))
    setup_test_environment()
    file = study_file("NCT05921058")
    part = read_part(file, PARTICIPANTS, 7, None)
    found_site(installation, SLUG, file, part, NOW)
    from django.db import connections

    connections.close_all()
    if ON_SERVER:
        from equipoise.store.running import open_trials, run_trials

        open_trials(lambda trial: None)  # what was played into a file is carried over to the server
        run_trials(open_installation(root / "live"), SteppingClock(NOW))  # closes it
        _copy_database(_LIVE, _MODEL)
    shutil.copytree(root / "live", root / "model")
    return root / "model", root / "live"
