"""Somebody at a real browser on a site of `browser_site`, and the pages that one reaches by links."""

import re
from collections.abc import Iterator
from contextlib import suppress

from playwright.sync_api import Error

from accessibility import PHONE, violations
from browser_site import CAST, PASSWORD, Site


class Person:
    """Somebody at a browser, in one role and one language; remembers everything that was read."""

    def __init__(self, site: Site, browser, role: str, language: str, size=PHONE, scheme: str = "light") -> None:
        self.site, self.role, self.language = site, role, language
        locale = "id-ID" if language == "id" else "en-GB"
        context = browser.new_context(viewport=size, locale=locale, color_scheme=scheme, timezone_id="Asia/Jakarta")
        context.add_cookies([{"name": "equipoise", "value": site.cookies[role], "url": site.address}])
        self.page = context.new_page()
        self.speak(language)
        self.page.set_default_timeout(15_000)
        self.read: dict[str, str] = {}
        self.page.on("response", self._remember)
        self.against: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.errors: list[str] = []
        self.page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)

    def _remember(self, response) -> None:
        if "text/html" in response.headers.get("content-type", "") and response.status not in {301, 302, 303}:
            with suppress(Error):  # the page was left before the answer was read
                self.read[f"{response.request.method} {response.url} {len(self.read)}"] = response.text()

    def speak(self, language: str) -> None:
        self.language = language
        cookie = {"name": "django_language", "value": language, "url": self.site.address}
        self.page.context.add_cookies([cookie])

    def go(self, path: str, status: int = 200):
        answer = self.page.goto(self.site.url(path))
        if "/account/login/" in self.page.url:  # the session has ended, as it does over night
            self.page.fill("#id_login", CAST[self.role])
            self.page.fill("#id_password", PASSWORD)
            self.page.locator("form:has(#id_password) button").click()
            self.page.wait_for_url("**/lupus/**")
            answer = self.page.goto(self.site.url(path))
        assert answer.status == status, f"{self.role} {path}: {answer.status}"
        return self.page

    def judge(self, state: str) -> None:
        """Let axe look at the page in a state that no link leads to, once in each language."""
        if (state, self.language) not in self.against:
            self.against[state, self.language] = violations(self.page)

    def press(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        assert not self.page.locator(".note.refused").count(), self.page.locator(".note.refused").inner_text()


def kind_of(path: str) -> str:
    """What an address shows, whoever it is about: one page of a kind stands for all."""
    found = re.fullmatch(r"participants/[^/]+/[^/]+/([^/]+)/[0-9]+/(.*)", path)
    if found:
        return "history of an item" if found[2] else f"form {found[1]}"
    return re.sub(r"participants/[^/]+/", "participants/N/", path)


def reached(person: Person, number: str, *, with_forms: bool) -> Iterator[str]:
    """Every kind of page that a person reaches by links, as it is opened; of those about people, one's."""
    root, known = person.site.url(""), set[str]()
    waiting = ["", "participants/", f"participants/{number}/"]
    while waiting:
        path = waiting.pop(0)
        if kind_of(path) in known or (kind_of(path).startswith("form ") and not with_forms):
            continue
        known.add(kind_of(path))
        try:
            person.go(path)
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            continue
        yield path
        links = person.page.eval_on_selector_all("main a[href], nav a[href]", "all => all.map(each => each.href)")
        inside = (each.removeprefix(root).partition("?")[0].partition("#")[0] for each in links if root in each)
        waiting += [each for each in inside if _is_about(each, number)]


def _is_about(path: str, number: str) -> bool:
    return (
        not path.startswith("participants/") or path in {"participants/", f"participants/{number}/"} or number in path
    )
