"""How people come in: set-up, invitation, second factor, re-authentication, the end of a session, the end of a role."""

from dataclasses import replace
from datetime import timedelta

import pytest

from equipoise.vocabulary import SteppingClock
from web_world import NOW, PEOPLE, SLUG, client, fresh_site, prove

WORDS = "correct horse battery staple"


@pytest.fixture
def site():
    return fresh_site()


@pytest.fixture
def new_site(site):
    """The same folder as a real site on which nobody has an account yet."""
    from equipoise.store.models import Account
    from equipoise.store.running import run_trials

    Account.objects.all().delete()
    run_trials(replace(site, is_synthetic=False), SteppingClock(NOW), setup_code="terminal")
    return site


def stranger():
    from django.test import Client

    return Client()


def new_password(**fields):
    return {"password": WORDS, "again": WORDS, **fields}


class TestSetUp:
    def test_the_first_account_needs_the_code_of_the_terminal(self, new_site):
        somebody = stranger()
        answer = somebody.post("/setup/", new_password(code="guess", username="ani", display_name="Ani"))
        assert answer.status_code == 422
        assert "That is not the code" in answer.content.decode()
        answer = somebody.post("/setup/", new_password(code="terminal", username="ani", display_name="Ani"))
        assert answer.status_code == 302

    def test_it_is_there_once(self, new_site):
        stranger().post("/setup/", new_password(code="terminal", username="ani", display_name="Ani"))
        assert stranger().get("/setup/").status_code == 404

    def test_a_weak_password_leaves_no_account_behind(self, new_site):
        weak = {"code": "terminal", "username": "ani", "display_name": "Ani", "password": "short", "again": "short"}
        assert stranger().post("/setup/", weak).status_code == 422
        assert stranger().get("/setup/").status_code == 200

    def test_a_synthetic_site_has_none(self, site):
        assert stranger().get("/setup/").status_code == 404

    def test_a_new_account_is_led_to_its_second_factor_and_nowhere_else(self, new_site):
        somebody = stranger()
        somebody.post("/setup/", new_password(code="terminal", username="ani", display_name="Ani"))
        for address in ("/", "/administration/", f"/{SLUG}/"):
            answer = somebody.get(address)
            assert (answer.status_code, answer.headers["Location"]) == (302, "/account/factors/totp/activate/")
        assert somebody.get("/account/factors/totp/activate/", follow=True).status_code == 200

    def test_a_real_site_names_no_account(self, new_site):
        page = stranger().get("/account/login/").content.decode()
        assert "synthetic" not in page.lower()


class TestInvitation:
    def invite(self, username="budi"):
        answer = client("administrator").post(
            "/administration/", {"act": "invite", "username": username, "display_name": "Budi"}
        )
        assert answer.status_code == 200
        return answer.context["code"]

    def test_a_code_makes_one_password(self, site):
        code = self.invite()
        answer = stranger().post("/account/begin/", new_password(code=code, username="budi"))
        assert answer.status_code == 302
        assert stranger().post("/account/begin/", new_password(code=code, username="budi")).status_code == 422

    def test_wrong_code_and_wrong_name_are_answered_alike(self, site):
        code = self.invite()
        bodies = []
        for username, typed in (("budi", "0" * 18), ("nobody", code), (PEOPLE["monitor"], code)):
            answer = stranger().post("/account/begin/", new_password(code=typed, username=username))
            bodies.append(answer.context["refused"].sentence)
        assert len(set(bodies)) == 1

    def test_a_name_is_never_given_twice(self, site):
        self.invite()
        answer = client("administrator").post(
            "/administration/", {"act": "invite", "username": "Budi", "display_name": "Another"}
        )
        assert answer.context["refused"].rule == "ACCOUNT-TWICE"

    def test_out_of_use_is_out_at_once(self, site):
        monitor = client("monitor")
        assert monitor.get(f"/{SLUG}/").status_code == 200
        client("administrator").post("/administration/", {"act": "switch", "username": PEOPLE["monitor"]})
        assert monitor.get(f"/{SLUG}/").status_code == 302


APPOINT = {
    "command": "appoint",
    "person": "budi",
    "role": "monitor",
    "starts_on": "2026-03-20",
    "training": "GCP 2026",
    "trained_on": "2026-03-01",
}


