"""The hatch: what may be asked of the vault, and its sealed slots.  No type here pairs a participant with an arm."""

from equipoise.allocation.ceremony import (
    abandon_ceremony,
    commit_seed,
    freeze_design,
    receive_pack_map,
    record_anchor,
    seal_list,
)
from equipoise.allocation.commitment import AllocationCommitment, root_in_groups, seed_commitment
from equipoise.allocation.design import PackPlan, RandomisationDesign, default_design, read_design
from equipoise.allocation.dose_request import DayOfDoses, DoseRequest
from equipoise.allocation.drawing import record_draw, slots_to_draw
from equipoise.allocation.entries import (
    AnchorMedium,
    AnchorRecorded,
    BreakAlarm,
    BreakReason,
    CeremonyAbandoned,
    CodeBroken,
    DesignFrozen,
    ListSealed,
    PackMapReceived,
    PharmacyAccount,
    SeedCommitted,
    SlotAssigned,
    SlotDrawn,
    StratumCorrected,
)
from equipoise.allocation.hatch import HatchVerb, Sealed, VaultClient
from equipoise.allocation.minimisation import Minimisation
from equipoise.allocation.notices import take_account, take_notices
from equipoise.allocation.pack_map import PackMap, is_pack_number
from equipoise.allocation.predictability import Predictability, judge_design, predictability
from equipoise.allocation.procedures import (
    BigStick,
    BlockUrn,
    Complete,
    PermutedBlocks,
    Procedure,
    allocate,
)
from equipoise.allocation.randomise import correct_stratum, next_slot, pack_for_dose, spare_packs
from equipoise.allocation.rehearsal import RehearsalVault, rehearse_ceremony
from equipoise.allocation.state import AllocationState

__all__ = [
    "AllocationCommitment",
    "AllocationState",
    "AnchorMedium",
    "AnchorRecorded",
    "BigStick",
    "BlockUrn",
    "BreakAlarm",
    "BreakReason",
    "CeremonyAbandoned",
    "CodeBroken",
    "Complete",
    "DayOfDoses",
    "DesignFrozen",
    "DoseRequest",
    "HatchVerb",
    "ListSealed",
    "Minimisation",
    "PackMap",
    "PackMapReceived",
    "PackPlan",
    "PermutedBlocks",
    "PharmacyAccount",
    "Predictability",
    "Procedure",
    "RandomisationDesign",
    "RehearsalVault",
    "Sealed",
    "SeedCommitted",
    "SlotAssigned",
    "SlotDrawn",
    "StratumCorrected",
    "VaultClient",
    "abandon_ceremony",
    "allocate",
    "commit_seed",
    "correct_stratum",
    "default_design",
    "freeze_design",
    "is_pack_number",
    "judge_design",
    "next_slot",
    "pack_for_dose",
    "predictability",
    "read_design",
    "receive_pack_map",
    "record_anchor",
    "record_draw",
    "rehearse_ceremony",
    "root_in_groups",
    "seal_list",
    "seed_commitment",
    "slots_to_draw",
    "spare_packs",
    "take_account",
    "take_notices",
]
