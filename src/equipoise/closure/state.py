"""What the ledger says of review, lock and release."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from equipoise.closure.certificate import LockCertificate
from equipoise.closure.events import (
    BlindReviewSigned,
    DatabaseLocked,
    DatabaseUnlocked,
    DeviationClassified,
    Membership,
    MembershipDecided,
    ReleaseReceived,
    SigningKeyRegistered,
)
from equipoise.ledger import Entry
from equipoise.vocabulary import Role


@dataclass
class ClosureState:
    """The fold.  `keys` maps (person, role) to the public key that counts; `locks` keeps every certificate."""

    important: dict[int, bool] = field(default_factory=dict)
    """Deviation -> whether it is important, once it is classified."""
    decided: dict[tuple[str, str], Membership] = field(default_factory=dict)
    """(participant, analysis set) -> what the reviewers decided."""
    review: BlindReviewSigned | None = None
    keys: dict[tuple[str, Role], str] = field(default_factory=dict)
    locks: list[LockCertificate] = field(default_factory=list)
    unlocks: list[DatabaseUnlocked] = field(default_factory=list)
    release: ReleaseReceived | None = None

    @property
    def certificate(self) -> LockCertificate | None:
        """The lock that holds now; None while the database is not locked."""
        return self.locks[-1] if len(self.locks) > len(self.unlocks) else None

    def apply(self, entry: Entry) -> None:
        """Take the next entry; entries of other rooms pass by."""
        handler = _HANDLERS.get(entry.type)
        if handler:
            handler(self, entry, entry.event)


def _deviation_classified(state: ClosureState, entry: Entry, event: DeviationClassified) -> None:
    state.important[event.deviation] = event.important


def _membership_decided(state: ClosureState, entry: Entry, event: MembershipDecided) -> None:
    membership = event.membership
    state.decided[membership.participant, membership.analysis_set] = membership


def _blind_review_signed(state: ClosureState, entry: Entry, event: BlindReviewSigned) -> None:
    state.review = event


def _signing_key_registered(state: ClosureState, entry: Entry, event: SigningKeyRegistered) -> None:
    state.keys[entry.who, entry.role] = event.key


def _database_locked(state: ClosureState, entry: Entry, event: DatabaseLocked) -> None:
    state.locks.append(event.certificate)


def _database_unlocked(state: ClosureState, entry: Entry, event: DatabaseUnlocked) -> None:
    state.unlocks.append(event)


def _release_received(state: ClosureState, entry: Entry, event: ReleaseReceived) -> None:
    state.release = event


_HANDLERS: dict[str, Callable[[ClosureState, Entry, Any], None]] = {
    "deviation_classified": _deviation_classified,
    "membership_decided": _membership_decided,
    "blind_review_signed": _blind_review_signed,
    "signing_key_registered": _signing_key_registered,
    "database_locked": _database_locked,
    "database_unlocked": _database_unlocked,
    "release_received": _release_received,
}
