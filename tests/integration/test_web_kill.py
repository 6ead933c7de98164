"""The server is killed at any moment during entry: every value that a browser was told is saved is there, and once.

Four people enter at the same time; what was not acknowledged is sent again with the same request, as the pages do.
EQUIPOISE_SITE_KILLS sets the number of kills: 200 is the goal, few is what every run can afford.
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest

from equipoise.conduct import Page
from killable_site import SLUG
from server import postgresql

KILLS = int(os.environ.get("EQUIPOISE_SITE_KILLS", "4"))
FORM, ITEM = "concomitant_medication", "cm_name"
TESTS = Path(__file__).resolve().parents[1]


@dataclass
class Person:
    """Somebody who enters one medication after the other for one participant, and remembers what was acknowledged."""

    port: int
    cookies: dict[str, str]
    participant: str
    saved: dict[int, str] = field(default_factory=dict)
    sent_again: int = 0
    problems: list[str] = field(default_factory=list)

    def enter(self, is_over: threading.Event) -> None:
        number = 0
        while not is_over.is_set() and not self.problems:
            number += 1
            self.save(number, f"SYNTHETIC {self.participant} {number}", is_over)

    def save(self, number: int, value: str, is_over: threading.Event) -> None:
        path = f"/{SLUG}/participants/{self.participant}/log/{FORM}/{number}/{ITEM}/"
        typed = {ITEM: value, f"{ITEM}.version": "0", f"{ITEM}.request": f"{self.participant}.{number}"}
        while not is_over.is_set():
            try:
                status, body = self.ask("POST", path, urlencode(typed))
            except (OSError, http.client.HTTPException):
                self.sent_again += 1
                continue
            if status == 200:
                self.saved[number] = value
            else:
                self.problems.append(f"{status} {path} {body[:2000]}")
            return

    def ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {
                "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                "Content-Type": "application/x-www-form-urlencoded",
                "X-CSRFToken": self.cookies.get("csrf", ""),
                "HX-Request": "true",
            }
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie" and value.startswith("csrf="):
                    self.cookies["csrf"] = value.split(";")[0].removeprefix("csrf=")
            return answer.status, text
        finally:
            connection.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_what_the_browser_was_told_is_saved_survives_kill_9_of_the_server(tmp_path, engine):
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "EQUIPOISE_DATABASE": ""}
    if engine == "postgresql":
        environment["EQUIPOISE_DATABASE"] = postgresql().address
    command = [sys.executable, "-m", "killable_site", str(tmp_path / "site")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        told = json.loads(process.stdout.readline())
        people = [Person(told["port"], dict(told["cookies"]), number) for number in told["participants"][:4]]
        try:
            _kill_while_they_enter(people, process)
        finally:
            process.stdin.close()
    assert [problem for person in people for problem in person.problems] == []
    assert all(len(person.saved) > KILLS for person in people)
    assert sum(person.sent_again for person in people) > 0, "no kill hit anybody while he was saving"
    held = _histories(tmp_path / "site", environment["EQUIPOISE_DATABASE"], people)
    for person in people:
        for number, value in person.saved.items():
            assert held[person.participant, number] == [value], "lost, changed or doubled"


def _kill_while_they_enter(people, process) -> None:
    server = json.loads(process.stdout.readline())["server"]
    for person in people:
        status, _ = person.ask("GET", f"/{SLUG}/participants/{person.participant}/log/{FORM}/1/")
        assert status == 200
    is_over, chance = threading.Event(), random.Random(1)
    threads = [threading.Thread(target=person.enter, args=(is_over,)) for person in people]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        before = sum(len(person.saved) for person in people)
        deadline = time.monotonic() + 60
        while sum(len(person.saved) for person in people) < before + 8 and time.monotonic() < deadline:
            time.sleep(0.01)  # it is up, and they are entering
        time.sleep(chance.uniform(0, 0.2))
        os.kill(server, signal.SIGKILL)
        server = json.loads(process.stdout.readline())["server"]
    time.sleep(1)
    is_over.set()
    for thread in threads:
        thread.join()


def _histories(folder: Path, address: str, people) -> dict[tuple[str, int], list[str]]:
    """Every value that the points have held, from the ledger itself."""
    from dataclasses import replace
    from datetime import UTC, datetime

    from equipoise.closure import Trial
    from equipoise.ledger import Book
    from equipoise.store import open_installation
    from equipoise.store.keeping import open_ledger

    installation = replace(open_installation(folder), server=address)
    ledger = open_ledger(installation, SLUG, lambda: datetime.now(UTC))
    participants = Book(ledger, Trial()).state().conduct.participants
    found = {}
    for person in people:
        for page, items in participants[person.participant].pages.items():
            if isinstance(page, Page) and page.form == FORM and ITEM in items:
                found[person.participant, page.repetition] = [str(datum.answer.value) for datum in items[ITEM]]
    ledger.close()
    return found
