"""The REST API: the same rules, roles and refusals as the pages, for programs; nothing that is sent makes it fail."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import web_world
from equipoise.conduct import PERMISSIONS, declared_commands
from equipoise.vocabulary import Role

_API = "/api/v1"


@pytest.fixture(scope="module")
def people() -> Iterator[Mapping[str, str]]:
    web_world.fresh_site()
    from web_two_sites import add_two_sites

    _tokens.clear()

    yield add_two_sites()


_tokens: dict[tuple[Role, str], str] = {}
"""One token per account: an account has few."""


class Program:
    """A program with the token of a role at a site."""

    def __init__(self, role: Role, site: str = "01") -> None:
        from django.test import Client

        from web_two_sites import token_of

        if (role, site) not in _tokens:
            _tokens[role, site] = token_of(role, site)
        self.token = _tokens[role, site]
        self.client = Client(raise_request_exception=False)

    def get(self, path: str) -> Any:
        return self.client.get(f"{_API}{path}", headers=self._shown())

    def post(self, path: str, body: Any, key: str = "") -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {**self._shown(), **({"Idempotency-Key": key} if key else {})}
        return self.client.post(f"{_API}{path}", content, content_type="application/json", headers=headers)

    def send(self, path: str, form: Mapping[str, Any], key: str) -> Any:
        """Post a multipart form."""
        return self.client.post(f"{_API}{path}", form, headers={**self._shown(), "Idempotency-Key": key})

    def _shown(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def _entries() -> int:
    from equipoise.store.running import running_trial

    return running_trial("two-sites").book.ledger.head()[0]


def test_every_command_is_offered_or_says_why_not(people: Mapping[str, str]) -> None:
    from equipoise.web.api.offered import NOT_OFFERED, OFFERED

    assert set(declared_commands()) == set(OFFERED) | set(NOT_OFFERED) == set(PERMISSIONS)
    assert not set(OFFERED) & set(NOT_OFFERED)


def test_the_description_names_token_problem_and_every_address(people: Mapping[str, str]) -> None:
    from django.test import Client

    from equipoise.web.access import ACCESS

    schema = Client().get(f"{_API}/openapi.json").json()
    operations = [each for path in schema["paths"].values() for each in path.values()]
    hidden = {"api:openapi-json", "api:api-root"}
    assert {f"api:{each['operationId']}" for each in operations} == {n for n in ACCESS if n.startswith("api:")} - hidden
    assert all(each["responses"]["default"] == {"$ref": "#/components/responses/Problem"} for each in operations)
    page = Client().get(f"{_API}/").content.decode()
    assert all(each["operationId"] in page for each in operations)


def test_a_participant_from_screening_to_a_slot(people: Mapping[str, str]) -> None:
    """Everything that the pages do on the way in, and randomise pressed twice."""
    program, trial = Program(Role.INVESTIGATOR), "/trials/two-sites"
    screened = program.post(f"{trial}/screen", {"site": "01", "on": "2026-03-20"}, key="a").json()
    again = program.post(f"{trial}/screen", {"site": "01", "on": "2026-03-20"}, key="a").json()
    assert screened == again and screened["entries"] == ["participant_screened"]
    one = f"{trial}/participants/{screened['participant']}"
    consent = {"version": "1.0", "language": "en", "explained_by": "n1", "signed_on": "2026-03-20", "scan": "ef" * 32}
    steps = [("record-consent", consent), ("start-encounter", {"encounter": "screening", "on": "2026-03-20"})]
    steps += [("decide-criterion", {"criterion": each, "fulfilled": each != "E1"}) for each in ("I1", "I2", "E1")]
    steps += [("sign-eligibility", {}), ("enrol", {})]
    for name, body in steps:
        answer = program.post(f"{one}/{name}", body)
        assert answer.status_code == 200, (name, answer.content)
    refused = program.post(f"{one}/randomise", {})
    assert refused.status_code == 422 and refused.json()["rule"] == "SCREENING-WINDOW"
    same_day = {"window_reason": "screened and randomised on one day"}
    first = program.post(f"{one}/randomise", same_day, key="r")
    assert first.status_code == 200, first.content
    assert first.json()["entries"][0] == "slot_assigned"
    assert program.post(f"{one}/randomise", same_day, key="r").json() == first.json()
    assert program.post(f"{one}/randomise", same_day, key="another").json()["entries"] == []
    shown = program.get(one).json()
    assert shown["stage"] == "randomised" and shown["slot"] == "0000 / 000000"
    assert "arm" not in json.dumps(shown)


def test_an_answer_is_captured_corrected_and_keeps_its_past(people: Mapping[str, str]) -> None:
    program, one = Program(Role.CARE_PROVIDER), f"/trials/two-sites/participants/{people['01']}"
    page = {"encounter": "screening", "form": "demography"}
    assert (
        program.post(f"{one}/capture", {"page": page, "answers": [{"item": "sex", "text": "female"}]}).status_code
        == 200
    )
    change = {"page": page, "item": "sex", "version": 1, "reason": "misread", "answer": {"item": "sex", "text": "male"}}
    assert program.post(f"{one}/correct", change).status_code == 200
    stale = program.post(f"{one}/correct", change)
    assert stale.status_code == 409 and stale.json()["rule"] == "CORRECTION-STALE"
    missing = program.post(f"{one}/correct", {**change, "version": 7})
    assert missing.status_code == 422 and missing.json()["rule"] == "ANSWER-VERSION"
    shown = next(
        each for each in program.get(f"{one}/pages/screening/demography").json()["items"] if each["item"] == "sex"
    )
    assert (shown["version"], shown["answer"]["value"]) == (2, "male")
    trail = next(each for each in program.get(f"{one}/trail").json() if each["item"] == "sex")
    assert [each["answer"]["value"] for each in trail["values"]] == ["female", "male"]


def test_a_file_is_attached_listed_handed_out_and_retracted(people: Mapping[str, str]) -> None:
    """As on the page: what it is by its bytes, seen by who sees the form, sent twice without harm."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    program, one = Program(Role.INVESTIGATOR), f"/trials/two-sites/participants/{people['01']}"
    content = b"%PDF-1.7 SYNTHETIC printout of a program"
    beside = {"encounter": "screening", "form": "demography", "title": "SYNTHETIC printout"}

    def attach(content: bytes, **fields: str) -> Any:
        file = SimpleUploadedFile("evil.html", content, content_type="text/html")
        return program.send(f"{one}/attach-file", {"file": file, **fields}, key="f")

    written = attach(content, **beside)
    assert written.status_code == 200 and written.json()["entries"] == ["file_attached"], written.content
    assert attach(content, **beside).json() == written.json()
    for other, rule in ((b"<html>", "FILE-TYPE"), (b"", "FILE-SIZE")):
        assert attach(other, **beside).json()["rule"] == rule
    assert attach(content, title="without a place").status_code == 422
    digest = hashlib.sha256(content).hexdigest()
    listed = next(each for each in program.get(f"{one}/attachments").json() if each["digest"] == digest)
    assert (listed["media_type"], listed["page"]["form"]) == ("application/pdf", "demography")
    answer = program.get(f"{one}/attachments/{digest}")
    assert b"".join(answer.streaming_content) == content and "attachment" in answer["Content-Disposition"]
    assert program.get(f"/trials/two-sites/participants/{people['02']}/attachments/{digest}").status_code == 404
    assert program.post(f"{one}/retract-file", {"digest": digest, "reason": "another person's"}).status_code == 200
    assert program.get(f"{one}/attachments/{digest}").json()["rule"] == "ADDRESS"


