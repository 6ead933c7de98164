"""The sealed allocation: randomisation under load, sealing, and the stand-alone verifier, each with its goal.

Load: clients, in processes of their own, send lines over Unix sockets to two server processes that share one ledger
file, as two workers of the masked site do.  Every participant is asked for more than once, by several clients at the
same time, half of the repetitions with the same request number.  `plain` is what the same servers need for a line that
writes nothing, so the difference is the price of a durable, ordered, idempotent allocation.
"""

import contextlib
import json
import multiprocessing
import os
import random
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import connect
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from equipoise.allocation import AllocationState, BigStick, PackPlan, RandomisationDesign, RehearsalVault, next_slot
from equipoise.allocation.commitment import SEED_PARTIES, AllocationCommitment, seed_commitment
from equipoise.allocation.entries import AnchorMedium, AnchorRecorded, ListSealed
from equipoise.ledger import Book, SqliteLedger
from equipoise.vocabulary import Role, SteppingClock

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
STRATA = 4
WORKERS, CLIENT_PROCESSES = 2, 4
LOADS = ((64, 100_000, 40_000), (16, 25_000, 10_000))
"""(clients, requests, participants)"""
GOAL_P99_MS = {16: 250.0}
SEALED_SLOTS, SEALING_GOAL_S = 10_000, 5.0
PACKS = PackPlan(doses=10, spares=2)
VERIFIED_SLOTS, VERIFYING_GOAL_S = 1_000, 1.0
TESTS = Path(__file__).parents[1] / "tests"


@dataclass(frozen=True)
class Asked:
    """One request as its client saw it."""

    participant: str
    place: str
    seconds: float


def main() -> None:
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent, prefix=".bench-") as name:  # a disk, not a memory disk
        folder = Path(name)
        for clients, requests, participants in LOADS:
            load(folder / str(clients), clients, requests, participants)
        sealing(folder)
        verifying(folder)


# --- randomisation under load -----------------------------------------------------------------------------------------


def load(folder: Path, clients: int, requests: int, participants: int) -> None:
    """Drive the servers and judge what the ledger holds against what every client was told."""
    folder.mkdir()
    ledger = folder / "ledger.sqlite3"
    open_trial(ledger, participants)
    with servers(folder, ledger):
        plain = drive(folder, clients, [("plain", "") for _ in range(clients * 50)])
        began = perf_counter()
        asked = drive(folder, clients, list(orders(requests, participants)))
        took = perf_counter() - began
    double, skipped, astray = judge(ledger, asked, participants)
    waits, unwritten = sorted(each.seconds for each in asked), sorted(each.seconds for each in plain)
    p50, p95, p99 = (1000 * waits[int(len(waits) * part)] for part in (0.50, 0.95, 0.99))
    print(
        f"{len(asked):,} requests for {participants:,} participants from {clients} clients: {double} double, "
        f"{skipped} skipped, {astray} told otherwise; {len(asked) / took:,.0f} / s"
    )
    print(
        f"  p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms"
        f"{_goal(p99, GOAL_P99_MS.get(clients), 'ms')}; plain p99 {1000 * unwritten[int(len(unwritten) * 0.99)]:.1f} ms"
    )
    assert not (double or skipped or astray)


def open_trial(ledger: Path, participants: int) -> None:
    """A ledger with a sealed list that is long enough; who made it does not matter here."""
    commitment = AllocationCommitment(
        root="1" * 64,
        design_digest="2" * 64,
        statistician_commitment="3" * 64,
        pharmacist_commitment="4" * 64,
        strata=tuple(f"stratum {number}" for number in range(STRATA)),
        slots=participants,
        doses=0,
        spares=0,
        code_version="bench",
        key="5" * 64,
        rehearsal=True,
    )
    opened = SqliteLedger.open(ledger, SteppingClock(START))
    anchor = AnchorRecorded(commitment.root, AnchorMedium.REHEARSAL, "bench")
    opened.append([ListSealed(1, commitment, "6" * 128), anchor], who="bench", role=Role.SYSTEM)
    opened.close()


def orders(requests: int, participants: int) -> Iterator[tuple[str, str]]:
    """(participant, request number): everybody at least once, the others again; neighbours in time are mixed."""
    shuffled = random.Random(7)
    numbers = [*range(participants), *(shuffled.randrange(participants) for _ in range(requests - participants))]
    shuffled.shuffle(numbers)
    for place, number in enumerate(numbers):
        yield f"01-{number:05d}", f"randomise {number}" if place % 2 else f"again {place}"


def judge(ledger: Path, asked: list[Asked], participants: int) -> tuple[int, int, int]:
    """(slots given twice or participants with two, slots skipped, answers that differ from the ledger)."""
    opened = SqliteLedger.open(ledger, SteppingClock(START))
    bodies = [entry.body for entry in opened.entries() if entry.type == "slot_assigned"]
    opened.close()
    place_of = {body["participant"]: f"{body['stratum']} {body['slot']}" for body in bodies}
    double = 2 * len(bodies) - len(place_of) - len(set(place_of.values()))
    by_stratum: dict[int, list[int]] = defaultdict(list)
    for body in bodies:
        by_stratum[body["stratum"]].append(body["slot"])
    skipped = sum(slots != list(range(len(slots))) for slots in by_stratum.values()) + participants - len(place_of)
    astray = sum(place_of.get(each.participant) != each.place for each in asked)
    return double, skipped, astray


