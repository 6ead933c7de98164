"""Masking over the site: two worlds that differ in the allocation alone answer every request with the same bytes.

Source: ICH E6(R3) 4.1.4; leaks L9, L10, L12, L13, L15, L18, L19, L21 over pages and API.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import mutants
import pytest
import site_worlds
import worlds
from site_worlds import Pair, crawl, differences

from equipoise.vocabulary import Role

SOME = (Role.INVESTIGATOR, Role.CARE_PROVIDER, Role.DATA_MANAGER)
"""Who crawls in a short run: together they reach every route; a full run has all the roles."""
SHORT = ("participants", "participant", "api:participant", "api:enrol")
_CLOSED = frozenset({"administration", "api_unknown", "account_logout", "choose_role", "setup"}) | frozenset(
    {"lock_certificate", "report_file", "proof"}
)
"""For nobody here: the administrator's page, what does not exist, the end of the crawl, a site that is new; and what
there is once the database is locked (`ENDING`, in other worlds) or the list released."""
ENDING = ("trial", "review", "lock", "release", "lock_certificate", "report_file", "proof", "api:lock_database")
_NEEDS_A_FACTOR = "mfa_"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two worlds without any effect."""
    site_worlds.web_world.fresh_site()  # configures Django, before the plants name its parts
    first, second = site_worlds.pair_of_parts("arbitrary")
    folder = tmp_path_factory.mktemp("plain")
    yield Pair(site_worlds.ready(folder / "one", first), site_worlds.ready(folder / "other", second))


def test_every_masked_role_is_answered_with_the_same_bytes(plain: Pair, is_full: bool) -> None:
    roles = tuple(site_worlds.ROLES) if is_full else SOME
    first, second = crawl(plain.one, roles), crawl(plain.other, roles)
    assert differences(plain.one, plain.other, first, second) == []
    assert not first.statuses & {500, 502, 503}
    unreached = {name for name in site_worlds.routes() if not name.startswith(_NEEDS_A_FACTOR)} - first.reached
    assert unreached <= _CLOSED, "a route that no request reached is not tested"
    assert len(first.surfaces) > 300 * len(roles)


def test_a_locked_trial_tells_nobody_more_until_its_release(tmp_path: Path, is_full: bool) -> None:
    """What there is once the database is locked is the same in both worlds; report and proof are not there yet."""
    site_worlds.web_world.fresh_site()  # configures Django
    roles = tuple(site_worlds.ROLES) if is_full else SOME
    parts = next(worlds.pairs_of_worlds("swap"))
    one, other = (site_worlds.locked(tmp_path / name, part) for name, part in zip("ab", parts, strict=True))
    first, second = (crawl(each, roles, only=ENDING) for each in (one, other))
    assert differences(one, other, first, second) == []
    assert {"lock_certificate", "release", "lock"} <= first.reached
    assert not {"report_file", "proof"} & first.reached, "they rest on a release"


def _ordered(arms: dict[str, str]) -> Any:
    """Participants are listed by arm."""
    from equipoise.web.here import Here

    honest = Here.participants

    def by_arm(here: Any, state: Any) -> Any:
        return tuple(sorted(honest(here, state), key=lambda each: arms.get(each.number, "")))

    return mock.patch.object(Here, "participants", by_arm)


def _answering(change: Any) -> Any:
    """Every answer about a participant passes through `change(answer, arm)`."""
    from equipoise.web.access import AccessMiddleware

    honest = AccessMiddleware.__call__

    def answer(self: Any, request: Any) -> Any:
        response = honest(self, request)
        number = request.resolver_match.kwargs.get("participant", "") if request.resolver_match else ""
        change(request, response, number)
        return response

    return mock.patch.object(AccessMiddleware, "__call__", answer)


def _header(arms: dict[str, str]) -> Any:
    """A header names the kit."""

    def name(request: Any, response: Any, number: str) -> None:
        response.headers["X-Kit"] = arms.get(number, "")[:1]

    return _answering(name)


def _etag(arms: dict[str, str]) -> Any:
    """The ETag is a hash over the allocation."""
    import hashlib

    def tag(request: Any, response: Any, number: str) -> None:
        response.headers["ETag"] = f'"{hashlib.sha256(f"{number}{arms.get(number)}".encode()).hexdigest()[:16]}"'

    return _answering(tag)


def _log_line(arms: dict[str, str]) -> Any:
    """A log line says what the participant gets."""
    import logging

    def log(request: Any, response: Any, number: str) -> None:
        if number in arms:
            logging.getLogger("equipoise.access").warning("dose %s", arms[number][:2])

    return _answering(log)


def _statement(arms: dict[str, str]) -> Any:
    """One arm costs a statement more."""
    from equipoise.web import access

    honest = access._is_own

    def is_own(here: Any, number: str) -> bool:
        from equipoise.store.models import Trial

        if arms.get(number) == mutants.TREATED:
            Trial.objects.count()
        return honest(here, number)

    return mock.patch.object(access, "_is_own", is_own)


def _kept(arms: dict[str, str]) -> Any:
    """A session remembers the arm of whom one looked at; no page shows it."""

    def keep(request: Any, response: Any, number: str) -> None:
        if number in arms and request.session.session_key:
            request.session[number] = arms[number]
            request.session.save()

    return _answering(keep)


def _refusal(arms: dict[str, str]) -> Any:
    """A refusal is worded by kit type."""
    from equipoise.web.api import carrying_out

    honest = carrying_out.carry_out

    def carry_out(here: Any, offer: Any, number: str | None, *rest: Any) -> Any:
        from equipoise.vocabulary import Refusal

        try:
            return honest(here, offer, number, *rest)
        except Refusal as refusal:
            raise Refusal(refusal.rule, f"{refusal.sentence} Kit type {len(arms.get(number or '', ''))}.") from None

    return mock.patch.object(carrying_out, "carry_out", carry_out)


def _length(arms: dict[str, str]) -> Any:
    """An answer is longer for one arm, by spaces that nobody sees."""

    def pad(request: Any, response: Any, number: str) -> None:
        if arms.get(number) == mutants.TREATED and not response.streaming:
            response.content += b" "

    return _answering(pad)


@pytest.mark.parametrize(
    "plant", [_ordered, _header, _etag, _log_line, _statement, _kept, _refusal, _length], ids=lambda each: each.__name__
)
def test_a_leak_planted_in_the_site_is_caught(plant: Any, plain: Pair) -> None:
    crawls = []
    for world in (plain.one, plain.other):
        with plant(dict(world.arms)):
            crawls.append(crawl(world, (Role.INVESTIGATOR,), only=SHORT))
    assert differences(plain.one, plain.other, *crawls), f"{plant.__doc__} was not caught"


def test_nothing_differs_without_a_plant(plain: Pair) -> None:
    """The control of the controls: the same short crawl of honest sites finds nothing."""
    crawls = [crawl(world, (Role.INVESTIGATOR,), only=SHORT) for world in (plain.one, plain.other)]
    assert differences(plain.one, plain.other, *crawls) == []
