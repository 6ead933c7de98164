"""The released allocation: from here on, and nowhere before, a participant is paired with an arm.

A dummy allocation has the same type, so that the analysis is written and run before anybody knows an arm.
"""

import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from equipoise.allocation import AllocationState, RandomisationDesign, allocate, read_design
from equipoise.allocation.minimisation import Levels, Minimisation, draw_arm
from equipoise.allocation.pack_map import number_packs
from equipoise.allocation.procedures import Below
from equipoise.closure.trial import Trial
from equipoise.closure.verify_trial import Verification, uniform
from equipoise.conduct import TrialState
from equipoise.conduct.events import DoseAdministered
from equipoise.ledger import Entry
from equipoise.ledger.export import jsonl
from equipoise.vocabulary import Refusal, digest

Place = tuple[int, int]
"""(stratum, slot), both from 0."""


@dataclass(frozen=True)
class ReleasedAllocation:
    """Who was planned to receive what, and who received what.

    `is_dummy` marks an allocation that was made up for a masked run; `design` is the opened randomisation design;
    `slots` gives the arm of every slot of the list, `places` each participant's slot in the order of randomisation;
    `received` the arms of the packs that were given, dose after dose; `levels` the factor levels for which the slots of
    a live list were drawn.  `opening_digest` and `certificate_digest` name
    the opening and the lock that it was for; both are empty in a dummy.
    """

    is_dummy: bool
    design: RandomisationDesign
    root: str
    slots: Mapping[Place, str]
    places: Mapping[str, Place]
    received: Mapping[str, tuple[str, ...]]
    levels: Mapping[Place, Levels] = field(default_factory=dict)
    opening_digest: str = ""
    certificate_digest: str = ""

    @cached_property
    def planned_arm(self) -> Mapping[str, str]:
        """Participant -> arm of the list, in the order of randomisation."""
        return {participant: self.slots[place] for participant, place in self.places.items()}

    @cached_property
    def actual_arm(self) -> Mapping[str, str | None]:
        """Participant -> arm of most of the doses received; the planned arm breaks a tie, no dose gives None."""
        return {participant: self._mostly(participant) for participant in self.places}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the pairing: what an analysis names as its input."""
        return digest({"is_dummy": self.is_dummy, "root": self.root, "planned_arm": dict(self.planned_arm)})

    def _mostly(self, participant: str) -> str | None:
        doses = Counter(self.received.get(participant, ()))
        if not doses:
            return None
        most = [arm for arm, count in doses.items() if count == max(doses.values())]
        planned = self.planned_arm[participant]
        return planned if planned in most else most[0]


def dummy_allocation(state: TrialState, design: RandomisationDesign, seed: bytes) -> ReleasedAllocation:
    """Arms drawn from `seed` by the trial's own procedure for the slots that were used: true in nothing but shape.

    `design` need not be the sealed one: whoever runs the analysis masked may not know that.
    """
    below = uniform(seed)  # type: ignore[no-untyped-call]  # the verifier is a script without types
    levels = _levels(state.allocation) if design.is_live else {}
    if isinstance(design.procedure, Minimisation):
        slots = _minimised(design.procedure, design.arms, levels, below)
    else:
        slots = {
            (stratum, slot): design.arms[arm]
            for stratum in range(design.stratum_count)
            for slot, arm in enumerate(allocate(design.procedure, design.shares, design.slots, below))
        }
    return ReleasedAllocation(True, design, "", slots, dict(state.allocation.slot_of), _received(state, slots), levels)


def read_opening(text: str, entries: Iterable[Entry], state: TrialState) -> ReleasedAllocation:
    """Verify the vault's `opening.json` against the whole ledger and give the allocation.

    The same program that is published with the paper does it: commitments of both seeds, the list made anew from them,
    root, order of the ceremony, slots used without a skip, lock.  Raises `Refusal` with the failing step.
    """
    opening = _document(text)
    verification = Verification(opening, list(jsonl(entries)), {})  # type: ignore[no-untyped-call]  # as above
    for name, passed, what in verification.run():  # type: ignore[no-untyped-call]  # as above
        if not passed:
            raise Refusal("OPENING-VERIFY", f"Verification fails at “{name}”: {what}.", "Do not analyse; find out why.")
    _check_packs(read_design(opening["design"]), opening["pack_numbers"], verification.seed)
    return _opened(opening, state)


def take_opening(text: str, trial: Trial) -> ReleasedAllocation:
    """The allocation of an `opening.json` that was verified when its release was received.

    The ledger names the document that it was (`release_received`).  Raises `Refusal` if this is another one, or if
    none was received.
    """
    received, opening = trial.closure.release, _document(text)
    if received is None or received.opening_digest != digest(opening):
        raise Refusal(
            "OPENING-OTHER",
            "This is not the opening that the ledger says was verified and received.",
            "Take the file that was received, or receive this one first.",
        )
    return _opened(opening, trial.conduct)


def _document(text: str) -> dict[str, Any]:
    try:
        opening = json.loads(text, parse_float=str, parse_constant=str)  # a genuine one holds no such number
    except (ValueError, RecursionError):
        opening = None
    if not isinstance(opening, dict):
        raise Refusal("OPENING", "This is no opening of an allocation list.", "Ask the vault for it again.")
    return opening


def _opened(opening: dict[str, Any], state: TrialState) -> ReleasedAllocation:
    slots = {(slot["stratum"], slot["slot"]): str(slot["arm"]) for slot in opening["slots"]}
    return ReleasedAllocation(
        is_dummy=False,
        design=read_design(opening["design"]),
        root=opening["commitment"]["root"],
        slots=slots,
        places=dict(state.allocation.slot_of),
        received=_received(state, slots),
        levels=_levels(state.allocation),
        opening_digest=digest(opening),
        certificate_digest=digest(opening["lock"]),
    )


def _check_packs(design: RandomisationDesign, numbers: list[str], seed: bytes) -> None:
    """Number the packs anew from the seed: the published verifier has no room for it."""
    if design.packs is None:
        return
    below = uniform(hmac.digest(seed, b"packs", "sha256"))  # type: ignore[no-untyped-call]  # as above
    if list(number_packs(design.list_length, design.packs, below).flat()) != numbers:
        raise Refusal("OPENING-PACKS", "The packs were not numbered by the seeds.", "Do not analyse; find out why.")


def _levels(allocation: AllocationState) -> dict[Place, Levels]:
    return {(0, drawn.slot): drawn.levels for drawn in allocation.draws}


def _minimised(
    procedure: Minimisation, arms: tuple[str, ...], levels: Mapping[Place, Levels], below: Below
) -> dict[Place, str]:
    drawn: list[tuple[int, Levels]] = []
    for own in levels.values():
        drawn.append((draw_arm(procedure, len(arms), drawn, own, below), own))
    return {place: arms[arm] for place, (arm, _) in zip(levels, drawn, strict=True)}


def _received(state: TrialState, slots: Mapping[Place, str]) -> dict[str, tuple[str, ...]]:
    arm_of = _arm_of_packs(state.allocation, slots)
    return {
        number: tuple(
            arm_of[dose.pack]
            for _, dose in sorted(state.participants[number].doses.items())
            if isinstance(dose, DoseAdministered) and dose.pack in arm_of
        )
        for number in state.allocation.slot_of
    }


def _arm_of_packs(allocation: AllocationState, slots: Mapping[Place, str]) -> dict[str, str]:
    commitment, packs = allocation.commitment, allocation.pack_map
    if commitment is None or packs is None:
        return {}
    return {
        pack: slots[divmod(position, commitment.slots)]
        for position, numbers in enumerate(packs.numbers)
        if divmod(position, commitment.slots) in slots
        for pack in numbers
    }
