"""A small trial's allocation, held through the real ledger and a vault in this process: for the tests of both rooms."""

import itertools
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from equipoise.allocation import AllocationState, AnchorMedium, RandomisationDesign, read_design
from equipoise.allocation.ceremony import commit_seed, freeze_design, receive_pack_map, record_anchor, seal_list
from equipoise.allocation.commitment import SEED_PARTIES, seed_commitment
from equipoise.allocation.drawing import record_draw, slots_to_draw
from equipoise.allocation.hatch import read_sealed
from equipoise.allocation.randomise import next_slot
from equipoise.closure.certificate import LOCK_MEANING, LockStatement, certify
from equipoise.closure.events import DatabaseLocked
from equipoise.conduct import Actor
from equipoise.ledger import Book, SqliteLedger
from equipoise.ledger.export import jsonl
from equipoise.ledger.signature import Signature, sign
from equipoise.vocabulary import Refusal, Role, SteppingClock, canonical_json, digest_bytes
from equipoise_vault.counter import Counter
from equipoise_vault.drbg import KeyedGenerator
from equipoise_vault.request import Door
from equipoise_vault.room import Room

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
SHARES = {Role.STATISTICIAN: bytes(range(32)), Role.PHARMACIST: bytes(range(32, 64))}
VECTOR = {"arms": ["active", "placebo"], "method": "big-stick", "mti": 4, "slots": 30, "strata": 1}
"""The design of the published test vector."""
MINIMISED = {
    "arms": ["active", "placebo"], "method": "minimisation", "factors": ["sex", "age", "steroid"], "weights": [1, 1, 1],
    "favour": [4, 5], "slots": 40, "packs": {"doses": 2, "spares": 1},
}  # fmt: skip
LEVELS = tuple(itertools.product(("female", "male"), ("<40", ">=40"), ("yes", "no")))
DOSED = {**VECTOR, "packs": {"doses": 10, "spares": 2}}


@dataclass
class Trial:
    """Masked ledger and vault side by side."""

    folder: Path
    design: RandomisationDesign
    shares: dict[Role, bytes] = field(default_factory=lambda: dict(SHARES))
    study: dict | None = None
    levels: tuple = LEVELS

    def __post_init__(self) -> None:
        self.design = replace(self.design, salt=self.design.salt or "5a" * 16)
        self.clock = SteppingClock(START)
        self.vault_clock = SteppingClock(START, timedelta())
        self.folder.mkdir(parents=True, exist_ok=True)
        self.book = Book(SqliteLedger.open(self.folder / "trial.sqlite3", self.clock), AllocationState())
        entropy = KeyedGenerator(b"test").take
        self.room, self.key_shares = Room.create(self.folder / "vault", entropy, self.vault_clock)
        self.counter = Counter(self.room)

    def ask(self, verb, role=Role.STATISTICIAN, door=Door.DESK, why="", who="", number="", **body):
        request = {"verb": verb, "who": who or role.value, "role": role.value, "why": why, "number": number}
        request["body"] = body
        answer = json.loads(self.counter.answer(canonical_json(request), door))
        if "refused" in answer:
            raise Refusal(**answer["refused"])
        return answer["granted"]

    def token(self, act, role, who=""):
        """What the door gives to somebody whose two components it has just checked."""
        return self.ask("reauthenticate", role, who=who, act=act, components=["password", "one_time_code"])["token"]

    def break_code(self, slot, stratum=0, reason="emergency_treatment", why="seizure", who=""):
        role = Role.TREATING_PHYSICIAN
        body = {"stratum": stratum, "slot": slot, "reason": reason, "token": self.token("break_one", role, who)}
        return self.ask("break_one", role, why=why, who=who, **body)

    def record(self, decide, role=Role.STATISTICIAN, request=""):
        return self.book.execute(decide, who=role.value, role=role, request=request)

    def bind(self):
        handed = {} if self.study is None else {"study": self.study}
        self.ask("freeze", design=self.design.canonical(), **handed)
        self.record(lambda state: freeze_design(state, self.design.digest))
        for party in SEED_PARTIES:
            commitment = seed_commitment(self.shares[party])
            self.record(lambda state, party=party, bound=commitment: commit_seed(state, party, bound), party)
            self.ask("commit", party, commitment=commitment)

    def seal(self):
        self.bind()
        for party in SEED_PARTIES:
            self.ask("reveal", party, share=self.shares[party].hex())
        self.sealed = read_sealed(self.ask("seal"))
        self.record(lambda state: seal_list(state, self.sealed.commitment, self.sealed.signature))
        if self.sealed.pack_numbers:
            self.record(lambda state: receive_pack_map(state, self.sealed.pack_numbers))
        return self

    def anchor(self):
        root = self.sealed.commitment.root
        self.record(lambda state: record_anchor(state, root, AnchorMedium.PROTOCOL_PAGE, "protocol, page 1"))
        return self

    def randomise(self, participant, stratum=0):
        self.record(lambda state: next_slot(state, participant, stratum), Role.INVESTIGATOR)
        for slot in slots_to_draw(self.book.state()):
            answer = self.draw(slot, self.levels[slot % len(self.levels)])
            self.record(lambda state, answer=answer: record_draw(state, answer), Role.SYSTEM)
        return self.book.state().slot_of[participant]

    def draw(self, slot, levels):
        return self.ask("draw", Role.SYSTEM, Door.HATCH, slot=slot, levels=list(levels))

    def lock(self):
        """A lock certificate for the ledger as it is, entered in the ledger."""
        seq, chain_head = self.book.ledger.head()
        statement = LockStatement("5" * 64, seq, chain_head, "d" * 64, "2026-09-01T00:00:00.000000Z")
        certificate = certify(statement, signed(statement, "A. Statistician"), signed(statement, "D. Manager"))
        (entry,) = self.record(lambda state: (DatabaseLocked(certificate),))
        return entry.body["certificate"]

    def release(self):
        certificate = self.lock()
        self.opening = self.ask(
            "release", certificate=certificate, data_digest="d" * 64, key_shares=list(self.key_shares[:2])
        )["opening"]
        arm_of = {(slot["stratum"], slot["slot"]): slot["arm"] for slot in self.opening["slots"]}
        self.arms = {participant: arm_of[place] for participant, place in self.book.state().slot_of.items()}
        return self

    def lines(self):
        return [line.rstrip("\n") for line in jsonl(self.book.ledger.entries())]


def trial(folder: Path, design=None) -> Trial:
    return Trial(folder, read_design(design or DOSED))


def signed(statement: LockStatement, who: str) -> Signature:
    """`who` signs with a key made from the name."""
    key = Ed25519PrivateKey.from_private_bytes(digest_bytes(who.encode())[:32].encode())
    public = key.public_key().public_bytes_raw().hex()
    actor = Actor(who, Role.STATISTICIAN)
    return sign(statement.as_json(), actor.who, actor.role, LOCK_MEANING, START, key=public, sign_bytes=key.sign)
