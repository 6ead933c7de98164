"""The trial in a real browser, at phone width: two people from screening to their last visit, by the cast of roles.

One is followed in English, the other in Bahasa Indonesia.  Every page that a role reaches by links is checked with axe
(WCAG 2.2 A and AA), and what care provider and assessor read is searched for values that are hidden from them.
"""

import os
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from accessibility import PHONE, chromium, needs_chromium, violations
from browser_person import Person, reached
from browser_site import CAST, Site, running

pytestmark = needs_chromium
IMAGES = os.environ.get("EQUIPOISE_IMAGES", "")
"""Where the pictures of the guides go, when they are to be made anew (`docs/images`)."""
DAY_ONE = date(2026, 1, 26)
HIDDEN_VALUES = {"il_6": "7,31", "anti_dsdna": "48,73", "c3": "91,37"}
"""Laboratory values that care provider and assessor never read, typed with a decimal comma."""
NUMBERS = {
    **HIDDEN_VALUES,
    **{"birth_year": "1990", "diagnosis_year": "2015", "systolic": "118", "diastolic": "76"},
    **{"esr": "> 120", "hs_crp": "0,9", "c4": "22,5", "haemoglobin": "12,4"},
}
WORDS = ("active", "female", "negative", "no", "absent", "normal", "clear", "none", "0")
"""Codes that are chosen where a form offers them; else the last one."""
LANGUAGES = ("en", "id")
TREATMENT = [f"dose_{n:02d}" for n in range(1, 11)]
FILLED = ("dose_01", "dose_10")
DAYS = dict(zip(TREATMENT, (1, 2, 3, 4, 5, 6, 7, 14, 21, 28), strict=True)) | {"end_of_treatment": 31}


def a_scan(number: str) -> bytes:
    """A one-pixel PNG that is another file for every participant."""
    text = f"consent {number}".encode()
    chunk = b"tEXt" + text
    body = len(text).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("site"), weeks=0, participants=4) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator:
    with chromium() as started:
        yield started


def at(day: date, hour: int = 9) -> datetime:
    """An hour in Surakarta, in UTC."""
    return datetime.combine(day, time(hour - 7), tzinfo=UTC)


def study_day(number: int) -> date:
    return DAY_ONE + timedelta(days=number - 1 if number > 0 else number)


def picture(person: Person, name: str) -> None:
    if IMAGES:
        Path(IMAGES).mkdir(parents=True, exist_ok=True)
        person.page.screenshot(path=str(Path(IMAGES) / f"{name}.png"), scale="css")


# --- the course of one participant -----------------------------------------------------------------------------------


def answer(person: Person, item) -> None:
    """Answer one item as its kind wants it, and wait until the page says that it is saved."""
    name = item.get_attribute("id").removeprefix("item-")
    radios = item.locator(".entry input[type=radio]")
    if radios.count():
        codes = [radios.nth(n).get_attribute("value") for n in range(radios.count())]
        chosen = next((code for code in WORDS if code in codes), codes[-1])
        person.page.locator(f'#item-{name} .entry label:has(input[value="{chosen}"])').click()
    else:
        field = person.page.locator(f"#{name}")
        kind = field.get_attribute("type")
        now = datetime.fromisoformat((person.site.folder / "clock").read_text("utf-8")) + timedelta(hours=7)
        text = {"date": f"{now:%Y-%m-%d}", "datetime-local": f"{now - timedelta(minutes=20):%Y-%m-%dT%H:%M}"}
        field.fill(text.get(kind, NUMBERS.get(name, "37")))
        person.page.evaluate("document.activeElement.blur()")
    person.page.wait_for_selector(f"#item-{name}.saved, #item-{name}.asks")
    if person.page.locator(".item.asks").count():
        person.judge("a check asks")


