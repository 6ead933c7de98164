"""The closed lists of the pharmacy."""

from enum import StrEnum


class KitStage(StrEnum):
    """Where a kit stands: the unit of stock that was taken for one pack number."""

    THAWING = "thawing"
    THAWED = "thawed"
    PREPARED = "prepared"
    CHECKED = "checked"
    DISPENSED = "dispensed"
    RETURNED = "returned"
    DISCARDED = "discarded"
    DESTROYED = "destroyed"
    NOT_FOUND = "not_found"


IN_PREPARATION = frozenset({KitStage.THAWING, KitStage.THAWED, KitStage.PREPARED, KitStage.CHECKED})
IN_THE_PHARMACY = IN_PREPARATION | {KitStage.DISCARDED, KitStage.RETURNED}
"""Kits that somebody who counts finds on the bench, in the waste box or in the returns box."""


class Unfit(StrEnum):
    """Why a unit or a kit cannot be given."""

    DAMAGED = "damaged"
    EXPIRED = "expired"
    REJECTED = "rejected"
    NOT_COLLECTED = "not_collected"


class ExcursionKind(StrEnum):
    """What a temperature log shows outside the definition's range; silence is judged too."""

    TOO_WARM = "too_warm"
    TOO_COLD = "too_cold"
    NO_READING = "no_reading"


class RemovalKind(StrEnum):
    """How units leave the books for good: seen to be destroyed by two people, or searched for by two people."""

    DESTROYED = "destroyed"
    NOT_FOUND = "not_found"
