"""No acknowledged entry is lost when the power goes, at any moment.

The ledger's own code and SQL run on a simulated disk that loses and tears unsynced writes.  The negative controls show
that the simulation can tell: with synchronous=NORMAL, or on a disk that only says it has synced, entries are lost.
"""

import contextlib
import os
import random

from equipoise.ledger import GENESIS, SqliteLedger, verify
from equipoise.vocabulary import Refusal
from ledger_sample import NURSE, clock, measured
from simulated_disk import Disk, SimulatedConnection

CRASHES = int(os.environ.get("EQUIPOISE_CRASHES", "5000"))
CONTROLS = 200
CRASHES_A_DISK = 4


class Trial:
    """A ledger on a simulated disk, and the last (seq, hash) that was acknowledged to somebody."""

    def __init__(self, seed: int, settings: str = "", syncs_lie: bool = False) -> None:
        self.chance = random.Random(seed)
        self.settings = settings
        self.disk = Disk()
        self.disk.syncs_lie = syncs_lie
        self.acknowledged = (0, GENESIS)
        self.ledger: SqliteLedger | None = None

    def write_until_the_power_goes(self) -> None:
        """Write; the power goes during a call to the disk, also while a new ledger is made, or in a pause."""
        self.disk.fail_at = self.disk.calls + self.chance.randrange(1, 120)
        try:
            ledger = self.ledger or self.open()
            for number in range(self.chance.randrange(1, 18)):
                events = [self.random_event() for _ in range(self.chance.choice([1, 1, 1, 3]))]
                written = ledger.append(events, **NURSE, request=f"request {number}")
                if not self.disk.failing():
                    self.acknowledged = (written[-1].seq, written[-1].hash)
            if self.chance.random() < 0.5:
                self.connection.execute("BEGIN IMMEDIATE")  # never committed
                ledger.append([self.random_event()], **NURSE)
        except Refusal:
            assert self.disk.failing()
        self.lose_power()

    def kept_everything(self) -> bool:
        """Open what is found, now and then with the power going once more, and judge it."""
        if self.chance.random() < 0.2:
            self.disk.fail_at = self.chance.randrange(1, 10)
            with contextlib.suppress(Refusal):
                self.open()
            self.lose_power()
        try:
            self.ledger = self.open()
            kept = (
                verify(self.connection).is_sound and self.ledger.hash_at(self.acknowledged[0]) == self.acknowledged[1]
            )
            self.acknowledged = self.ledger.head()  # whoever looks now sees also what was in doubt
        except Refusal:
            return False
        return kept

    def open(self) -> SqliteLedger:
        self.connection = SimulatedConnection(self.disk)
        ledger = SqliteLedger(self.connection, clock())
        if self.settings:
            self.connection.execute(self.settings)
        return ledger

    def lose_power(self) -> None:
        self.connection.vanish()
        self.disk.lose_power(self.chance)

    def random_event(self) -> object:
        return measured(self.chance.randrange(1000), "x" * self.chance.choice([10, 100, 1000, 3000]))


def losses(crashes: int, settings: str = "", syncs_lie: bool = False) -> int:
    """How many of so many crashes lost something that had been acknowledged, or damaged the ledger."""
    lost = 0
    for number in range(crashes):
        if number % CRASHES_A_DISK == 0:
            trial = Trial(number, settings, syncs_lie)
        trial.write_until_the_power_goes()
        if not trial.kept_everything():
            lost += 1
            trial = Trial(crashes + number, settings, syncs_lie)
    return lost


def test_nothing_acknowledged_is_lost_with_the_power():
    assert losses(CRASHES) == 0


def test_the_simulation_can_tell_a_setting_that_loses_entries():
    assert losses(CONTROLS, settings="PRAGMA synchronous = NORMAL") > CONTROLS / 2


def test_the_simulation_can_tell_a_disk_that_lies_about_its_syncs():
    assert losses(CONTROLS, syncs_lie=True) > CONTROLS / 2
