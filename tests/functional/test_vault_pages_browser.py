"""Ceremony, dose and code break in a real browser, on a phone and on a desk, with axe looking at every page.

With EQUIPOISE_PICTURES=folder it also makes the pictures of the how-to guides.
"""

import json
import os
from pathlib import Path

import pytest

from accessibility import PHONE, chromium, needs_chromium, violations
from allocation_trial import SHARES, Trial
from equipoise.allocation import read_design
from equipoise.allocation.commitment import seed_commitment
from equipoise.vocabulary import Role, digest
from pharmacy_trial import Pharmacy, study_text
from vault_pages import PASSWORD, kinds, local, pharmacy_pages

PICTURES = os.environ.get("EQUIPOISE_PICTURES", "")
pytestmark = needs_chromium
DESK = {"width": 1280, "height": 900}
STUDY = json.loads(study_text())
DESIGN = {
    "arms": ["secretome", "placebo"], "method": "big-stick", "mti": 2, "slots": 8,
    "packs": {"doses": 10, "spares": 2}, "study": digest(STUDY), "salt": "5a" * 16,
}  # fmt: skip


class Screen:
    """One person's browser.  Every page is looked at: nothing wider than the screen, nothing that axe objects to."""

    def __init__(self, browser, pages, name, size):
        self.pages, self.name = pages, name
        self.tab = browser.new_context(viewport=size).new_page()
        self.complaints = []
        self.tab.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.go("/sign-in/")
        self.fill(name=name, password=PASSWORD, code=pages.code(name))
        self.press("Sign in")

    def go(self, path):
        self.tab.goto(f"http://127.0.0.1:{self.pages.port}{path}")
        self.look()

    def fill(self, **fields):
        for field, value in fields.items():
            self.tab.locator(f"main [name={field}]:visible").first.fill(value)

    def press(self, label):
        self.tab.locator("main").get_by_role("button", name=label, exact=True).first.click()
        self.tab.wait_for_load_state()
        self.look()

    @property
    def words(self):
        return self.tab.inner_text("main")

    def look(self):
        assert violations(self.tab) == [], self.tab.url

    def picture(self, name):
        if PICTURES:
            self.tab.screenshot(path=str(Path(PICTURES) / f"vault-{name}.png"))


@pytest.fixture
def browser():
    with chromium() as opened:
        yield opened


def hold_ceremony(statistician, pharmacist, folder):
    for name, document in (("randomisation.json", DESIGN), ("study.json", STUDY)):
        (folder / name).write_text(json.dumps(document))
    statistician.go("/ceremony/")
    statistician.fill(participants="8")
    statistician.tab.locator("[name=design]").nth(0).set_input_files(folder / "randomisation.json")
    statistician.press("Judge the design")
    assert "can be guessed" in statistician.words
    statistician.picture("ceremony-judge")
    statistician.tab.locator("[name=design]").nth(1).set_input_files(folder / "randomisation.json")
    statistician.tab.locator("[name=study]").set_input_files(folder / "study.json")
    statistician.press("Freeze the design")
    for party, screen in ((Role.STATISTICIAN, statistician), (Role.PHARMACIST, pharmacist)):
        screen.go("/ceremony/")
        screen.fill(commitment=seed_commitment(SHARES[party]))
        screen.press("Commit")
    statistician.picture("ceremony")
    for party, screen in ((Role.STATISTICIAN, statistician), (Role.PHARMACIST, pharmacist)):
        screen.go("/ceremony/")
        screen.fill(share=SHARES[party].hex())
        screen.press("Show the seed share")
    pharmacist.press("Seal the list")
    assert "The list is sealed." in pharmacist.words
    pharmacist.go("/commitments/")
    pharmacist.picture("commitments")


