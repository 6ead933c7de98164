"""A vault killed before each statement of a break and of a release: never a reveal without its event (K10, G16)."""

import os
import random
import signal
import time

import pytest

from allocation_trial import DOSED, LEVELS, MINIMISED, START, trial
from equipoise.vocabulary import Role, SteppingClock
from equipoise_vault.ceremony import the_list
from equipoise_vault.drawing import draw
from equipoise_vault.notices import notices
from equipoise_vault.opening import break_one
from equipoise_vault.reauthentication import reauthenticate
from equipoise_vault.release import release
from equipoise_vault.request import Request
from equipoise_vault.room import Room
from equipoise_vault.shares import join_shares

PHYSICIAN = Role.TREATING_PHYSICIAN


def asked(verb, role, **body):
    return Request(verb, "dr.a", role, "seizure", body)


def broken(room):
    grant = reauthenticate(
        room, asked("reauthenticate", PHYSICIAN, act="break_one", components=["password", "security_key"])
    )
    yield
    body = {"stratum": 0, "slot": 3, "reason": "overdose", "token": grant["token"]}
    yield break_one(room, asked("break_one", PHYSICIAN, **body))["arm"]


def released(certificate, shares):
    def act(room):
        yield
        body = {"certificate": certificate, "data_digest": "d" * 64, "key_shares": list(shares)}
        yield release(room, asked("release", Role.STATISTICIAN, **body))["opening"]["slots"][3]["arm"]

    return act


def drawn(room):
    yield
    yield draw(room, asked("draw", Role.SYSTEM, slot=0, levels=list(LEVELS[0])))["leaf"]


def act_and_die(path, key, act, step, answer):
    """In a child: open the vault, act, die before statement `step`, or show what was given and end."""
    room = Room.open(path, key, os.urandom, SteppingClock(START))
    course, left = act(room), [step]
    next(course)

    def count(_statement):
        left[0] -= 1
        if not left[0]:
            os._exit(9)

    room._connection.set_trace_callback(count)
    os.write(answer, next(course).encode())
    os._exit(0)


def survivor(path, key, act, step):
    """(what was shown, exit status, types of the vault's entries afterwards)."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            act_and_die(path, key, act, step, writer)
        finally:
            os._exit(7)
    os.close(writer)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    shown = os.read(reader, 100)
    os.close(reader)
    room = Room.open(path, key, os.urandom, SteppingClock(START))
    kinds = [entry.type for entry in room.ledger.entries()]
    return shown, status, kinds, room


@pytest.mark.parametrize("kind", ["vault_code_broken", "vault_allocation_released", "vault_slot_drawn"])
def test_killed_before_each_statement(tmp_path, kind):
    crashed = 0
    for step in range(1, 80):
        held = trial(tmp_path / str(step), MINIMISED if kind == "vault_slot_drawn" else DOSED).seal().anchor()
        if kind != "vault_slot_drawn":
            held.randomise("01-001")
        key = join_shares(*held.key_shares[:2])
        acts = {"vault_code_broken": lambda: broken, "vault_slot_drawn": lambda: drawn}
        act = acts.get(kind, lambda held=held: released(held.lock(), held.key_shares[:2]))()
        held.room.close()
        shown, status, kinds, room = survivor(tmp_path / str(step) / "vault", key, act, step)
        assert status in (0, 9)
        assert not shown or kinds.count(kind) == 1, "shown without its event"
        if status == 0:
            made = the_list(room, room.book.state()).slots
            assert shown.decode() == (made[0].leaf().hex() if kind == "vault_slot_drawn" else made[3].arm)
            break
        crashed += 1
        again = act(room)
        next(again)
        assert next(again), "asked again after the crash, it answers"
        assert kind != "vault_slot_drawn" or len(room.book.state().draws) == 1
        if kind == "vault_code_broken":
            assert len(notices(room, asked("notices", Role.SYSTEM))["breaks"]) == 1
        room.close()
    else:
        pytest.fail("there are more statements than this test kills at")
    assert crashed >= 5


def test_killed_at_random_moments_sixty_times(tmp_path):
    """SIGKILL from outside, at any instant: what had been shown stands in the log."""
    held = trial(tmp_path, DOSED).seal().anchor()
    key = join_shares(*held.key_shares[:2])
    held.room.close()
    choose, shown_in_all = random.Random(3), 0
    for _ in range(60):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            try:
                room = Room.open(tmp_path / "vault", key, os.urandom, SteppingClock(START))
                os.write(writer, b".")
                while True:
                    course = broken(room)
                    next(course)
                    os.write(writer, (next(course) + "\n").encode())
            finally:
                os._exit(7)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            pipe.read(1)  # it is open
            shown_in_all += sum(pipe.readline().endswith(b"\n") for _ in range(choose.randrange(3)))
            time.sleep(choose.uniform(0.0, 0.02))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            shown_in_all += pipe.read().count(b"\n")
    room = Room.open(tmp_path / "vault", key, os.urandom, SteppingClock(START))
    recorded = sum(entry.type == "vault_code_broken" for entry in room.ledger.entries())
    assert shown_in_all > 20
    assert shown_in_all <= recorded <= shown_in_all + 60
