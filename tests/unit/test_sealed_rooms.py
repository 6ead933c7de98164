"""A room that runs as another user is found by its file, and not started."""

import json
from pathlib import Path

import pytest

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
