"""A room that runs as another user is found by its file, not started; behind a web server each has its own name."""

import http.client
import json
import socket
from pathlib import Path

import pytest

from equipoise.cli.room_origins import check_room_origin, lasting_port, origin_of
from equipoise.cli.sealed_rooms import APART, SealedRooms
from equipoise.store.installation import Installation
from equipoise.store.vaults import Room
from equipoise.vocabulary import Refusal


def opened(folder: Path, text: str) -> Room:
    installation = Installation(folder, "00", is_synthetic=False)
    installation.trial_folder("nct1").mkdir(parents=True)
    (installation.trial_folder("nct1") / APART).write_text(text)
    with SealedRooms(installation, "127.0.0.1", lambda *_: pytest.fail("a room was started"), seed=None) as rooms:
        return rooms.open("nct1")


def test_a_room_apart_is_not_started(tmp_path):
    said = {"address": "https://vault.example.org/", "hatch": "/run/equipoise-vault/hatch.sock"}
    assert opened(tmp_path, json.dumps(said)) == Room(said["address"], Path(said["hatch"]))
    assert not (tmp_path / "vaults").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"address": "x"}'])
def test_a_file_that_does_not_say_where_is_a_sentence(tmp_path, text):
    with pytest.raises(Refusal, match="does not say where the vault is"):
        opened(tmp_path, text)


SITE, ROOM, EACH = "https://trial.example.org", "https://vault.example.org/", "https://{trial}.vault.example.org"


def test_a_room_behind_a_web_server_has_a_name_of_its_own():
    check_room_origin(ROOM, SITE)
    assert origin_of(ROOM, "nct1", 0) == "https://vault.example.org"
    assert [origin_of(EACH, slug, 1) for slug in ("nct1", "nct2")] == [
        "https://nct1.vault.example.org",
        "https://nct2.vault.example.org",
    ]
    with pytest.raises(Refusal, match="Another sealed room has this address"):
        origin_of(ROOM, "nct2", 1)


@pytest.mark.parametrize(
    ("rooms", "site"),
    [(ROOM, None), (SITE, SITE), (f"{SITE}:8443", SITE), ("http://vault.example.org", SITE), ("vault", SITE)],
)
def test_an_address_that_is_not_the_rooms_own_is_refused(rooms, site):
    with pytest.raises(Refusal) as refused:
        check_room_origin(rooms, site)
    assert refused.value.rule == "SERVE-ORIGIN"


def test_the_port_of_a_room_stays_its_own(tmp_path):
    folders = [tmp_path / slug for slug in ("nct2", "nct1", "nct3")]
    for folder in folders:
        folder.mkdir()
    assert [lasting_port(folder) for folder in (*folders, *reversed(folders))] == [8001, 8002, 8003, 8003, 8002, 8001]


def test_a_room_is_told_its_public_address(tmp_path):
    """It answers to that name alone, and its cookies are those of TLS (ASVS 3.3.1)."""
    installation = Installation(tmp_path, "00", is_synthetic=False)
    (installation.vault_folder("nct1")).mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (installation.vault_folder("nct1") / "port").write_text(str(port))
    with SealedRooms(installation, "127.0.0.1", lambda *_: None, seed=None, origin=EACH) as rooms:
        assert rooms.open("nct1").address == "https://nct1.vault.example.org/"
        for host, status in (("nct1.vault.example.org", 200), ("nct2.vault.example.org", 400)):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/setup/", headers={"Host": host, "X-Forwarded-Proto": "https"})
            answer = connection.getresponse()
            assert answer.status == status
            assert all(each.startswith("__Host-") for each in answer.headers.get_all("Set-Cookie") or [])
            connection.close()