def fill(person: Person, number: str, encounter: str, form: str, most: int = 99) -> None:
    """Fill a form item by item as its questions appear; what is left beyond `most` is marked as not done."""
    page = person.go(f"participants/{number}/{encounter}/{form}/1/")
    for _ in range(most):
        empty = page.locator("fieldset.item.empty:not([hidden]):not([data-kind=text])")
        if not empty.count():
            break
        answer(person, empty.first)
    page.reload()
    if page.locator("#rest").count():
        page.locator("details:has(#rest) summary").click()
        page.fill("#rest", "SYNTHETIC: not needed for this test")
        person.press("form:has(#rest) button")


def screen(cast: dict[str, Person]) -> str:
    nurse = cast["care_provider"]
    nurse.go("participants/").locator("details.panel summary").click()
    nurse.press('form:has(input[value="screen"]) button')
    number = re.search(r"participants/([^/]+)/$", nurse.page.url)[1]
    nurse.go(f"participants/{number}/consent-form/?version=1.0")
    page = nurse.go(f"participants/{number}/consent/")
    page.locator(f'input[name=language][value="{nurse.language}"]').check(force=True)
    page.fill("#explained_by", "SYNTHETIC nurse")
    page.set_input_files("#scanned", files=[{"name": "x.png", "mimeType": "image/png", "buffer": a_scan(number)}])
    nurse.press('form:has(input[value="record_consent"]) button')
    page = nurse.go(f"participants/{number}/eligibility/")
    for criterion, wanted in (("I1", "true"), ("I2", "true"), ("E1", "false")):
        nurse.press(f'form:has(input[name="criterion"][value="{criterion}"]) button[value="{wanted}"]')
    return number


def start_visit(person: Person, number: str) -> None:
    person.go(f"participants/{number}/").locator("#schedule ~ details summary").first.click()
    person.press('button[value="start_encounter"]')


def randomise(cast: dict[str, Person], number: str) -> str:
    nurse, doctor = cast["care_provider"], cast["investigator"]
    doctor.go(f"participants/{number}/eligibility/")
    doctor.press('form:has(input[value="sign_eligibility"]) button')
    nurse.go(f"participants/{number}/eligibility/")
    nurse.press('form:has(input[value="enrol"]) button')
    nurse.go(f"participants/{number}/randomise/")
    nurse.press('form:has(input[value="randomise"]) button')
    first = nurse.page.locator(".big").all_inner_texts()
    again = nurse.page.request.post(  # the button pressed a second time, by a browser that lost the answer
        nurse.site.url(f"participants/{number}/randomise/"),
        form={
            "command": "randomise",
            "csrfmiddlewaretoken": nurse.page.locator("[name=csrfmiddlewaretoken]").first.input_value(),
        },
        headers={"Referer": nurse.page.url},
    )
    assert again.ok and nurse.go(f"participants/{number}/randomise/").locator(".big").all_inner_texts() == first
    return first[1]


def give_dose(nurse: Person, number: str, *, with_slip: bool) -> None:
    page = nurse.go(f"participants/{number}/doses/")
    expected = page.locator("strong.big").inner_text()
    if with_slip:
        page.fill("#pack", "00000")
        page.locator('button[value="dispense"]').click()
        page.wait_for_selector(".note.refused")  # another pack is not accepted, and what was typed is still there
        assert page.input_value("#pack") == "00000"
        nurse.judge("refused")
    page.fill("#pack", expected)
    nurse.press('button[value="dispense"]')
    page.fill("#pack", expected)
    page.fill("#body_site", "SYNTHETIC arm")
    nurse.press('button[value="administer_dose"]')


