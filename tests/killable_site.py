"""A synthetic site whose server is killed again and again: run as a process, it forks a server anew when one has died.

It prints one line of JSON when it serves: the port, and the session of the synthetic nurse; then the process of each
server.  It ends when its standard input does.
"""

import json
import os
import signal
import socket
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

PARTICIPANTS, SLUG = 4, "kill"


def main(folder: Path) -> None:
    from django.db import connections

    session = make(folder)
    connections.close_all()
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    say({"port": listening.getsockname()[1], **session})
    server = [0]
    threading.Thread(target=end_with_input, args=(server,), daemon=True).start()
    while True:
        server[0] = os.fork()
        if not server[0]:
            serve(folder, listening)
        say({"server": server[0]})
        os.waitpid(server[0], 0)


def make(folder: Path) -> dict[str, object]:
    """A trial in its middle, and a logged-in nurse."""
    from equipoise.cli.rehearsal.part import read_part
    from equipoise.cli.rehearsal.site import found_site, make_installation
    from equipoise.protocol import study_file
    from equipoise.web.site import configure

    installation = make_installation(folder)
    now = datetime.now(UTC)
    configure(installation, lambda: now)
    file = study_file("NCT05921058")
    found_site(installation, SLUG, file, read_part(file, PARTICIPANTS, 7, None), now)
    from django.test import Client

    from equipoise.store.models import Account
    from equipoise.store.running import running_trial

    nurse, account = Client(), Account.objects.get(username="synthetic.nurse")
    nurse.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
    people = running_trial(SLUG).look(lambda trial: list(trial.conduct.participants.values()))
    consented = [each.number for each in people if each.consents and not each.failure]
    return {"cookies": {name: morsel.value for name, morsel in nurse.cookies.items()}, "participants": consented}


def serve(folder: Path, listening: socket.socket) -> None:
    import waitress

    from equipoise.store import open_installation
    from equipoise.store.running import run_trials
    from equipoise.web.site import application

    run_trials(open_installation(folder), lambda: datetime.now(UTC))
    waitress.serve(application(), sockets=[listening], threads=4)


def end_with_input(server: list[int]) -> None:
    sys.stdin.read()
    os.kill(server[0], signal.SIGKILL)
    os._exit(0)


def say(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