class _Line(socketserver.StreamRequestHandler):
    """A worker's side of one connection."""

    server: "_Server"

    def handle(self) -> None:
        for line in self.rfile:
            participant, _, request = line.decode().rstrip("\n").partition("\t")
            self.wfile.write(f"{self.server.randomise(participant, request)}\n".encode())


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path, ledger: Path) -> None:
        self._book = Book(SqliteLedger.open(ledger, SteppingClock(START)), AllocationState())
        super().__init__(str(path), _Line)

    def randomise(self, participant: str, request: str) -> str:
        if not request:
            return participant
        stratum = int(participant[-5:]) % STRATA
        self._book.execute(
            lambda state: next_slot(state, participant, stratum),
            who="nurse",
            role=Role.INVESTIGATOR,
            request=request,
        )
        return self._book.read(lambda state: "{} {}".format(*state.slot_of[participant]))


def _serve(path: Path, ledger: Path) -> None:
    _Server(path, ledger).serve_forever()


@contextlib.contextmanager
def servers(folder: Path, ledger: Path) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_serve, args=(_socket(folder, at), ledger), daemon=True) for at in range(WORKERS)]
    for worker in workers:
        worker.start()
    while not all(_socket(folder, at).exists() for at in range(WORKERS)):
        threading.Event().wait(0.05)
    yield
    for worker in workers:
        worker.terminate()
        worker.join()


def drive(folder: Path, clients: int, requests: list[tuple[str, str]]) -> list[Asked]:
    """Send all requests from `clients` connections, a quarter of them in each of four processes."""
    shares = [requests[at::clients] for at in range(clients)]
    with multiprocessing.get_context("spawn").Pool(CLIENT_PROCESSES) as pool:
        per_process = [(folder, list(enumerate(shares))[at::CLIENT_PROCESSES]) for at in range(CLIENT_PROCESSES)]
        return [asked for answers in pool.starmap(_clients, per_process) for asked in answers]


def _clients(folder: Path, shares: list[tuple[int, list[tuple[str, str]]]]) -> list[Asked]:
    found: list[Asked] = []
    threads = [threading.Thread(target=_client, args=(folder, at, share, found)) for at, share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _client(folder: Path, at: int, share: list[tuple[str, str]], found: list[Asked]) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(_socket(folder, at % WORKERS)))
        with line.makefile("rwb") as both:
            for participant, request in share:
                began = perf_counter()
                both.write(f"{participant}\t{request}\n".encode())
                both.flush()
                place = both.readline().decode().strip()
                found.append(Asked(participant, place, perf_counter() - began))


def _socket(folder: Path, at: int) -> Path:
    return folder / f"{at}.sock"


# --- sealing and verifying --------------------------------------------------------------------------------------------


def sealing(folder: Path) -> None:
    """A vault in a process of its own makes, commits and puts into envelopes a long list, for two recipients."""
    design = RandomisationDesign(("active", "placebo"), BigStick(4), SEALED_SLOTS, packs=PACKS)
    recipient = X25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    with RehearsalVault(folder / "vault", 1, SteppingClock(START)) as vault:
        vault.ask("freeze", Role.STATISTICIAN, {"design": design.canonical(), "pharmacist_key": recipient})
        for party in SEED_PARTIES:
            vault.ask("commit", party, {"commitment": seed_commitment(vault.seed_share(party))})
        for party in SEED_PARTIES:
            vault.ask("reveal", party, {"share": vault.seed_share(party).hex()})
        began = perf_counter()
        vault.ask("seal", Role.STATISTICIAN)
        took = perf_counter() - began
    with contextlib.closing(connect(next((folder / "vault").glob("*.sqlite3")))) as database:
        lengths = database.execute("SELECT recipient, length(box), count(*) FROM envelope GROUP BY 1, 2").fetchall()
    assert len({length for _, length, _ in lengths}) == 1
    goal = _goal(took, SEALING_GOAL_S, "s")
    print(f"sealing {SEALED_SLOTS:,} slots and {SEALED_SLOTS * PACKS.per_slot:,} pack numbers: {took:.2f} s{goal}")
    print(f"  envelopes by (recipient, bytes, number): {', '.join(map(str, lengths))}")


def verifying(folder: Path) -> None:
    """The verifier as a reader runs it: alone, from the start of Python to PASS."""
    sys.path.insert(0, str(TESTS))
    from allocation_trial import VECTOR, trial  # the tests' small trial, with a vault in this process

    held = trial(folder / "verified", {**VECTOR, "slots": VERIFIED_SLOTS}).seal().anchor()
    for number in range(VERIFIED_SLOTS):
        held.randomise(f"01-{number:04d}")
    held.release()
    bundle = folder / "bundle"
    bundle.mkdir()
    (bundle / "opening.json").write_text(json.dumps(held.opening))
    (bundle / "ledger.jsonl").write_text("\n".join(held.lines()) + "\n")
    (bundle / "arms.json").write_text(json.dumps(held.arms))
    script = Path(__file__).parents[1] / "src" / "equipoise" / "closure" / "verify_trial.py"
    command = [sys.executable, "-I", "-S", str(script), "opening.json", "ledger.jsonl", "arms.json"]
    took = []
    for _ in range(5):
        began = perf_counter()
        subprocess.run(command, cwd=bundle, check=True, stdout=subprocess.DEVNULL)  # our own script
        took.append(perf_counter() - began)
    middle = sorted(took)[2]
    print(f"verifying {VERIFIED_SLOTS:,} slots, all of them used: {middle:.2f} s{_goal(middle, VERIFYING_GOAL_S, 's')}")


def _goal(found: float, goal: float | None, unit: str) -> str:
    return "" if goal is None else f" (goal: below {goal:g} {unit}{'' if found < goal else ', MISSED'})"


if __name__ == "__main__":
    print(f"load before the run: {os.getloadavg()[0]:.1f}")
    main()