def follow(site: Site, cast: dict[str, Person]) -> dict[str, str]:
    """Two participants, day by day, from the screening log to completion: language -> number."""
    site.turn_clock(at(study_day(-7)))
    numbers = {}
    for language in LANGUAGES:
        number = numbers[language] = in_language(cast, language, screen)
        start_visit(cast["care_provider"], number)
        for form in ("demography", "disease_history", "pregnancy_test"):
            fill(cast["care_provider"], number, "screening", form)
    for encounter, day in {"baseline": -1, **DAYS}.items():
        site.turn_clock(at(study_day(day)))
        for language, number in numbers.items():
            in_language(cast, language, lambda cast, n=number, e=encounter: visit(cast, n, e))
    for number in numbers.values():
        cast["investigator"].go(f"participants/{number}/")
        cast["investigator"].press('button[value="complete"]')
    return numbers


def in_language(cast: dict[str, Person], language: str, what):
    for person in cast.values():
        person.speak(language)
    return what(cast)


def visit(cast: dict[str, Person], number: str, encounter: str) -> None:
    """One visit; the forms of the first and the last dose are filled for one of the two participants."""
    nurse, assessor = cast["care_provider"], cast["outcomes_assessor"]
    if encounter not in TREATMENT:
        measure(cast, number, encounter)
        return
    if encounter == "dose_01":
        randomise(cast, number)
    start_visit(nurse, number)
    if nurse.language == "en" and encounter in FILLED:
        fill(nurse, number, encounter, "vital_signs", most=4 if encounter == "dose_01" else 0)
        fill(assessor, number, encounter, "injection_site", most=2 if encounter == "dose_01" else 0)
    give_dose(nurse, number, with_slip=encounter == "dose_01")


def measure(cast: dict[str, Person], number: str, encounter: str) -> None:
    """A visit with all measurements: each form by the role that may see it."""
    nurse, assessor, doctor = cast["care_provider"], cast["outcomes_assessor"], cast["investigator"]
    start_visit(nurse, number)
    fill(nurse, number, encounter, "vital_signs", most=4)
    nurse.go(f"participants/{number}/{encounter}/laboratory_endpoints/1/", status=404)
    assessor.go(f"participants/{number}/{encounter}/laboratory_endpoints/1/", status=404)
    fill(assessor, number, encounter, "mex_sledai", most=99 if (encounter, nurse.language) == ("baseline", "en") else 3)
    fill(nurse, number, encounter, "laboratory_safety", most=3)
    fill(doctor, number, encounter, "laboratory_endpoints")
    if encounter == "end_of_treatment":
        fill(assessor, number, encounter, "arm_guess")


# --- the tests -------------------------------------------------------------------------------------------------------

READING = ("", "participants/", "queries/", "deviations/", "audit/", "audit/?day=2026-01-25")
ABOUT_ONE = ("", "consent/", "eligibility/", "randomise/", "doses/", "queries/", "events/")


@pytest.fixture(scope="module")
def cast(site: Site, browser) -> dict[str, Person]:
    roles = ("care_provider", "outcomes_assessor", "investigator")
    return {role: Person(site, browser, role, "en") for role in roles}


@pytest.fixture(scope="module")
def played(site: Site, cast: dict[str, Person]) -> dict[str, str]:
    """Both courses: language -> number of the participant."""
    return follow(site, cast)


def test_two_participants_go_from_screening_to_the_last_visit(played, cast) -> None:
    for language, number in played.items():
        cast["investigator"].speak(language)
        page = cast["investigator"].go(f"participants/{number}/")
        assert page.locator("h1 .state.completed").count() == 1
        done = page.locator(".visits > li > .state.done").count()
        assert done == (3 + len(FILLED) if language == "en" else 3), "the encounters whose forms were all filled"
        assert page.locator(".visits .cell.done", has_text=re.compile("Dos")).count() == len(TREATMENT)
    expected = re.compile("40[49]|422")
    errors = [told for person in cast.values() for told in person.errors if not expected.search(told)]
    assert not errors, "nothing is wrong with script or policy"