def test_a_query_goes_round_by_its_name(people: Mapping[str, str]) -> None:
    one, name = f"/trials/two-sites/participants/{people['01']}", "screening/demography/birth_year:1"
    assert name in {each["name"] for each in Program(Role.MONITOR).get("/trials/two-sites/queries").json()}
    answer = Program(Role.CARE_PROVIDER).post(f"{one}/answer-query", {"query": name, "text": "It is."})
    assert answer.status_code == 200
    assert Program(Role.MONITOR).post(f"{one}/close-query", {"query": name}).status_code == 200
    assert Program(Role.MONITOR).post(f"{one}/close-query", {"query": "record:9"}).json()["rule"] == "QUERY"


def test_a_refusal_is_a_problem_with_rule_sentence_and_remedy(people: Mapping[str, str]) -> None:
    program = Program(Role.INVESTIGATOR)
    answer = program.post(f"/trials/two-sites/participants/{people['01']}/randomise", {})
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["rule"] == "STEP-ORDER" and problem["sentence"] and problem["remedy"]
    assert problem["type"] == "urn:equipoise:rule:STEP-ORDER" and problem["status"] == 422


def test_a_hidden_answer_is_neither_shown_nor_taken(people: Mapping[str, str]) -> None:
    """M13: the care provider does not see IL-6, and learns nothing by trying."""
    one = f"/trials/two-sites/participants/{people['01']}"
    seen = {
        role: Program(role).get(f"{one}/pages/day_8/laboratory").json() for role in (Role.MONITOR, Role.CARE_PROVIDER)
    }
    items = {role: {each["item"] for each in page["items"]} for role, page in seen.items()}
    assert "il_6" in items[Role.MONITOR] and "il_6" not in items[Role.CARE_PROVIDER]
    trail = Program(Role.CARE_PROVIDER).get("/trials/two-sites/audit-trail").json()
    assert all(each["seq"] is None and each["hash"] is None for each in trail)
    assert all(each["seq"] for each in Program(Role.MONITOR).get("/trials/two-sites/audit-trail").json())


