"""Two hundred stored payloads in a real browser: nothing that people typed runs, with and without the content policy.

The server's bytes are read in `tests/spec/test_web_security.py`; here a browser decides what is script (G12).
"""

import threading
from collections.abc import Iterator

import pytest

import web_world
from accessibility import chromium, needs_chromium
from equipoise.vocabulary import Role
from xss_payloads import PAYLOADS

pytestmark = needs_chromium
WATCH = """
window.ran = [];
window.xss = () => window.ran.push("xss");
document.addEventListener("securitypolicyviolation", told => window.ran.push(told.violatedDirective));
"""
"""Runs before each page: what the payloads call, and what the policy had to stop."""
FOUND = """() => [
    ...window.ran,
    ...[...document.querySelectorAll("*")].flatMap(each => [...each.attributes]
        .filter(one => one.name.startsWith("on") ||
            (one.name !== "value" && one.value.trim().toLowerCase().startsWith("javascript:")))
        .map(one => `${each.tagName} ${one.name}`)),
    ...[...document.querySelectorAll("iframe, object, embed, base, math, style, main script")]
        .map(each => each.tagName),
]"""
"""What ran, and what would run if somebody touched it."""
SHOWN = {
    "": Role.INVESTIGATOR,
    "participants/N/": Role.INVESTIGATOR,
    "participants/N/events/": Role.INVESTIGATOR,
    "participants/N/log/medication/1/": Role.CARE_PROVIDER,
    "participants/N/log/medication/9/": Role.INVESTIGATOR,
    "participants/N/log/medication/9/medicine/": Role.MONITOR,
    "participants/N/queries/": Role.MONITOR,
    "queries/": Role.DATA_MANAGER,
    "deviations/": Role.SPONSOR,
    "review/": Role.STATISTICIAN,
    "audit/": Role.AUDITOR,
    "delegation/": Role.INVESTIGATOR,
    "participants/?number=<script>xss()</script>&stage='><script>xss()</script>": Role.OUTCOMES_ASSESSOR,
}
"""Page -> the role that reads it here."""


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, str, dict[Role, str]]]:
    """The second trial with all payloads, served in a thread: its address, the participant, a session for each role."""
    from waitress import create_server

    web_world.fresh_site()
    from equipoise.store.running import running_trial
    from equipoise.web.site import application
    from web_two_sites import TWO, add_two_sites, client_of, store_payloads

    number = add_two_sites()["01"]
    store_payloads(running_trial(TWO), number)
    sessions = {role: client_of(role).cookies["equipoise"].value for role in set(SHOWN.values())}
    server = create_server(application(), host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}/{TWO}/", number, sessions
    server.close()
    thread.join(timeout=5)


@pytest.mark.parametrize("bypass", [False, True], ids=["with the policy", "without it"])
def test_nothing_that_people_typed_runs(site, bypass: bool) -> None:
    address, number, sessions = site
    shown, asked = 0, []
    with chromium() as browser:
        for path, role in SHOWN.items():
            context = browser.new_context(bypass_csp=bypass)
            context.add_init_script(WATCH)
            context.add_cookies([{"name": "equipoise", "value": sessions[role], "url": address}])
            page = context.new_page()
            page.on("dialog", lambda dialog: asked.append(dialog.message))
            answer = page.goto(address + path.replace("/N/", f"/{number}/"))
            assert answer.status == 200, path
            assert page.evaluate(FOUND) == [], path
            shown += page.locator("body").inner_text().count("xss()")
            context.close()
    assert not asked
    assert shown >= 3 * len(PAYLOADS), "the payloads are shown, as text"