@pytest.mark.parametrize("role", ["care_provider", "outcomes_assessor"])
def test_nobody_reads_what_is_hidden(played, cast, role: str) -> None:
    """Everything that the role has read on its way through the trial, and every page about both people."""
    person = cast[role]
    for number in played.values():
        for path in (*READING, *(f"participants/{number}/{each}" for each in ABOUT_ONE)):
            person.go(path)
        for item in HIDDEN_VALUES:
            person.go(f"participants/{number}/baseline/laboratory_endpoints/1/{item}/", status=404)
        doctor = cast["investigator"].go(f"participants/{number}/baseline/laboratory_endpoints/1/il_6/")
        assert "7.31" in doctor.content() or "7,31" in doctor.content(), "who may see it does see it"
    typed = [text for value in HIDDEN_VALUES.values() for text in (value, value.replace(",", "."))]
    for address, text in person.read.items():
        assert not [each for each in typed if each in text], address
        if "/arm_guess/" not in address:  # there the arms are what is asked
            assert not re.search(r"planned_arm|actual_arm|\bplacebo\b|\bplasebo\b", text), address


@pytest.mark.parametrize("role", CAST)
def test_every_role_reads_the_audit_trail_of_its_own(played, site: Site, browser, role: str) -> None:
    """Whole for who sees everything, without a trace of what is hidden for the others (A14)."""
    person = Person(site, browser, role, "en")
    told = person.go(f"audit/?day={study_day(-1)}").locator("main").inner_text()
    is_blind = role in {"care_provider", "outcomes_assessor"}
    assert ("systolic" in told, "il_6" in told) == (True, not is_blind)


def test_a_comma_is_accepted_and_the_number_that_was_read_is_shown(played, cast) -> None:
    for language, text in (("en", "7.31 pg/mL"), ("id", "7,31 pg/mL")):
        number = played[language]
        cast["investigator"].speak(language)
        page = cast["investigator"].go(f"participants/{number}/baseline/laboratory_endpoints/1/")
        assert page.input_value("#il_6") == "7,31"
        assert text in page.locator("#item-il_6 .mark").inner_text()
        assert ">120 mm/h" in page.locator("#item-esr .mark").inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_needs_a_reason_and_its_history_is_one_click_away(played, cast, language: str) -> None:
    number, nurse = played[language], cast["care_provider"]
    nurse.speak(language)
    page = nurse.go(f"participants/{number}/baseline/vital_signs/1/")
    for text, state in (("12 1", "refused"), ("121", "reason")):
        page.fill("#systolic", text)
        page.locator("#systolic").blur()
        page.wait_for_selector(f"#item-systolic.{state}")
        nurse.judge(state)
    page.fill("#systolic-reason", "SYNTHETIC: misread")
    page.locator("#item-systolic button[value=save]").click()
    page.wait_for_selector("#item-systolic.saved")
    page.locator("#item-systolic .foot a").click()
    assert page.locator("tbody tr").first.locator("s").inner_text() == "118 mmHg"
    assert "SYNTHETIC: misread" in page.locator("tbody").first.inner_text()


def test_two_people_at_once_lose_nothing(played, cast) -> None:
    number = played["id"]
    path = f"participants/{number}/baseline/vital_signs/1/"
    first, second = cast["care_provider"].go(path), cast["investigator"].go(path)
    for page, value, reason in ((first, "122", "SYNTHETIC first"), (second, "133", "SYNTHETIC second")):
        page.fill("#systolic", value)
        page.locator("#systolic").blur()
        if page is first:
            page.wait_for_selector("#item-systolic.reason")
            page.fill("#systolic-reason", reason)
            page.locator("#item-systolic button[value=save]").click()
            page.wait_for_selector("#item-systolic.saved")
    second.wait_for_selector("#item-systolic.conflict")
    assert second.input_value("#systolic") == "133", "what was typed is still in the field"
    assert "122" in second.locator("#item-systolic .say").inner_text(), "and the saved one is shown beside it"
    cast["investigator"].judge("conflict")
    second.locator("#item-systolic button[value=keep]").click()
    second.wait_for_selector("#item-systolic.saved")
    assert second.input_value("#systolic") == "122"


