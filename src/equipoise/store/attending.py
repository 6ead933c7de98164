"""What masked side and sealed room tell each other while a trial runs: nothing that a masked person may not read.

The room's own pages hold the ceremony and the pharmacy; here the ledger takes over what is public of them, and the
pharmacy learns which doses are due.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from equipoise.allocation import (
    AllocationState,
    abandon_ceremony,
    commit_seed,
    freeze_design,
    receive_pack_map,
    record_draw,
    seal_list,
    take_account,
    take_notices,
)
from equipoise.allocation.commitment import SEED_PARTIES
from equipoise.allocation.hatch import VaultClient
from equipoise.conduct.drawing import pending_draws
from equipoise.conduct.due_doses import due_doses
from equipoise.store.installation import Installation
from equipoise.store.running import RunningTrial, running_trial
from equipoise.store.vaults import Room, room_of
from equipoise.vocabulary import Refusal, Role, utc_from_text

_EVERY_SECONDS = 5
_SHUT = frozenset({"VAULT-LOCKED", "VAULT-CLOSED"})
"""Rules of a room that is locked, or that nobody has started: there is nothing more to ask for in this round."""
_SIGNED_EVERY = timedelta(days=1)
_log = logging.getLogger(__name__)


def start_attending(installation: Installation) -> None:
    """From now on, as long as this process lives, go round all the trials of the installation."""
    threading.Thread(target=_go_round, args=(installation,), daemon=True, name="attending").start()


def _go_round(installation: Installation) -> None:
    while True:
        for folder in sorted(installation.trials.iterdir()):
            try:
                room = room_of(folder.name)
                if room:
                    attend(running_trial(folder.name), room)
            except Exception as error:  # the next round comes; what went wrong is told without its values
                _log.error("Attending %s: %s", folder.name, type(error).__name__)
        time.sleep(_EVERY_SECONDS)


def attend(trial: RunningTrial, room: Room) -> tuple[str, ...]:
    """One round; gives the rules by which the room refused a part of it.  A room that is locked is no error."""
    if not trial.look(lambda state: state.conduct.opened):
        return ()
    refused = []
    for part in (_follow, _take_list, _draw, _take, _ask_for_doses, _sign):
        try:
            with VaultClient.connect(room.hatch, who="equipoise", timeout_seconds=5) as client:
                part(trial, client)
        except Refusal as refusal:
            refused.append(refusal.rule)
            if refusal.rule in _SHUT:
                break
    return tuple(refused)


def _follow(trial: RunningTrial, client: VaultClient) -> None:
    """Enter the frozen design and the seed commitments, as they are made on the room's pages."""
    if trial.look(lambda state: state.conduct.allocation.commitment):
        return
    described = client.describe()
    design, commitments = described["design_digest"], described["commitments"]
    known = trial.look(lambda state: state.conduct.allocation.design_digest)
    if known and known != design:
        _enter(trial, abandon_ceremony)
    if design and known != design:
        _enter(trial, lambda state: freeze_design(state, design))
    for party in SEED_PARTIES:
        bound = commitments.get(party.value)
        if bound and party not in trial.look(lambda state: frozenset(state.conduct.allocation.seed_commitments)):
            _enter(trial, lambda state, who=party, commitment=bound: commit_seed(state, who, commitment))  # type: ignore[misc]  # bound now


def _take_list(trial: RunningTrial, client: VaultClient) -> None:
    """Take the sealed list's commitment and the numbers of its packs, once."""
    known = trial.look(lambda state: state.conduct.allocation.commitment)
    if known is None and client.describe()["is_sealed"]:
        sealed = client.sealed()
        _enter(trial, lambda state: seal_list(state, sealed.commitment, sealed.signature))
        if sealed.pack_numbers:
            _enter(trial, lambda state: receive_pack_map(state, sealed.pack_numbers))


def _draw(trial: RunningTrial, client: VaultClient) -> None:
    """On a live list, have the slots drawn that participants have taken."""
    for slot, levels in trial.look(lambda state: tuple(pending_draws(state.conduct))):
        drawn = client.draw(slot, tuple(levels))
        _enter(trial, lambda state, answer=drawn: record_draw(state, answer))  # type: ignore[misc]  # bound now


def _take(trial: RunningTrial, client: VaultClient) -> None:
    notices, is_closed = client.notices(), client.is_account_closed()
    _enter(trial, lambda state: take_notices(state, notices))
    _enter(trial, lambda state: take_account(state, is_closed))


def _ask_for_doses(trial: RunningTrial, client: VaultClient) -> None:
    due = trial.look(lambda state: due_doses(trial.plan, state.conduct, trial.today()))
    if due.requests:
        client.request_doses(due)


def _sign(trial: RunningTrial, client: VaultClient) -> None:
    """Have the ledger's head signed once a day, so that no copy of the ledger can be cut short unseen."""
    ledger = trial.book.ledger
    signed, (seq, head) = ledger.checkpoints(), ledger.head()
    now = trial.now()
    is_due = not signed or now - utc_from_text(signed[-1].signed_at) > _SIGNED_EVERY
    if is_due and (not signed or signed[-1].seq < seq):
        ledger.add_checkpoint(client.sign_checkpoint((seq, head), now))


def _enter(trial: RunningTrial, verb: Callable[[AllocationState], Sequence[object]]) -> None:
    """Enter what a verb of the allocation gives, if it gives anything."""
    trial.book.execute(lambda state: verb(state.conduct.allocation), who="equipoise", role=Role.SYSTEM)