def test_of_another_site_nothing_is_listed(people: Mapping[str, str]) -> None:
    program = Program(Role.MONITOR)
    for path in ("participants", "queries", "deviations", "adverse-events", "audit-trail?most=500", "audit-trail.csv"):
        text = program.get(f"/trials/two-sites/{path}").content.decode()
        assert people["02"] not in text, path
    assert (
        Program(Role.INVESTIGATOR).post("/trials/two-sites/screen", {"site": "02", "on": "2026-03-20"}).status_code
        == 404
    )


def test_a_token_ends_with_its_day_its_owner_and_its_revocation(people: Mapping[str, str]) -> None:
    from equipoise.conduct import Actor, EndAppointment
    from equipoise.store.models import Account
    from equipoise.store.running import now, running_trial
    from equipoise.store.tokens import PersonalToken, find_token, revoke_token
    from web_two_sites import account_of

    program = Program(Role.AUDITOR)
    kept = PersonalToken.objects.get(digest=hashlib.sha256(program.token.encode()).hexdigest())
    assert program.token not in str(vars(kept)), "kept is the digest alone"
    assert program.get("/me").json()["role"] == "auditor"
    assert find_token(program.token, now() + timedelta(days=4)) is None
    Account.objects.filter(pk=kept.account.pk).update(is_active=False)
    assert program.get("/me").status_code == 401
    Account.objects.filter(pk=kept.account.pk).update(is_active=True)
    revoke_token(Account.objects.get(username=account_of(Role.MONITOR)), kept.pk, now())
    assert program.get("/me").status_code == 200, "nobody revokes the token of somebody else"
    revoke_token(kept.account, kept.pk, now())
    assert program.get("/me").status_code == 401
    other, trial = Program(Role.QUALITY_OFFICER), running_trial("two-sites")
    number = next(n for n, each in trial.book.state().conduct.delegation.items() if each.role is Role.QUALITY_OFFICER)
    assert other.get("/me").status_code == 200
    trial.do(Actor(account_of(Role.SPONSOR), Role.SPONSOR), EndAppointment(number, "left"))
    assert other.get("/me").status_code == 401, "who is off the delegation log is out at the next request (S11)"


def test_tokens_are_made_on_the_page_of_the_account_and_shown_once(people: Mapping[str, str]) -> None:
    import re

    from django.test import Client

    from web_two_sites import client_of, prove

    client = client_of(Role.STATISTICIAN)
    fields = {"name": "script", "place": "two-sites/statistician", "days": "10"}
    assert client.post("/account/tokens/", fields).status_code == 302, "asked again who one is"
    prove(client)
    made = re.search(r"equipoise_[0-9a-f]{64}", client.post("/account/tokens/", fields).content.decode())
    assert made and made[0] not in client.get("/account/tokens/").content.decode()
    assert Client().get(f"{_API}/me", headers={"Authorization": f"Bearer {made[0]}"}).json()["role"] == "statistician"
    for wrong in (
        {"place": "two-sites/sponsor"},
        {"place": f"{web_world.SLUG}/statistician"},
        {"days": "9999"},
        {"name": ""},
    ):
        assert client.post("/account/tokens/", {**fields, **wrong}).status_code == 422, wrong