def test_a_dropped_connection_keeps_the_value_and_sends_it_again(played, cast) -> None:
    number = played["en"]
    person = cast["care_provider"]
    page = person.go(f"participants/{number}/log/concomitant_medication/1/")
    page.context.set_offline(True)
    page.fill("#cm_name", "SYNTHETIC prednisone")
    page.locator("#cm_name").blur()
    page.wait_for_selector("#item-cm_name.unsaved")
    page.wait_for_timeout(500)
    assert page.input_value("#cm_name") == "SYNTHETIC prednisone"
    person.judge("unsaved")
    page.context.set_offline(False)
    page.wait_for_selector("#item-cm_name.saved")
    assert page.reload().ok and page.input_value("#cm_name") == "SYNTHETIC prednisone"


def test_without_javascript_the_page_is_a_plain_form(played, cast, site: Site, browser) -> None:
    number = played["en"]
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    cast["investigator"].go("")
    context.add_cookies(cast["investigator"].page.context.cookies())
    page = context.new_page()
    page.goto(site.url(f"participants/{number}/log/adverse_events/1/"))
    page.fill("#ae_term", "SYNTHETIC headache")
    page.locator("#ae_grade-1").check(force=True)
    page.locator("noscript button").click()
    assert page.locator("#item-ae_term.saved").count() == 1
    assert page.locator("#ae_grade-1").is_checked()


def test_no_state_on_the_way_keeps_anybody_out(played, cast) -> None:
    """A check that asks, a refusal, a reason, a conflict, a value that is not saved: judged where the play met them."""
    judged = {state: found for person in cast.values() for state, found in person.against.items()}
    assert {state for state, _ in judged} == {"a check asks", "refused", "reason", "conflict", "unsaved"}
    assert {language for _, language in judged} == set(LANGUAGES)
    assert not [(state, *each) for state, found in judged.items() for each in found]


READERS = {
    ("investigator", "en"): "light",
    ("investigator", "id"): "dark",
    ("care_provider", "id"): "light",
    ("outcomes_assessor", "en"): "dark",
    ("data_manager", "id"): "light",
    ("monitor", "en"): "light",
    ("statistician", "id"): "light",
    ("auditor", "en"): "light",
    ("sponsor", "id"): "light",
}
"""(Role, language) -> colours: each role reads in one language, and who sees most in both."""


@pytest.mark.parametrize(("role", "language"), READERS)
def test_every_page_that_a_role_can_reach_is_accessible(played, site: Site, browser, role: str, language: str) -> None:
    person = Person(site, browser, role, language, scheme=READERS[role, language])
    found, seen = [], []
    with_forms = role in {"investigator", "auditor"}  # who writes in all of them, and who only reads them
    for path in reached(person, played[language], with_forms=with_forms):
        seen.append(path)
        found += [(path, *each) for each in violations(person.page)]
    assert not found
    assert len(seen) > 12, "the trial has more pages"


def test_pictures_of_the_guides(played, site: Site, browser) -> None:
    """The pictures show what the guides describe; they are made anew with `EQUIPOISE_IMAGES=docs/images`."""
    number = played["id"]
    nurse = Person(site, browser, "care_provider", "id")
    for path, name in (
        (f"participants/{number}/", "nurse-schedule-id"),
        (f"participants/{number}/baseline/vital_signs/1/", "nurse-vital-signs-id"),
        (f"participants/{number}/doses/", "nurse-doses-id"),
    ):
        nurse.go(path)
        picture(nurse, name)
    manager = Person(site, browser, "data_manager", "en", size={"width": 1280, "height": 900})
    for path, name in (
        ("", "manager-home"),
        (f"participants/{number}/", "manager-schedule"),
        ("review/", "manager-review"),
    ):
        manager.go(path)
        picture(manager, name)
    if IMAGES:
        assert all(each.stat().st_size < 150_000 for each in Path(IMAGES).glob("*-*.png"))
