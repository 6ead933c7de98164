"""The vault's pages as people meet them: a process of their own, over HTTP; keys and clock stay in the test."""

import contextlib
import html
import http.client
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from equipoise_vault.gate import Gate
from equipoise_vault.household import SETUP_CODE
from equipoise_vault.pages.demonstration_names import PASSWORD
from equipoise_vault.pages.place import ACCOUNTS_FILE
from equipoise_vault.pages.second_factor import code_at
from equipoise_vault.process import serve_lines
from equipoise_vault.request import Door

CODE = "SETUPCODE"


@dataclass
class Page:
    """An answer: status, headers, text."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8")

    @property
    def title(self) -> str:
        return html.unescape(re.search(r"<title>(.*?)</title>", self.text, re.DOTALL)[1])

    @property
    def words(self) -> str:
        """What is read on the page: no markup, no blank runs."""
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", self.text))).strip()

    def secrets_removed(self) -> str:
        """Without the anti-forgery token and the numbers of requests, which are drawn anew for each page."""
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "csrf", self.text)
        return re.sub(r"[0-9a-f]{32}|[0-9a-f]{8}_", "#", text)


@dataclass
class Visitor:
    """A browser without a window: cookies, forms, no scripts."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    page: Page | None = None
    seen: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Page:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body, {"Host": f"127.0.0.1:{self.port}", **headers})
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.strip().partition("=")
                self.cookies[key] = rest.split(";")[0]
        self.page = Page(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        self.seen.append(path)
        connection.close()
        return self.page

    def get(self, path: str) -> Page:
        page = self.ask("GET", path)
        while page.status in (301, 302):
            page = self.ask("GET", page.headers["location"])
        return page

    def post(self, path: str, follow: bool = True, files: dict | None = None, **fields) -> Page:
        """Post fields with the page's own token; a list is several values."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page.text if self.page else "")
        pairs = [("csrfmiddlewaretoken", token[1] if token else "")]
        for name, value in fields.items():
            pairs += [(name, each) for each in (value if isinstance(value, list) else [value])]
        if files:
            body, kind = multipart(pairs, files)
        else:
            body, kind = urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        page = self.ask("POST", path, body, **{"Content-Type": kind})
        return self.get(page.headers["location"]) if follow and page.status in (301, 302) else page

    def act(self, path: str, act: str, **fields) -> Page:
        """Open a page and do one of its acts."""
        self.get(path)
        return self.post(path, act=act, **fields)


def multipart(pairs, files):
    mark = "0f3e9b2a7c"
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in pairs]
    for name, (filename, content) in files.items():
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


@dataclass
class Pages:
    """The running pages; where the tests started their process, with it and what it wrote on standard error."""

    port: int
    folder: Path
    process: subprocess.Popen | None = None
    log: Path | None = None

    def visitor(self) -> Visitor:
        return Visitor(self.port)

    def signed_in(self, name: str) -> Visitor:
        """A visitor with the demonstration account of this name."""
        made = self.visitor()
        made.get("/sign-in/")
        page = made.post("/sign-in/", name=name, password=PASSWORD, code=self.code(name))
        assert page.status == 200 and name in page.text, page.words
        return made

    def code(self, name: str) -> str:
        """A one-time code of this account that was not used yet, from its own file."""
        with sqlite3.connect(self.folder / ACCOUNTS_FILE) as accounts:
            query = "SELECT second_factor, last_step FROM vault_pages_account WHERE name = ?"
            return Factor(*accounts.execute(query, (name,)).fetchone()).code()


@dataclass
class Factor:
    """An authenticator app whose owner never shows a code twice: of the three that are taken, the first unused."""

    secret: str
    last_step: int = 0

    def code(self) -> str:
        while True:
            began = int(time.time() - 8) // 30  # the step before this one, unless it is about to be too old
            step = max(began, self.last_step + 1)
            if step <= int(time.time()) // 30 + 1:
                self.last_step = step
                return code_at(self.secret, step * 30)
            time.sleep(1)


@contextlib.contextmanager
def pages_before(answering, folder: Path, *, demonstration: bool = True) -> Iterator[Pages]:
    """The pages before a counter or a gate in this process; a demonstration has an account for every role."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "pages.log"
    ours, theirs = socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as listening, log.open("w") as written:
        command = [sys.executable, "-m", "equipoise_vault", "pages", "--dir", str(folder)]
        command += ["--desk-fd", str(theirs.fileno()), "--listen-fd", str(listening.fileno())]
        process = subprocess.Popen(
            [*command, "--demonstration"] if demonstration else command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=written,
            pass_fds=(theirs.fileno(), listening.fileno()),
            env={**os.environ, SETUP_CODE: CODE},
            text=True,
        )
        theirs.close()
        reader, writer = ours.makefile("rb"), ours.makefile("wb")
        threading.Thread(target=serve_lines, args=(answering, Door.DESK, reader, writer), daemon=True).start()
        try:
            assert json.loads(process.stdout.readline())["is_new"] is not demonstration
            yield Pages(listening.getsockname()[1], folder, process, log)
        finally:
            process.terminate()
            process.wait(timeout=20)
            process.stdout.close()
            ours.close()


def enrolled(pages: Pages, name: str, invitation: str, password: str) -> Factor:
    """Take an account into use; gives its second factor."""
    person = pages.visitor()
    person.get("/enrol/")
    page = person.post("/enrol/", name=name, invitation=invitation)
    factor = Factor(re.search(r'<p class="code small">([A-Z2-7]+)</p>', page.text)[1])
    page = person.post("/enrol/", password=password, again=password, code=factor.code(), declared="on")
    assert "ready" in page.words, page.words
    return factor


@contextlib.contextmanager
def pharmacy_pages(desk) -> Iterator[Pages]:
    """Pages before the pharmacy of a test (`pharmacy_trial`)."""
    folder = desk.held.folder
    gate = Gate(folder / "vault", os.urandom, desk.clock, desk.held.counter)
    with pages_before(gate, folder / "pages") as pages:
        yield pages


def local(desk, minutes: float = 0) -> str:
    """A moment of the vault's clock as a field takes it, where the trial is."""
    moment = desk.clock() + timedelta(minutes=minutes)
    return moment.astimezone(ZoneInfo("Asia/Jakarta")).strftime("%Y-%m-%dT%H:%M")


def kinds(desk) -> list[str]:
    """The types of the vault's entries, in order."""
    return [entry.type for entry in desk.held.room.ledger.entries()]
