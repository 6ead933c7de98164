"""What an attacker tries on the pages, each with its test.  Source: ASVS 5.0; G12; the known holes of peers."""

import io
import logging
import re
import zipfile
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import pytest

import web_world
from equipoise.vocabulary import Role
from xss_payloads import PAYLOADS

HOSTILE_PATHS = (
    "/static/../site.sqlite3",
    "/static/..%2f..%2finstallation.json",
    "/static/%2e%2e/%2e%2e/etc/passwd",
    "/static//etc/passwd",
    "/..%2f..%2finstallation.json/",
    "/two-sites/participants/../../installation.json",
    "/two-sites/participants/01-0001/scans/..%2f..%2fledger.sqlite3/",
    "/two-sites/participants/01-0001/scans/%2e%2e/",
    "/api/v1/trials/..%2f..%2f/definition",
    "/api/v1/../../installation.json",
)


@pytest.fixture(scope="module")
def people() -> Iterator[Mapping[str, str]]:
    web_world.fresh_site()
    from web_two_sites import add_two_sites

    yield add_two_sites()


def _login(client: Any, name: str, password: str) -> Any:
    return client.post("/account/login/", {"login": name, "password": password})


class _Running(HTMLParser):
    """Collects what a browser would run, load or send because of text that people typed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "iframe", "object", "embed", "style", "math", "base"}:
            source = dict(attributes).get("src") or ""
            if tag != "script" or not source.startswith("/static/"):
                self.found.append(f"<{tag}>")
        for name, value in attributes:
            text = (value or "").strip().lower()
            if name.startswith(("on", "hx-on")) or (
                "javascript:" in text and name in {"href", "src", "action", "data"}
            ):
                self.found.append(f"{tag} {name}")
            if name.startswith("hx-") and "xss()" in text:
                self.found.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and "xss()" in data and self.get_starttag_text() == "<script>":
            self.found.append("script text")


def test_two_hundred_payloads_in_every_text_field_run_nowhere(people: Mapping[str, str]) -> None:
    """Stored through the rules themselves, shown on every page, report and answer that shows them (G12)."""
    from django.test import Client

    from equipoise.store.running import running_trial
    from web_two_sites import TWO, client_of, store_payloads, token_of

    trial, number = running_trial(TWO), people["01"]
    store_payloads(trial, number)
    token = token_of(Role.INVESTIGATOR)
    program = Client(headers={"Authorization": f"Bearer {token}"})
    texts = []
    for role in (Role.INVESTIGATOR, Role.MONITOR, Role.DATA_MANAGER, Role.AUDITOR, Role.CARE_PROVIDER):
        client = client_of(role)
        for address in _pages_with_text(number):
            answer = client.get(address)
            if answer.status_code == 404:
                continue
            assert answer.status_code == 200, address
            text = answer.content.decode()
            reader = _Running()
            reader.feed(text)
            assert reader.found == [], f"{role} {address}"
            assert "unsafe-inline" not in answer["Content-Security-Policy"]
            texts.append(text)
    shown = "".join(texts)
    assert shown.count("xss()") >= 800, "the payloads are shown"
    assert web_world.settings.SECRET_KEY not in shown, "no text is a template"
    for path in ("audit-trail?most=500", "queries", "deviations", "adverse-events", "delegation", "audit-trail.csv"):
        answer = program.get(f"/api/v1/trials/{TWO}/{path}")
        assert answer.status_code == 200 and answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Type"].split(";")[0] in {"application/json", "text/csv"}


def _pages_with_text(number: str) -> Iterator[str]:
    one = f"/two-sites/participants/{number}/"
    yield from ("/", "/two-sites/", "/two-sites/participants/", "/two-sites/queries/", "/two-sites/deviations/")
    yield from ("/two-sites/review/", "/two-sites/audit/", "/two-sites/delegation/", "/account/tokens/")
    yield from (one, f"{one}consent/", f"{one}eligibility/", f"{one}queries/", f"{one}events/", f"{one}doses/")
    yield from (f"{one}log/medication/{n}/" for n in range(2, len(PAYLOADS) + 2, 7))
    yield from (f"{one}log/medication/{n}/medicine/" for n in range(2, len(PAYLOADS) + 2, 7))
    yield f"{one}?<script>xss()</script>"
    yield "/two-sites/participants/?number=<script>xss()</script>&stage='><script>xss()</script>"


def test_a_form_that_another_site_sends_is_refused(people: Mapping[str, str]) -> None:
    """CSRF, on every page that writes."""
    from django.test import Client

    from equipoise.store.models import Account
    from equipoise.web.access import ACCESS, Door
    from web_routes import routes
    from web_two_sites import account_of, prove

    client = Client(enforce_csrf_checks=True)
    client.force_login(
        Account.objects.get(username=account_of(Role.INVESTIGATOR)),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    prove(client)
    from django.urls import reverse

    given = {"trial": "two-sites", "participant": people["01"], "encounter": "screening", "form": "demography"}
    given |= {"repetition": 1, "item": "birth_year"}
    tried = 0
    for name, converters in routes().items():
        rule = ACCESS[name]
        if rule.door is Door.TOKEN or Role.INVESTIGATOR not in rule.write or not set(converters) <= set(given):
            continue
        address = reverse(name, kwargs={key: given[key] for key in converters})
        assert client.post(address, {"command": "screen"}).status_code == 403, name
        tried += 1
    assert tried >= 10
    assert client.post("/account/login/", {"login": "a", "password": "b"}).status_code == 403
    assert client.post("/language/", {"language": "id"}).status_code == 403


def test_a_session_is_new_after_log_in_and_dead_after_log_out(people: Mapping[str, str]) -> None:
    """Fixation: a key that was set before the log-in opens nothing."""
    from django.test import Client

    from equipoise.store.founding import DEMONSTRATION_PASSWORD

    client = Client()
    client.cookies["equipoise"] = "a" * 32
    client.get("/account/login/")
    _login(client, "synthetic.nurse", DEMONSTRATION_PASSWORD)
    key = client.cookies["equipoise"].value
    assert key != "a" * 32 and client.get("/").status_code == 200
    client.post("/account/logout/")
    stolen = Client()
    stolen.cookies["equipoise"] = key
    assert stolen.get("/").status_code == 302


def test_guessing_a_password_ends_after_five_times_and_tells_no_names(people: Mapping[str, str]) -> None:
    from django.test import Client

    from equipoise.store.founding import DEMONSTRATION_PASSWORD

    def answer(name: str) -> bytes:
        answered = _login(Client(REMOTE_ADDR="10.0.0.9"), name, "wrong password")
        return re.sub(rb'(value|next)="[^"]*"', b"", answered.content)

    assert answer("synthetic.monitor") == answer("nobody.at.all"), "the same words for who exists and who does not"
    for _ in range(6):
        _login(Client(REMOTE_ADDR="10.0.0.7"), "synthetic.auditor", "wrong password")
    locked = Client(REMOTE_ADDR="10.0.0.7")
    _login(locked, "synthetic.auditor", DEMONSTRATION_PASSWORD)
    assert locked.get("/").status_code == 302, "locked, even with the right password"
    other = Client(REMOTE_ADDR="10.0.0.7")
    _login(other, "synthetic.sponsor", DEMONSTRATION_PASSWORD)
    assert other.get("/").status_code == 200, "nobody else at this desk is locked out"


def test_what_a_form_does_not_have_is_not_read(people: Mapping[str, str]) -> None:
    """Mass assignment and IDOR: who, role, participant and entry come from the address and the session alone."""
    from equipoise.store.running import running_trial
    from web_two_sites import TWO, client_of

    client, trial = client_of(Role.INVESTIGATOR), running_trial(TWO)
    before = trial.look(lambda state: len(state.conduct.participant(people["02"]).criteria))
    hostile = {
        "command": "decide_criterion",
        "criterion": "I1",
        "fulfilled": "true",
        "participant": people["02"],
        "who": "sponsor.01",
        "role": "sponsor",
        "seq": "1",
        "request": "mass",
    }
    client.post(f"/{TWO}/participants/{people['01']}/eligibility/", hostile)
    assert trial.look(lambda state: len(state.conduct.participant(people["02"]).criteria)) == before
    entry = list(trial.book.ledger.entries())[-1]
    assert (entry.type, entry.who, entry.role) == ("criterion_decided", "investigator.01", Role.INVESTIGATOR)
    assert entry.body["participant"] == people["01"]
    assert client.get(f"/{TWO}/participants/{people['01']}/scans/{'cd' * 32}/").status_code == 404
    name = "screening/demography/birth_year:1"
    client.post(
        f"/{TWO}/queries/", {"command": "answer_query", "query": name, "participant": people["02"], "text": "x"}
    )
    held = trial.look(lambda state: [q.answer for q in state.conduct.participant(people["02"]).queries.values()])
    assert held == [""], "a query of another site is not answered"


@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_no_address_leads_to_a_file(path: str, people: Mapping[str, str]) -> None:
    from web_two_sites import client_of

    answer = client_of(Role.INVESTIGATOR).get(path)
    assert answer.status_code in {400, 403, 404, 301, 302}
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert b"secret_key" not in text and b"SQLite format" not in text and b"root:" not in text


def test_an_upload_is_what_it_says_it_is(people: Mapping[str, str]) -> None:
    """A page, a program, a bomb: none is kept, and nothing of its name."""
    from equipoise.store.running import running_trial
    from web_two_sites import TWO, client_of

    client, trial = client_of(Role.INVESTIGATOR), running_trial(TWO)
    address = f"/{TWO}/participants/{people['01']}/consent/"
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 5_000_000)
    fields = {"command": "record_consent", "version": "1.0", "language": "en", "explained_by": "n", "request": "u"}
    fields |= {"signed_on": "2026-03-20"}
    for content in (
        b"<html><script>xss()</script>",
        bomb.getvalue(),
        b"",
        b"MZ" + b"\0" * 100,
        b"%PD",
        b"\0" * 11_000_000,
    ):
        scan = io.BytesIO(content)
        scan.name = "../../../evil.pdf"
        answer = client.post(address, {**fields, "scanned": scan})
        assert answer.status_code == 422, content[:8]
    assert not list(trial.folder.rglob("*evil*"))
    assert not (trial.folder / "scans").exists() or not list((trial.folder / "scans").iterdir())


def test_a_form_with_too_much_in_it_is_refused(people: Mapping[str, str]) -> None:
    from web_two_sites import client_of

    client = client_of(Role.INVESTIGATOR)
    address = f"/two-sites/participants/{people['01']}/screening/demography/1/"
    assert client.post(address, {"birth_year": "1" * 2_000_000}).status_code in {400, 413}
    assert client.post(address, {f"f{n}": "" for n in range(600)}).status_code == 400
    odd = {
        "birth_year": "9" * 5000,
        "birth_year.version": "9" * 5000,
        "birth_year.request": "\x00",
        "sex": "\ud7ff\u202e",
    }
    assert client.post(address, odd).status_code in {200, 302, 409, 422}
    for value in ("1e999999", "-0", "٣", "1,5,6", "\x00", "NaN", "0x10", "1" * 400):
        answer = client.post(address, {"birth_year": value, "birth_year.version": "1", "birth_year.reason": "r"})
        assert answer.status_code in {302, 409, 422}, value


@pytest.mark.parametrize("year", ["0001-01-01", "9999-12-31", "31-12-9999", "2026-02-30", "'; DROP TABLE ledger; --"])
def test_odd_dates_are_refused_with_a_sentence(year: str, people: Mapping[str, str]) -> None:
    from web_two_sites import client_of

    client = client_of(Role.INVESTIGATOR)
    for route, field in (("", "on"), ("events/", "known_on")):
        fields = {"command": "withdraw" if not route else "report_adverse_event", field: year, "request": year}
        fields |= {"stops": "treatment", "reason": "other", "started_on": year, "term": "t", "grade": "1"}
        fields |= {"causality": "unrelated", "action": "none", "outcome": "recovered", "ended_on": year}
        assert client.post(f"/two-sites/participants/{people['01']}/{route}", fields).status_code == 422


def test_only_the_sites_own_name_is_answered(people: Mapping[str, str]) -> None:
    from django.test import Client

    assert Client(HTTP_HOST="evil.example").get("/account/login/").status_code == 400
    answer = Client(HTTP_X_FORWARDED_HOST="evil.example").get("/")
    assert "evil.example" not in answer["Location"]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:xss()"])
def test_nobody_is_sent_elsewhere(target: str, people: Mapping[str, str]) -> None:
    from django.test import Client

    from equipoise.store.founding import DEMONSTRATION_PASSWORD

    client = Client()
    fields = {"login": "synthetic.sponsor", "password": DEMONSTRATION_PASSWORD, "next": target}
    assert client.post("/account/login/", fields)["Location"] == "/"
    assert client.post("/language/", {"language": "id", "next": target})["Location"] == "/"


def test_cookies_and_headers_hold_on_every_kind_of_answer(people: Mapping[str, str]) -> None:
    from django.test import Client

    from equipoise.store.running import installation
    from equipoise.web.settings import site_settings
    from web_two_sites import client_of, token_of

    own, shown = client_of(Role.INVESTIGATOR), {"Authorization": f"Bearer {token_of(Role.INVESTIGATOR)}"}
    answers = [
        Client().get("/account/login/"),
        Client().get("/"),
        own.get("/two-sites/"),
        own.get("/nothing/"),
        own.get("/static/web/site.css"),
        own.get("/api/v1/openapi.json"),
        own.get("/api/v1/trials/two-sites"),
        own.get("/api/v1/trials/two-sites", headers=shown),
        own.post("/two-sites/queries/", {}),
    ]
    for answer in answers:
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        if answer["Content-Type"].startswith("text/html"):
            policy = answer["Content-Security-Policy"]
            assert (
                "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
            )
            assert "unsafe" not in policy and answer["X-Frame-Options"] == "DENY"
        if "css" not in answer["Content-Type"]:
            assert "no-store" in answer.get("Cache-Control", "") or answer.status_code in {302, 401, 404}
    for cookie in [*answers[0].cookies.values(), *own.cookies.values()]:
        assert cookie["httponly"] and cookie["samesite"] == "Lax", cookie.key
    secure = site_settings(installation(), hosts=("trial.example",), is_secure=True)
    assert (
        secure["SESSION_COOKIE_SECURE"] and secure["CSRF_COOKIE_SECURE"] and secure["SECURE_HSTS_SECONDS"] >= 31_536_000
    )
    assert secure["SESSION_COOKIE_NAME"].startswith("__Host-") and secure["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert secure["DEBUG"] is False


def test_no_log_line_holds_what_was_typed(people: Mapping[str, str]) -> None:
    """Neither a value nor a line break of an attacker: saved, refused, unread and unknown requests."""
    from web_two_sites import client_of, token_of

    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    logging.getLogger().addHandler(handler)
    try:
        client, marker = client_of(Role.INVESTIGATOR), "typed-7319\r\nFORGED line"
        address = f"/two-sites/participants/{people['01']}/log/medication/1/"
        client.post(address, {"medicine": marker, "medicine.version": "1", "medicine.reason": marker})
        client.post(address, {"medicine": marker * 20})
        shown = {"Authorization": f"Bearer {token_of(Role.INVESTIGATOR)}"}
        path = f"/api/v1/trials/two-sites/participants/{people['01']}/raise-query"
        client.post(path, {"text": marker}, content_type="application/json", headers=shown)
        client.get("/two-sites/participants/?number=typed-7319")
        client.post("/account/login/", {"login": marker, "password": marker})
        client.get("/api/v1/me", headers={"Authorization": "Bearer typed-7319"})
    finally:
        logging.getLogger().removeHandler(handler)
    assert "7319" not in logged.getvalue() and "FORGED" not in logged.getvalue()
