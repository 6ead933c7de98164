"""Every route of the vault's pages x every role, as the table says; what a masked holder sees depends on no arm and no
break; no arm in an address, a title or a log (ASVS 8.2.1, 8.3.1, 3.4, 14.2.1, 14.3.2; leaks L12, L18, L21, L28)."""

import re
from pathlib import Path

import pytest

from equipoise.vocabulary import MASKED_ROLES, Role
from equipoise_vault.pages import access
from equipoise_vault.pages.access import ENTER, READ, ROUTES
from equipoise_vault.pages.roles import ROLES
from pharmacy_trial import pharmacy
from vault_pages import PASSWORD, pharmacy_pages

ARMS = ("secretome", "placebo")
MASKED = [role for role in ROLES if role in MASKED_ROLES]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made = pharmacy(tmp_path_factory.mktemp("one")).stocked()
    made.request((0, 1), (1, 1))
    return made


@pytest.fixture(scope="module")
def pages(desk):
    with pharmacy_pages(desk) as running:
        yield running


@pytest.fixture(scope="module")
def visitors(pages):
    return {role: pages.signed_in(f"demo.{role.value}") for role in ROLES} | {None: pages.visitor()}


def addresses() -> dict[str, str]:
    """Route name -> address, read from the source: Django need not run here."""
    source = Path(access.__file__).with_name("urls.py").read_text("utf-8")
    found = re.findall(r'path\("([^"]*)", \w+\.\w+, name="(\w+)"\)', source)
    assert len(found) == source.count("    path("), "a route is written in another way than this test can read"
    return {name: "/" + address.replace("<slug:digest>", "0" * 64) for address, name in found}


def test_every_route_has_a_row_and_every_row_a_route():
    assert set(addresses()) == set(ROUTES)


def expected(route: str, role: Role | None, method: str) -> set[int]:
    """The statuses that the table allows.  The forms are posted empty: 409 is a form that misses something."""
    row = ROUTES[route]
    if method in ("PUT", "DELETE"):
        return {302, 403, 404, 405}
    if row.roles is not None and role is None:
        return {302}
    if row.roles is not None and role not in row.roles:
        return {404}
    if method not in row.methods:
        return {405}
    return {200, 302, 401, 404, 409} if row.roles is None or method == "POST" else {200, 409}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("role", [*ROLES, None], ids=str)
def test_a_route_answers_the_roles_of_its_row_and_nobody_else(visitors, role, method):
    visitor = visitors[role]
    for route, address in addresses().items():
        if route == "sign_out" and method == "POST" and role is not None:
            continue  # it would end the visit
        page = visitor.ask(method, address) if method != "POST" else _posted(visitor, address)
        assert page.status in expected(route, role, method), (route, role, method, page.status)
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert "unsafe" not in page.headers["content-security-policy"]
        assert "script-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff" and page.headers["x-frame-options"] == "DENY"


def _posted(visitor, address):
    visitor.get("/" if visitor.cookies and "/sign-in/" not in visitor.seen[-1:] else "/sign-in/")
    return visitor.post(address, follow=False)


def test_an_address_that_is_not_listed_is_not_found(visitors):
    for address in ("/admin/", "/static/../settings.py", "/static/%2e%2e/settings.py", "/doses", "/accounts/1/"):
        assert visitors[Role.PHARMACIST].ask("GET", address).status in (301, 404)


def test_a_form_without_the_token_of_the_page_is_refused(visitors):
    visitor = visitors[Role.PHARMACIST]
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert visitor.ask("POST", "/stock/", b"act=count_stock&consignment=1&units=0", **kind).status == 403


def test_the_attempt_of_another_role_is_on_record(visitors, pages):
    from datetime import UTC, datetime

    from equipoise.ledger import SqliteLedger

    visitors[Role.STATISTICIAN].ask("GET", "/doses/")
    ledger = SqliteLedger.open(pages.folder / "access.sqlite3", lambda: datetime.now(UTC))
    last = list(ledger.entries())[-1]
    assert (last.type, last.who, last.body) == ("vault_page_refused", "demo.statistician", {"route": "doses"})


