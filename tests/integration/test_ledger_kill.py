"""A writer killed at any moment has lost nothing that it acknowledged, and leaves no half transaction (kill -9).

The page cache survives a killed process, so this test cannot tell a durable setting from another one: the power-loss
simulation does that.  EQUIPOISE_KILLS sets the number of kills.
"""

import os
import random
import sqlite3
import time

from equipoise.ledger import SqliteLedger, verify
from ledger_sample import clock, processes, write_for_ever

KILLS = int(os.environ.get("EQUIPOISE_KILLS", "60"))


def test_what_was_acknowledged_survives_kill_9(tmp_path, monkeypatch):
    path = tmp_path / "ledger.sqlite3"
    ledger = SqliteLedger.open(path, clock())
    ledger._connection.execute("CREATE TABLE shown (seq INTEGER PRIMARY KEY)")
    ledger.close()
    forks = processes(monkeypatch)
    chance = random.Random(1)
    acknowledged = 0
    for _ in range(KILLS):
        ours, theirs = forks.Pipe(duplex=False)
        writer = forks.Process(target=write_for_ever, args=(path, theirs))
        writer.start()
        theirs.close()
        acknowledged = ours.recv()  # it is up and writing
        time.sleep(chance.uniform(0.002, 0.03))
        writer.kill()
        writer.join()
        try:
            while True:
                acknowledged = ours.recv()
        except EOFError:
            pass
        with sqlite3.connect(path) as connection:
            ((last, count),) = connection.execute("SELECT max(seq), count(*) FROM ledger").fetchall()
            ((last_shown, count_shown),) = connection.execute("SELECT max(seq), count(*) FROM shown").fetchall()
        connection.close()
        assert last >= acknowledged, "an acknowledged entry is gone"
        assert (last, count) == (last_shown, count_shown), "half a transaction is there"
    assert verify(path).is_sound
    assert acknowledged > KILLS
