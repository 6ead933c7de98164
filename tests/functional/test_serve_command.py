"""`equipoise serve`: a new installation begins with a code, a busy port is a sentence, TLS in front is believed."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from equipoise.cli.room_origins import public_name
from equipoise.vocabulary import Refusal


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[dict[str, object]]:
    command = [sys.executable, "-m", "equipoise.cli", "serve", str(folder), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        note, deadline = folder / "serving.json", time.monotonic() + 90
        while not note.is_file() or not note.read_text():
            assert process.poll() is None and time.monotonic() < deadline, process.stdout.read()
            time.sleep(0.05)
        try:
            yield json.loads(note.read_text())
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
        assert process.returncode == 0, process.stdout.read()
    assert not note.exists()


def ask(address: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(address.removeprefix("http://").rstrip("/"), timeout=30)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.text = answer.read().decode()
    return answer


def test_a_new_installation_has_no_account_and_begins_with_a_code(tmp_path):
    """ASVS 6.3.2: no default account; whoever reads the terminal begins."""
    folder = tmp_path / "site"
    with serving(folder, "--port", str(_free_port())) as told:
        assert len(told["setup_code"]) == 12
        page = ask(told["site"], "/setup/")
        assert page.status == 200
        assert told["setup_code"] not in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        kept = http.client.HTTPConnection(told["site"].removeprefix("http://").rstrip("/"), timeout=30)
        for method in ("HEAD", "GET"):  # on one connection: the content of a head would be read as the next answer
            kept.request(method, "/setup/")
            answer = kept.getresponse()
            assert (answer.status, bool(answer.read())) == (200, method == "GET")
    assert (folder / "installation.json").stat().st_mode & 0o077 == 0


def test_behind_a_web_server_with_tls_cookies_and_headers_are_those_of_tls(tmp_path):
    """ASVS 3.3.1, 3.4.1: Secure cookies with the host prefix, HSTS."""
    options = ("--port", str(_free_port()), "--origin", "https://trial.example.org")
    with serving(tmp_path / "site", *options) as told:
        page = ask(told["site"], "/setup/", Host="trial.example.org", X_Forwarded_Proto="https")
        assert page.status == 200
        assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        cookies = page.headers.get_all("Set-Cookie")
        assert cookies and all(cookie.startswith("__Host-") and "Secure" in cookie for cookie in cookies)
        assert ask(told["site"], "/setup/", Host="elsewhere.example.org", X_Forwarded_Proto="https").status == 400


@pytest.mark.parametrize("origin", ["http://trial.example.org", "trial.example.org", "https://", "https://a.b/path"])
def test_an_origin_without_tls_is_refused(origin):
    with pytest.raises(Refusal) as refused:
        public_name(origin)
    assert refused.value.rule == "SERVE-ORIGIN"


def test_a_busy_port_is_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = ["serve", str(tmp_path / "site"), "--port", str(taken.getsockname()[1])]
        run = subprocess.run(
            [sys.executable, "-m", "equipoise.cli", *command], capture_output=True, text=True, check=False
        )
    assert run.returncode == 2
    assert "SERVE-PORT" in run.stderr
    assert "Traceback" not in run.stderr + run.stdout


def test_a_server_that_would_not_keep_a_ledger_is_a_sentence(tmp_path):
    environment = {**os.environ, "EQUIPOISE_DATABASE": "mysql://somewhere/else"}
    run = subprocess.run(
        [sys.executable, "-m", "equipoise.cli", "serve", str(tmp_path / "site"), "--port", str(_free_port())],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert run.returncode == 2
    assert "SITE-DATABASE" in run.stderr
    assert "mysql" not in run.stderr + run.stdout, "an address may hold a password"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
