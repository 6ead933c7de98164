"""What axe says against a page in a real browser (WCAG 2.2 A and AA), and whether a phone has to scroll sideways."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

_BROWSERS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
"""The same engine; the first draws no window of its own around the pages, time that shows nobody anything."""
CHROMIUM = next((each for each in _BROWSERS if each.exists()), _BROWSERS[-1])
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}")
"""A browser is a program of the system, which no package registry brings."""
PHONE = {"width": 390, "height": 844}
_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
_RUN = "options => axe.run(options).then(all => all.violations.flatMap(v => v.nodes.map(n => [v.id, n.html])))"
_STATIC = Path(__file__).parents[1] / "src" / "equipoise" / "web" / "static"
_SCHEMES = {"en": "light", "id": "dark"}


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        yield driver.chromium.launch(executable_path=str(CHROMIUM), args=flags)


def violations(page: Any) -> list[tuple[str, str]]:
    """What stands against a page as it is shown now: the rule, and the element."""
    from axe_playwright_python.base import AXE_SCRIPT

    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    against = [(rule, html[:160]) for rule, html in page.evaluate(_RUN, _OPTIONS)]
    if page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]:
        against.append(("scrolls sideways", page.url))
    return against


@dataclass
class Kept:
    """Pages that clients without a window were answered with: (language, name) -> the page."""

    pages: dict[tuple[str, str], str] = field(default_factory=dict)

    def ask(self, client: Any, name: str, ask: Callable[[], Any]) -> Any:
        """Keep what a question is answered with, in both languages; gives the English answer."""
        for language in reversed(_SCHEMES):
            client.cookies["django_language"] = language
            answer = ask()
            self.pages[language, f"{len(self.pages)} {name}"] = answer.content.decode()
        return answer

    def judged(self) -> list[tuple[str, ...]]:
        """What stands against them on a phone, the English ones in light colours, the Indonesian ones in dark ones."""
        against: list[tuple[str, ...]] = []
        with chromium() as browser:
            for language, scheme in _SCHEMES.items():
                shown = browser.new_page(viewport=PHONE, color_scheme=scheme)
                shown.route("**/*", _answer)
                shown.goto("http://site.test/")
                for (spoken, name), content in self.pages.items():
                    if spoken == language:
                        shown.set_content(content)
                        against += [(language, name, *each) for each in violations(shown)]
        return against


def _answer(route: Any) -> None:
    """A file of the site; any other address is an empty page, to be filled."""
    path = urlsplit(route.request.url).path
    if path.startswith("/static/"):
        route.fulfill(path=_STATIC / path.removeprefix("/static/"))
    else:
        route.fulfill(body="", content_type="text/html")
