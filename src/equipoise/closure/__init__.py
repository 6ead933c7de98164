"""Closure: blind review, data cut, lock certificate, receipt of the released allocation.  Here arms appear first."""

from equipoise.closure.certificate import LOCK_MEANING, LockCertificate, LockStatement, certify, read_certificate
from equipoise.closure.commands import (
    ClassifyDeviation,
    DecideMembership,
    LockDatabase,
    ReceiveRelease,
    RegisterSigningKey,
    SignBlindReview,
    UnlockDatabase,
)
from equipoise.closure.committee_data import committee_data
from equipoise.closure.data_cut import DataCut, cut_data, data_rows
from equipoise.closure.decide import decide
from equipoise.closure.events import Membership
from equipoise.closure.facts import participant_facts
from equipoise.closure.locking import prepare_lock, require_genuine, require_own_key, unlock_record
from equipoise.closure.obstacles import obstacles
from equipoise.closure.release import ReleasedAllocation, dummy_allocation, read_opening, take_opening
from equipoise.closure.review import BLIND_MEANING, OPEN_MEANING, BlindReview, review
from equipoise.closure.state import ClosureState
from equipoise.closure.trial import Trial, fold

__all__ = [
    "BLIND_MEANING",
    "LOCK_MEANING",
    "OPEN_MEANING",
    "BlindReview",
    "ClassifyDeviation",
    "ClosureState",
    "DataCut",
    "DecideMembership",
    "LockCertificate",
    "LockDatabase",
    "LockStatement",
    "Membership",
    "ReceiveRelease",
    "RegisterSigningKey",
    "ReleasedAllocation",
    "SignBlindReview",
    "Trial",
    "UnlockDatabase",
    "certify",
    "committee_data",
    "cut_data",
    "data_rows",
    "decide",
    "dummy_allocation",
    "fold",
    "obstacles",
    "participant_facts",
    "prepare_lock",
    "read_certificate",
    "read_opening",
    "require_genuine",
    "require_own_key",
    "review",
    "take_opening",
    "unlock_record",
]
