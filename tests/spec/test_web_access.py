"""The access table is what the site does: every route, page and API, x every role x own site, other site, other trial.

Requests pass the whole of the site's middleware; a last one stops them where the view would begin, so that nothing is
changed and a new page is measured without a test of its own.  Source: G11; ASVS 5.0 8.2.1, 8.2.2, 8.4.1.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.conf import settings

import web_world
from equipoise.vocabulary import MASKED_ROLES, Role
from web_routes import routes

REACHED = 299  # what `StopBeforeView` answers
ANY = {
    "encounter": "screening",
    "form": "demography",
    "repetition": 1,
    "item": "birth_year",
    "digest": "ab" * 32,
    "pk": 1,
    "key": "x",
    "code": "x",
    "name": "report.pdf",
}
PLACES = ("own", "other site", "other trial")


@pytest.fixture(scope="module")
def people() -> Iterator[Mapping[str, str]]:
    """The participants of the two-site trial, by site; the views are out of reach."""
    web_world.fresh_site()
    from django.test import override_settings

    from web_two_sites import add_two_sites

    participants = add_two_sites()
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, "web_two_sites.StopBeforeView"]):
        yield participants


def _address(name: str, converters: Mapping[str, Any], trial: str, participant: str) -> str:
    from django.urls import reverse

    given = {"trial": trial, "participant": participant, **ANY}
    if name == "api_unknown":
        return "/api/nothing"
    return reverse(name, kwargs={key: given[key] for key in converters})


def test_every_route_has_a_row_and_every_row_a_route(people: Mapping[str, str]) -> None:
    from equipoise.web.access import ACCESS

    assert set(routes()) == set(ACCESS)


def test_the_written_table(people: Mapping[str, str]) -> None:
    """What may not change without somebody saying so: who has no place, who does not write, who alone writes."""
    from equipoise.web.access import ACCESS

    in_trial = {name: rule for name, rule in ACCESS.items() if rule.in_trial}
    unmasked = frozenset(Role) - MASKED_ROLES | {Role.PARTICIPANT, Role.ADMINISTRATOR}
    assert len(in_trial) > 60
    for name, rule in in_trial.items():
        assert not (rule.read | rule.write) & unmasked, f"{name} is open to who knows arms, or has no part"
        assert Role.AUDITOR not in rule.write or name == "choose_role", f"the auditor writes at {name}"
    data = ("capture", "correct", "mark_not_done", "confirm_answer")
    site = {Role.INVESTIGATOR, Role.CARE_PROVIDER, Role.OUTCOMES_ASSESSOR}
    assert all(ACCESS[f"api:{name}"].write == site for name in data), "nobody else changes what the site entered (A16)"
    assert ACCESS["form_page"].write == site
    assert ACCESS["randomise"].write == ACCESS["api:randomise"].write == site - {Role.OUTCOMES_ASSESSOR}
    assert ACCESS["api:lock_database"].write == {Role.DATA_MANAGER}
    anybody = {name for name, rule in ACCESS.items() if rule.door.value == "anybody"}
    assert anybody == {
        "account_login",
        "account_logout",
        "account_inactive",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "choose_language",
        "setup",
        "begin",
        "api:openapi-json",
        "api_page",
        "api:api-root",
        "api_unknown",
    }


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PARTICIPANT, Role.SYSTEM, Role.ADMINISTRATOR}))
def test_pages_let_in_whom_the_table_names(role: Role, people: Mapping[str, str]) -> None:
    from equipoise.web.access import ACCESS, Door
    from web_two_sites import client_of, prove

    client = client_of(role)
    prove(client)
    for name, converters in routes().items():
        rule = ACCESS[name]
        if rule.door is Door.TOKEN:
            continue
        is_open = rule.door is not Door.ADMINISTRATOR
        for place, method, address in _asked(name, converters, rule, people):
            allowed = rule.read if method == "get" else rule.write
            expected = (role in allowed and _is_own(role, place)) if rule.in_trial else is_open
            came_in = getattr(client, method)(address).status_code == REACHED
            assert came_in == expected, f"{role} {method} {name}, {place}"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PARTICIPANT, Role.SYSTEM, Role.ADMINISTRATOR}))
def test_programs_are_let_in_as_the_table_says(role: Role, people: Mapping[str, str]) -> None:
    from django.test import Client

    from equipoise.web.access import ACCESS, Door
    from web_two_sites import token_of

    client, shown = Client(), {"Authorization": f"Bearer {token_of(role)}"}
    for name, converters in routes().items():
        rule = ACCESS[name]
        if rule.door is not Door.TOKEN:
            continue
        for place, method, address in _asked(name, converters, rule, people):
            allowed = rule.read if method == "get" else rule.write
            expected = REACHED if role in allowed and _is_own(role, place) else 404
            answer = getattr(client, method)(address, headers=shown)
            assert answer.status_code == expected, f"{role} {method} {name}, {place}"


def test_what_weighs_much_asks_again_who_one_is(people: Mapping[str, str]) -> None:
    from equipoise.web.access import ACCESS
    from web_two_sites import client_of

    client = client_of(Role.SPONSOR)
    for name in ("tokens", "delegation", "lock", "amendment"):
        assert ACCESS[name].again
        answer = client.post(_address(name, routes()[name], "two-sites", people["01"]))
        assert answer.status_code == 302 and "/account/reauthenticate/" in answer["Location"], name


def test_who_is_not_logged_in_comes_to_the_log_in_page(people: Mapping[str, str]) -> None:
    from django.test import Client

    from equipoise.web.access import ACCESS, Door

    for name, converters in routes().items():
        rule = ACCESS[name]
        answer = Client().get(_address(name, converters, "two-sites", people["01"]))
        if rule.door is Door.TOKEN:
            assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Bearer"), name
        if rule.door in {Door.ANYBODY, Door.TOKEN}:
            continue
        assert answer.status_code == 302 and answer["Location"].startswith("/account/login/"), name


def test_what_is_not_ones_own_looks_as_if_it_did_not_exist(people: Mapping[str, str]) -> None:
    """No enumeration: another site's participant and another trial answer byte for byte as numbers that nobody has."""
    from django.test import Client

    from web_two_sites import client_of, token_of

    shown = {"Authorization": f"Bearer {token_of(Role.INVESTIGATOR)}"}
    page, program = client_of(Role.INVESTIGATOR), Client()
    for ask, before in ((page.get, ""), (lambda path: program.get(path, headers=shown), "/api/v1/trials")):
        end = "" if before else "/"
        foreign = ask(f"{before}/two-sites/participants/{people['02']}{end}")
        nobody = ask(f"{before}/two-sites/participants/77-7777{end}")
        other_trial = ask(f"{before}/{web_world.SLUG}/participants/01-0001{end}")
        no_trial = ask(f"{before}/no-such-trial/participants/01-0001{end}")
        assert {each.status_code for each in (foreign, nobody, other_trial, no_trial)} == {404}
        assert _anonymous(foreign) == _anonymous(nobody)
        assert _anonymous(other_trial) == _anonymous(no_trial)


def _anonymous(answer: Any) -> bytes:
    """The answer without what was asked for itself and the token against forgery."""
    import re

    text = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", answer.content)
    return re.sub(rb'name="next" value="[^"]*"', b"", text)


def test_a_cookie_opens_no_address_of_the_api(people: Mapping[str, str]) -> None:
    """A page of somebody else cannot make the browser write through the API (CSRF)."""
    from web_two_sites import client_of

    assert client_of(Role.INVESTIGATOR).get("/api/v1/trials/two-sites").status_code == 401


def _asked(
    name: str, converters: Mapping[str, Any], rule: Any, people: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """(place, method, address): at the own place by both methods, elsewhere by the one that would change something."""
    own = _address(name, converters, "two-sites", people["01"])
    yield "own", "get", own
    yield "own", "post", own
    method = "post" if rule.write else "get"
    if "participant" in converters:
        yield "other site", method, _address(name, converters, "two-sites", people["02"])
    if "trial" in converters:
        yield "other trial", method, _address(name, converters, web_world.SLUG, "01-0001")


def _is_own(role: Role, place: str) -> bool:
    """The sponsor of the trial stands at all of its sites."""
    return place == "own" or (role is Role.SPONSOR and place == "other site")