def test_a_session_is_strict_and_read_by_no_script(pages):
    page = pages.visitor().get("/sign-in/")
    assert "SameSite=Strict" in page.headers["set-cookie"] and "HttpOnly" in page.headers["set-cookie"]


def test_no_arm_in_an_address_a_title_a_header_or_a_log(visitors, pages):
    visitor = visitors[Role.PHARMACIST]
    assert any(arm in visitor.get("/doses/").words for arm in ARMS)
    for role, visitor in visitors.items():
        for route, address in addresses().items():
            if ROUTES[route].roles and role in ROUTES[route].roles and "GET" in ROUTES[route].methods:
                page = visitor.ask("GET", address)
                around = page.title + repr(page.headers) + " ".join(visitor.seen)
                assert not any(arm in around for arm in ARMS), route
    assert not any(arm in pages.log.read_text() for arm in ARMS)


def seen_by_masked(pages) -> dict[tuple[Role, str], str]:
    """Everything that a masked holder can read, without the tokens that are drawn anew."""
    seen = {}
    for role in MASKED:
        visitor = pages.signed_in(f"demo.{role.value}")
        for route, address in addresses().items():
            if ROUTES[route].methods in (READ, ENTER) and route not in ("sign_in", "enrol", "setup", "style"):
                page = visitor.ask("GET", address)
                seen[role, route] = f"{page.status} {page.headers['content-length']} {page.secrets_removed()}"
    return seen


def test_what_a_masked_holder_sees_is_the_same_before_and_after_a_break(pages, desk):
    before = seen_by_masked(pages)
    assert len(before) > 20
    desk.held.break_code(3)
    desk.ask("todays_doses")
    assert seen_by_masked(pages) == before


def test_what_a_masked_holder_sees_is_the_same_in_two_worlds(tmp_path):
    """The arms' names move digest and root, which are published on purpose: with them put aside, not a byte differs."""
    worlds = []
    for at in range(2):
        desk = pharmacy(tmp_path / str(at), swapped=bool(at)).stocked()
        desk.request(*((slot, 1) for slot in range(8)))
        desk.dispensed(0)
        desk.held.break_code(1)
        with pharmacy_pages(desk) as pages:
            worlds.append({key: _published_removed(text) for key, text in seen_by_masked(pages).items()})
    assert worlds[0] == worlds[1]


def _published_removed(text: str) -> str:
    """Without root, digest, keys, signatures, the root's words and QR code: what the page of commitments is for."""
    text = re.sub(r"<svg.*?</svg>", "svg", text, flags=re.DOTALL)
    text = re.sub(r"<li>[a-z]{5}</li>", "word", text)
    text = re.sub(r'<p class="digits">[0-9a-f ]+</p>', "digits", text)
    return re.sub(r"^(\d+) \d+ ", r"\1 ", re.sub(r"[0-9a-f#]{16,}", "hex", text))


@pytest.mark.parametrize("planted", ["a longer page", "an arm"])
def test_the_comparison_sees_a_planted_difference(planted):
    left = "200 100 <p>The list is sealed.</p>"
    right = {"a longer page": "200 101 <p>The list is sealed!</p>", "an arm": "200 100 <p>secretome</p>"}[planted]
    assert _published_removed(left) != _published_removed(right)


def test_a_web_session_ends_with_its_account(pages):
    """Ended by one holder: the next request of the person is a stranger's (S11, ASVS 7.4.2)."""
    other, officer = pages.signed_in("demo.pharmacist.2"), pages.signed_in("demo.quality_officer")
    assert other.get("/stock/").status == 200
    officer.get("/accounts/")
    officer.post("/accounts/", act="end", name="demo.pharmacist.2")
    assert other.ask("GET", "/stock/").status == 302
    officer.get("/accounts/")
    last = officer.post("/accounts/", act="end", name="demo.pharmacist")
    assert last.status == 409 and "Nobody else has this holder's role." in last.words
    again = officer.post("/accounts/", act="invite", name="demo.pharmacist.2", role="pharmacist")
    assert again.status == 409 and "This name was used before." in again.words
    assert PASSWORD not in officer.page.text
