"""The site and its sealed room: what is public of the room comes into the ledger, and the due doses go in."""

from types import SimpleNamespace

import pytest

from equipoise.allocation.hatch import VaultClient
from equipoise.vocabulary import Refusal
from web_world import SLUG, client, fresh_site

VAULT_SEED = 7  # the one that the site of the tests was played with


@pytest.fixture
def site():
    return fresh_site()


@pytest.fixture
def room(site):
    from equipoise.cli.sealed_rooms import SealedRooms

    told = []
    with SealedRooms(site, "127.0.0.1", lambda *what: told.append(what), seed=VAULT_SEED) as rooms:
        yield rooms.open(SLUG)
    assert [(slug, code) for slug, _, code in told] == [(SLUG, "")]


def running():
    from equipoise.store.running import running_trial

    return running_trial(SLUG)


class TestAttending:
    def test_the_head_is_signed_once_a_day(self, room):
        from equipoise.store.attending import attend

        trial = running()
        before = len(trial.book.ledger.checkpoints())
        attend(trial, room)
        attend(trial, room)
        signed = trial.book.ledger.checkpoints()
        assert len(signed) == before + 1
        assert signed[-1].is_genuine()

    def test_a_second_round_writes_nothing_more(self, room):
        from equipoise.store.attending import attend

        trial = running()
        attend(trial, room)
        head = trial.book.ledger.head()
        attend(trial, room)
        assert trial.book.ledger.head() == head

    def test_a_room_that_nobody_has_started_is_no_error(self, site):
        from equipoise.store.attending import attend
        from equipoise.store.vaults import Room

        nobody = Room("http://127.0.0.1:1/", site.folder / "nobody.sock")
        assert attend(running(), nobody) == ("VAULT-CLOSED",)

    def test_the_hatch_answers_nothing_that_the_desk_is_for(self, room):
        with (
            VaultClient.connect(room.hatch, who="equipoise") as hatch,
            pytest.raises(Refusal),
        ):
            hatch._ask(SimpleNamespace(value="open_for_pharmacist"), {"stratum": 0, "slot": 0})


class TestOpening:
    def test_the_page_says_how_far_it_has_come(self, site):
        page = client("monitor").get(f"/{SLUG}/opening/")
        assert all(done for done, _ in page.context["steps"])
        assert len(page.context["steps"]) == 7
        assert page.context["is_ready"]

    def test_a_trial_is_opened_once(self, site):
        answer = client("sponsor").post(f"/{SLUG}/opening/", {"command": "open_trial"})
        assert answer.context["refused"].rule == "TRIAL-OPEN"

    def test_a_wrong_copy_of_the_root_is_found(self, site):
        typed = {"command": "record_anchor", "medium": "ethics_letter", "place": "letter 12", "root": "0" * 64}
        answer = client("statistician").post(f"/{SLUG}/opening/", typed)
        assert answer.context["refused"].rule == "ANCHOR-ROOT"
        assert 'value="letter 12"' in answer.content.decode()

    def test_only_the_statistician_records_an_anchor(self, site):
        typed = {"command": "record_anchor", "medium": "ethics_letter", "place": "letter 12", "root": "0" * 64}
        assert client("sponsor").post(f"/{SLUG}/opening/", typed).context["refused"].rule == "ANCHOR-BY"
        assert client("care_provider").post(f"/{SLUG}/opening/", typed).status_code == 404

    def test_a_new_trial_waits_for_its_opening(self, site):
        administrator = client("administrator")
        new = {"act": "add_trial", "slug": "another", "study": "NCT05921058"}
        assert administrator.post("/administration/", new).status_code == 302
        lead = {"act": "appoint", "trial": "another", "username": "synthetic.sponsor", "role": "sponsor"}
        assert administrator.post("/administration/", {**lead, "training": "GCP 2026"}).status_code == 302
        sponsor = client("sponsor")
        assert not any(done for done, _ in sponsor.get("/another/opening/").context["steps"])
        assert sponsor.post("/another/opening/", {"command": "open_trial"}).status_code == 302
        assert [done for done, _ in sponsor.get("/another/opening/").context["steps"]] == [True] + [False] * 6
        assert client("monitor").get("/another/").status_code == 404
