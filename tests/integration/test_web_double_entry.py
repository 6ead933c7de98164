"""Double entry through the pages and the API: the second person is shown nothing of the first entry."""

import re
from pathlib import Path

import pytest

import web_two_sites
import web_world
from accessibility import Kept, needs_chromium
from equipoise.conduct import Point
from equipoise.vocabulary import Role
from web_two_sites import TWO, client_of, token_of

PAGE = "screening/demography/1/"
READ = Kept()
"""What is read on the way, refusals included."""


@pytest.fixture(scope="module")
def number(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A participant whose year of birth the investigator has entered, on a form for two people."""
    web_world.fresh_site()
    study = Path(tmp_path_factory.mktemp("study")) / "study.yaml"
    once, twice = "- id: demography\n", "- id: demography\n    double_entry: true\n"
    study.write_text(web_two_sites.STUDY.read_text("utf-8").replace(once, twice), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(web_two_sites, "STUDY", study)
        return web_two_sites.add_two_sites()["01"]


def address(number: str, rest: str) -> str:
    return f"/{TWO}/participants/{number}/{rest}"


def held(number: str) -> str:
    from equipoise.store.running import running_trial

    point = Point("screening", "demography", "birth_year")
    return running_trial(TWO).look(lambda state: state.conduct.participant(number).current(point).answer.value)


def told(number: str, role: Role) -> dict[str, dict]:
    from django.test import Client

    program = Client(headers={"Authorization": f"Bearer {token_of(role)}"})
    found = program.get(f"/api/v1/trials/{TWO}/participants/{number}/reconciliation").json()
    return {each["item"]: each for each in found}


def test_two_people_enter_a_form_and_reconcile_it(number: str) -> None:
    nurse, doctor, monitor = (client_of(each) for each in (Role.CARE_PROVIDER, Role.INVESTIGATOR, Role.MONITOR))
    covered = nurse.get(address(number, PAGE)).content.decode()
    assert "1990" not in covered and f"second-entry/{PAGE}" in covered
    assert "1990" in nurse.get(address(number, f"{PAGE}?uncovered")).content.decode()
    assert "1990" in doctor.get(address(number, PAGE)).content.decode()
    assert monitor.get(address(number, f"second-entry/{PAGE}")).status_code == 404

    sheet = nurse.get(address(number, f"second-entry/{PAGE}")).content.decode()
    assert "1990" not in sheet and 'name="birth_year"' in sheet
    assert "1990" not in nurse.get(address(number, "reconciliation/")).content.decode()
    assert told(number, Role.MONITOR)["birth_year"]["agreement"] == "awaits_second"
    assert told(number, Role.MONITOR)["birth_year"]["first"] is None

    typed = {"birth_year": "1850", "request": "a"}
    refused = READ.ask(nurse, "entry", lambda: nurse.post(address(number, f"second-entry/{PAGE}"), typed))
    assert refused.status_code == 422 and 'value="1850"' in refused.content.decode(), "what was typed is still there"
    entered = {"birth_year": "1991", "sex.not_done": "on", "request": "b"}
    for _ in range(2):  # pressed twice
        assert nurse.post(address(number, f"second-entry/{PAGE}"), entered).status_code == 302
    own = doctor.post(address(number, f"second-entry/{PAGE}"), {"birth_year": "1990", "request": "c"})
    assert own.status_code == 422 and "One person does not enter a page both times." in own.content.decode()
    sheet = READ.ask(nurse, "sheet", lambda: nurse.get(address(number, f"second-entry/{PAGE}"))).content.decode()
    assert "1991" in sheet and "1990" not in sheet

    list_page = monitor.get(address(number, "reconciliation/")).content.decode()
    assert "1990" in list_page and "1991" in list_page and 'name="takes"' not in list_page
    assert told(number, Role.MONITOR)["birth_year"]["second"]["value"] == "1991"
    assert told(number, Role.MONITOR)["sex"]["agreement"] == "awaits_first"


def test_a_difference_ends_with_a_reason_on_the_value_that_was_shown(number: str) -> None:
    doctor = client_of(Role.INVESTIGATOR)
    page = doctor.get(address(number, "reconciliation/")).content.decode()
    point = re.search(r'name="point" value="([^"]*)"', page)[1]
    choice = {"command": "reconcile", "point": point, "version": "1", "takes": "second"}
    refused = READ.ask(doctor, "choice", lambda: doctor.post(address(number, "reconciliation/"), choice))
    assert refused.status_code == 422, "no reason"
    assert doctor.post(address(number, "reconciliation/"), {**choice, "version": "9"}).status_code == 422
    assert doctor.post(address(number, "reconciliation/"), {**choice, "point": "x"}).status_code == 404
    assert held(number) == "1990"
    chosen = {**choice, "reason": "SYNTHETIC: the passport", "request": "d"}
    assert doctor.post(address(number, "reconciliation/"), chosen).status_code == 302
    assert held(number) == "1991"
    assert told(number, Role.MONITOR)["birth_year"]["reason"] == "SYNTHETIC: the passport"
    assert told(number, Role.MONITOR)["birth_year"]["agreement"] == "reconciled"


@needs_chromium
def test_its_pages_are_accessible() -> None:
    assert READ.pages, "the tests above come first"
    assert not READ.judged()
