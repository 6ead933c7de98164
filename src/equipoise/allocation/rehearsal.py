"""A rehearsal's vault: the real one, in a process of its own, made from a seed and marked `rehearsal` for ever.

One program plays all the people who stand around the vault, so nothing here is secret from anybody.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from equipoise.allocation.ceremony import commit_seed, freeze_design, receive_pack_map, record_anchor, seal_list
from equipoise.allocation.commitment import SEED_PARTIES, seed_commitment
from equipoise.allocation.design import RandomisationDesign
from equipoise.allocation.entries import AnchorMedium
from equipoise.allocation.hatch import exchange, read_sealed
from equipoise.allocation.state import AllocationState
from equipoise.ledger import Checkpoint, Entry
from equipoise.vocabulary import Json, Role, SteppingClock, utc_text

Record: TypeAlias = Callable[[Callable[[AllocationState], Sequence[object]], Role], tuple[Entry, ...]]
"""Runs one allocation verb as a role through the trial's write door, and gives the entries that it wrote."""


class RehearsalVault:
    """A vault process behind a pipe; use it in a `with` statement."""

    def __init__(self, folder: Path, seed: int, clock: SteppingClock, *, share_seed: int | None = None) -> None:
        """Start a fresh vault in `folder`, which must not hold one yet.

        `share_seed` (default: `seed`) gives the parties' seed shares, and so moves the sealed list and nothing else.
        """
        command = [sys.executable, "-m", "equipoise_vault", "rehearse", "--dir", str(folder), "--seed", str(seed)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # our own
        self.clock = clock
        self._share_seed = seed if share_seed is None else share_seed

    def __enter__(self) -> "RehearsalVault":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process; what it has sealed stays in its folder."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)

    def ask(self, verb: str, role: Role, body: Mapping[str, Json] | None = None, *, why: str = "") -> Mapping[str, Any]:
        """Ask as one of the people around the vault; `why` where the verb needs a reason.  Raises its `Refusal`."""
        assert self._process.stdin is not None and self._process.stdout is not None
        request: Json = {
            "verb": verb,
            "who": f"rehearsal {role.value}",
            "role": role.value,
            "body": body or {},
            "why": why,
            "at": utc_text(self.clock()),
        }
        return exchange(self._process.stdout, self._process.stdin, request)

    def seed_share(self, party: Role) -> bytes:
        """The 32 bytes that this party brings in this rehearsal."""
        return hashlib.sha256(f"equipoise rehearsal {self._share_seed} {party.value}".encode()).digest()

    def sign_checkpoint(self, head: tuple[int, str]) -> Checkpoint:
        """Have the head (seq, hash) of the ledger signed."""
        signed_at = utc_text(self.clock())
        body: dict[str, Json] = {"seq": head[0], "hash": head[1], "signed_at": signed_at}
        return Checkpoint(**self.ask("sign_checkpoint", Role.SYSTEM, body))

    def nature_of(self, stratum: int, slot: int) -> str:
        """The arm of a slot, for the simulated biology of a synthetic participant and for nothing else."""
        body: dict[str, Json] = {"stratum": stratum, "slot": slot}
        return str(self.ask("open_for_pharmacist", Role.PHARMACIST, body)["arm"])

    def release(self, certificate: Json, data_digest: str) -> str:
        """Release against a lock certificate and the digest of the data now; gives the text of `opening.json`."""
        key_shares = self.ask("rehearsal_key_shares", Role.SYSTEM)["key_shares"]
        body: dict[str, Json] = {
            "certificate": certificate,
            "data_digest": data_digest,
            "key_shares": key_shares[:2],
        }
        opening = self.ask("release", Role.STATISTICIAN, body)["opening"]
        return json.dumps(opening, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def rehearse_ceremony(
    vault: RehearsalVault, design: RandomisationDesign, record: Record, study: "Json | None" = None
) -> None:
    """Hold the whole ceremony between the vault and the ledger, in the only permitted order.

    With `study`, the definition that the design names (canonical JSON), the vault's pharmacy can be played too.
    """
    handed = {} if study is None else {"study": study}
    vault.ask("freeze", Role.STATISTICIAN, {"design": design.canonical(), **handed})
    record(lambda state: freeze_design(state, design.digest), Role.STATISTICIAN)
    for party in SEED_PARTIES:
        commitment = seed_commitment(vault.seed_share(party))
        record(lambda state, who=party, bound=commitment: commit_seed(state, who, bound), party)  # type: ignore[misc]
        vault.ask("commit", party, {"commitment": commitment})
    for party in SEED_PARTIES:
        vault.ask("reveal", party, {"share": vault.seed_share(party).hex()})
    sealed = read_sealed(vault.ask("seal", Role.STATISTICIAN))
    record(lambda state: seal_list(state, sealed.commitment, sealed.signature), Role.SYSTEM)
    if sealed.pack_numbers:
        record(lambda state: receive_pack_map(state, sealed.pack_numbers), Role.SYSTEM)
    root = sealed.commitment.root
    record(lambda state: record_anchor(state, root, AnchorMedium.REHEARSAL, "synthetic"), Role.STATISTICIAN)