HOSTILE: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"{",
    b"[" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"text": ' + b"9" * 5_000 + b"}",
    b'{"text": NaN}',
    b'{"text": 1e999}',
    b'{"text": "\\ud800"}',
    b'{"text": "\\u0000"}',
    b'{"text": "a", "text": "b"}',
    b'{"text": "\xff\xfe"}',
    b'{"text": "' + b"x" * 2_000_000 + b'"}',
    b'{"text": "x", "who": "sponsor.01"}',
    b'{"text": "x", "participant": "02-0001"}',
    b'{"text": ["x"]}',
    b'{"text": "x", "point": {"encounter": "screening", "form": "demography", "item": "sex", "repetition": 1.5}}',
    b"\x1f\x8b\x08\x00bomb",
)


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: body[:24].decode("latin-1"))
def test_no_body_makes_it_fail_or_writes_anything_else(body: bytes, people: Mapping[str, str]) -> None:
    """Deep JSON, endless digits, half characters, names that stand twice, fields that are none (mass assignment)."""
    before = _entries()
    answer = Program(Role.MONITOR).post(f"/trials/two-sites/participants/{people['01']}/raise-query", body)
    if body == b'{"text": "\\u0000"}':
        assert answer.status_code in {200, 422}
        return
    assert answer.status_code in {400, 413, 422}, answer.content
    assert answer["Content-Type"] == "application/problem+json" and set(answer.json()) >= {"rule", "sentence", "remedy"}
    assert _entries() == before


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer equipoise_" + "0" * 64, "Bearer é"])
def test_what_is_no_token_opens_nothing(header: str, people: Mapping[str, str]) -> None:
    from django.test import Client

    answer = Client().get(f"{_API}/me", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401 and answer.json()["rule"] == "TOKEN"


def test_the_table_for_a_spreadsheet_holds_no_formula(people: Mapping[str, str]) -> None:
    import csv
    import io

    from equipoise.web.csv_sheet import cell

    for text in (
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\ufeff=1",
        "\uff1d1",
        "\u0000=1",
        "-x",
        "--1",
    ):
        assert cell(text) == f"'{text}"
    for kept in ("-1", "+1.5", "-1,5", "a=1", "0", "", "1e5"):
        assert cell(kept) == kept
    program = Program(Role.MONITOR)
    formula = "=HYPERLINK(1)"
    program.post(f"/trials/two-sites/participants/{people['01']}/raise-query", {"text": formula})
    rows = list(csv.reader(io.StringIO(program.get("/trials/two-sites/audit-trail.csv").content.decode())))
    assert any(formula in cell for row in rows for cell in row)
    assert not [cell for row in rows[1:] for cell in row if cell[:1] in {"=", "+", "@", "\t"}]


def test_schemathesis_finds_no_answer_that_the_description_does_not_have(people: Mapping[str, str]) -> None:
    """Generated requests to every address, good and bad: never a failure, always the described shape."""
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import response_schema_conformance

    from equipoise.web.site import application

    schema = schemathesis.openapi.from_wsgi(f"{_API}/openapi.json", application())
    shown = {"Authorization": f"Bearer {Program(Role.INVESTIGATOR).token}", "Host": "testserver"}
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=3, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                nonlocal tried
                if "trial" in case.path_parameters:
                    case.path_parameters["trial"] = "two-sites"
                if "participant" in case.path_parameters:
                    case.path_parameters["participant"] = people["01"]
                answer = case.call(headers=shown)
                case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
                tried += 1

            try:
                ask()
            except schemathesis.errors.InvalidSchema:
                raise
            except Exception as error:
                if "Unsatisfiable" in type(error).__name__:  # nothing wrong can be sent to this address
                    continue
                raise
    assert tried > 150


def test_the_guides_example_runs_against_a_served_site(
    people: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`docs/how-to/api.md`, with the standard library alone."""
    import re
    import threading
    from pathlib import Path
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    from equipoise.web.site import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *said: object) -> None:
            """Nothing is printed."""

    with make_server("127.0.0.1", 0, application(), handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("EQUIPOISE_SITE", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("EQUIPOISE_TOKEN", Program(Role.CARE_PROVIDER).token)
        guide = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "api.md").read_text(encoding="utf-8")
        scope: dict[str, Any] = {}
        for example in re.findall(r"^```py\n(.*?)^```", guide, re.MULTILINE | re.DOTALL):
            exec(compile(example, "api.md", "exec"), scope)  # our own documentation
        server.shutdown()
    assert scope["written"]["entries"] == ["participant_screened"]
    assert scope["again"] == scope["written"]
    assert scope["refusal"]["rule"] == "STEP-ORDER"