def prepare_dose(desk, pharmacist, second):
    pharmacist.go("/doses/")
    pharmacist.picture("doses")
    pharmacist.fill(started_at=local(desk))
    pharmacist.press("Start the thaw")
    desk.wait(10)
    pharmacist.fill(ended_at=local(desk))
    pharmacist.press("End the thaw")
    pharmacist.tab.get_by_text("Preparation (").first.click()
    pharmacist.picture("dose-thawed")
    with pharmacist.tab.context.expect_page() as opened:
        pharmacist.tab.get_by_role("button", name="Label to print").first.click()
    label = opened.value
    label.wait_for_load_state()
    words = label.inner_text("body")
    assert "Use before" in words and "secretome" not in words and "placebo" not in words
    assert label.evaluate("getComputedStyle(document.querySelector('main')).display") == "grid"  # its style is let in
    label.locator(".visit").evaluate("one => one.textContent = one.textContent.repeat(5)")  # a visit of many words
    assert label.evaluate("(a => a.scrollHeight <= a.clientHeight)(document.querySelector('article'))")
    label.reload()
    if PICTURES:
        label.screenshot(
            path=str(Path(PICTURES) / "vault-label.png"), clip={"x": 0, "y": 0, "width": 560, "height": 160}
        )
    pharmacist.fill(prepared_at=local(desk))
    pharmacist.press("Dose drawn, sleeved, labelled")
    second.go("/doses/")
    second.press("I have checked it")
    pharmacist.go("/doses/")
    pharmacist.fill(to="nurse.1", handed_over_at=local(desk))
    pharmacist.press("Hand over")
    assert "dispensed" in pharmacist.words


def read_log(desk, pharmacist, folder):
    desk.wait(120)
    rows = [f"2026-03-02 15:{at:02d};{-120 if 20 <= at < 30 else -170 - at % 7 / 4}" for at in range(60)]
    (folder / "logger.csv").write_text("\n".join(["Time;Temp °C", *rows]))
    pharmacist.go("/stock/")
    pharmacist.tab.get_by_text("Read a temperature log").first.click()
    pharmacist.tab.locator("[name=place]:visible").select_option("tank 1")
    pharmacist.tab.locator("[name=content]").set_input_files(folder / "logger.csv")
    pharmacist.press("Read a temperature log")
    assert "The log was read." in pharmacist.words, pharmacist.words
    pharmacist.tab.get_by_role("link", name="tank 1").click()
    pharmacist.look()
    assert pharmacist.tab.locator("rect.too_warm").count() == 1
    pharmacist.picture("log")
    pharmacist.go("/stock/")
    pharmacist.picture("stock")


def break_code(desk, doctor):
    doctor.go("/code-break/")
    doctor.picture("code-break")
    doctor.fill(place="0000 / 000005", why="seizure, ward 3", password=PASSWORD, code=doctor.pages.code(doctor.name))
    doctor.tab.select_option("[name=reason]", "emergency_treatment")
    doctor.press("Break this code")
    assert doctor.tab.inner_text(".answer") in ("secretome", "placebo") and "Proven" in doctor.words
    assert kinds(desk)[-1] == "vault_code_broken" and doctor.tab.title() == "Break a code · Equipoise"
    doctor.picture("revealed")
    doctor.go("/breaks/")


def test_ceremony_dose_and_code_break_in_a_browser(browser, tmp_path):
    desk = Pharmacy(Trial(tmp_path, read_design(DESIGN), study=STUDY))
    with pharmacy_pages(desk) as pages:
        statistician = Screen(browser, pages, "demo.statistician", DESK)
        pharmacist = Screen(browser, pages, "demo.pharmacist", DESK)
        hold_ceremony(statistician, pharmacist, tmp_path)
        desk.stocked()
        desk.request((0, 1), (1, 1))
        second = Screen(browser, pages, "demo.pharmacist.2", PHONE)
        prepare_dose(desk, pharmacist, second)
        read_log(desk, pharmacist, tmp_path)
        doctor = Screen(browser, pages, "demo.treating_physician", PHONE)
        break_code(desk, doctor)
        for screen, paths in (
            (
                second,
                ["/", "/stock/", "/envelopes/", "/committee/", "/release/", "/accounts/", "/key/", "/commitments/"],
            ),
            (doctor, ["/"]),
        ):
            for path in paths:
                screen.go(path)
        for screen in (statistician, pharmacist, second, doctor):
            assert [said for said in screen.complaints if "Content Security Policy" in said] == []