class TestDelegation:
    def test_the_sponsor_appoints_and_ends(self, site):
        sponsor = client("sponsor")
        assert sponsor.post(f"/{SLUG}/delegation/", APPOINT).status_code == 302
        log = sponsor.get(f"/{SLUG}/delegation/").context["log"]
        assert (log[-1][0].person, log[-1][1]) == ("budi", True)
        end = {"command": "end_appointment", "appointment": str(log[-1][0].number), "reason": "left the hospital"}
        assert sponsor.post(f"/{SLUG}/delegation/", end).status_code == 302
        assert not sponsor.get(f"/{SLUG}/delegation/").context["log"][-1][1]

    def test_who_loses_the_role_loses_the_trial_at_once(self, site):
        monitor, sponsor = client("monitor"), client("sponsor")
        log = sponsor.get(f"/{SLUG}/delegation/").context["log"]
        number = next(each.number for each, _, _ in log if each.person == PEOPLE["monitor"])
        sponsor.post(
            f"/{SLUG}/delegation/",
            {"command": "end_appointment", "appointment": str(number), "reason": "another monitor"},
        )
        assert monitor.get(f"/{SLUG}/").status_code == 404

    def test_a_clash_of_roles_is_refused_with_all_that_was_typed(self, site):
        typed = {**APPOINT, "person": PEOPLE["care_provider"]}
        answer = client("sponsor").post(f"/{SLUG}/delegation/", typed)
        assert answer.status_code == 422
        assert answer.context["refused"].rule == "ROLE-CONFLICT"
        assert 'value="GCP 2026"' in answer.content.decode()

    def test_a_monitor_reads_and_does_not_appoint(self, site):
        monitor = client("monitor")
        assert monitor.get(f"/{SLUG}/delegation/").status_code == 200
        assert monitor.post(f"/{SLUG}/delegation/", APPOINT).status_code == 404

    def test_an_appointment_asks_for_the_password_again(self, site):
        sponsor = client("sponsor")
        before = sponsor.get(f"/{SLUG}/delegation/").context["log"]
        prove(sponsor, at=1.0)
        answer = sponsor.post(f"/{SLUG}/delegation/", APPOINT)
        assert answer.headers["Location"].startswith("/account/reauthenticate/?next=")
        assert sponsor.get(f"/{SLUG}/delegation/").context["log"] == before


class TestSession:
    @pytest.fixture
    def clock(self, site):
        """The clock of a site that was just opened; its ledger is not read anew for every moment."""
        from equipoise.store.running import run_trials

        clock = SteppingClock(NOW)
        run_trials(site, clock)
        return clock

    def test_left_alone_it_ends_after_a_quarter_of_an_hour(self, clock):
        nurse = client("care_provider")
        assert nurse.get(f"/{SLUG}/").status_code == 200
        clock.set(NOW + timedelta(minutes=10))
        assert nurse.get(f"/{SLUG}/").status_code == 200
        clock.set(NOW + timedelta(minutes=24))
        assert nurse.get(f"/{SLUG}/").status_code == 200
        clock.set(NOW + timedelta(minutes=40))
        assert nurse.get(f"/{SLUG}/").headers["Location"].startswith("/account/login/?next=/")

    def test_what_is_sent_too_late_is_refused_and_stays_in_the_browser(self, clock):
        nurse = client("care_provider")
        nurse.get(f"/{SLUG}/")
        clock.set(NOW + timedelta(minutes=16))
        answer = nurse.post(f"/{SLUG}/participants/", {"command": "screen"})
        assert answer.status_code == 401
        assert "is not saved" in answer.content.decode()

    def test_in_use_all_day_it_ends_after_half_a_day(self, clock):
        nurse = client("care_provider")
        answers = []
        for minutes in range(0, 13 * 60, 10):
            clock.set(NOW + timedelta(minutes=minutes))
            answers.append(nurse.get("/account/tokens/").status_code)
        assert answers.index(302) == 12 * 6 + 1


class TestLogIn:
    def test_a_demonstration_account_comes_in_with_the_password_on_the_page(self, site):
        somebody = stranger()
        answer = somebody.post(
            "/account/login/", {"login": PEOPLE["monitor"], "password": "synthetic people only"}, follow=True
        )
        assert answer.status_code == 200
        assert somebody.get(f"/{SLUG}/").status_code == 200

    def test_a_wrong_name_and_a_wrong_password_are_answered_alike(self, site):
        pages = {
            stranger()
            .post("/account/login/", {"login": name, "password": "wrong"})
            .context["form"]
            .non_field_errors()[0]
            for name in (PEOPLE["monitor"], "nobody")
        }
        assert len(pages) == 1
