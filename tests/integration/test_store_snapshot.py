"""The folded state on disk: used where ours, this program's and this ledger's; else the trial is folded anew."""

import hashlib
import hmac
import pickle

import pytest

import scenario
from conduct_world import at, on
from equipoise.closure import Trial
from equipoise.conduct import Screen
from equipoise.ledger import Book
from equipoise.store import snapshot as module
from equipoise.store.snapshot import Snapshot, load_snapshot, save_snapshot
from equipoise.vocabulary import Role

KEY = b"the installation's key"


@pytest.fixture
def world():
    return scenario.replayed(scenario.DAY_1)


@pytest.fixture
def path(world, tmp_path):
    path = tmp_path / "state.snapshot"
    trial = world.book.state()
    save_snapshot(path, Snapshot(trial, *world.book.folded_to), KEY)
    return path


def test_it_is_the_state_that_the_ledger_folds_into_and_goes_on_from_there(world, path):
    found = load_snapshot(path, world.book.ledger, KEY)
    assert found.trial == world.book.state()
    world.do(Role.CARE_PROVIDER, Screen("01", on(1)), when=at(1))
    resumed = Book(world.book.ledger, found.trial, folded_to=(found.seq, found.hash))
    assert resumed.state() == Book(world.book.ledger, Trial()).state() == world.book.state()


def test_it_is_for_the_owner_of_the_folder_alone(path):
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_another_key_or_a_changed_byte_is_not_trusted(world, path):
    assert load_snapshot(path, world.book.ledger, b"another key") is None
    whole = path.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert load_snapshot(path, world.book.ledger, KEY) is None
    path.write_bytes(whole[:-1])
    assert load_snapshot(path, world.book.ledger, KEY) is None
    path.unlink()
    assert load_snapshot(path, world.book.ledger, KEY) is None


def test_a_ledger_that_was_cut_or_is_another_one_is_folded_anew(world, path):
    other = scenario.replayed(scenario.SCREENED)
    assert load_snapshot(path, other.book.ledger, KEY) is None


def test_another_program_folds_anew(world, path, monkeypatch):
    """A state is made of classes: what an older program has folded is not what this one would."""
    monkeypatch.setattr(module, "_format", lambda: "another program")
    assert load_snapshot(path, world.book.ledger, KEY) is None


class Harmful:
    def __reduce__(self):
        return (print, ("this was called",))


def test_a_forged_one_calls_nothing_even_with_the_right_key(world, path, capsys):
    seq, head = world.book.folded_to
    content = pickle.dumps((module._format(), seq, head, Harmful()))
    path.write_bytes(hmac.digest(KEY, b"equipoise snapshot\n" + content, hashlib.sha256) + content)
    assert load_snapshot(path, world.book.ledger, KEY) is None
    assert capsys.readouterr().out == ""
