"""What kind of product a record studies, and what its arms say of it."""

import re

from equipoise.registration.field import each
from equipoise.registration.language.passage import Passage, arm_passages, descriptions, interventions, phrase, titles
from equipoise.registration.record import Arm, RegistryRecord
from equipoise.registration.words import ArmType, InterventionType, Masking

CELL_DERIVED = phrase(
    r"stem cells?",
    r"stromal cells?",
    r"secretome",
    r"conditioned medi(?:um|a)",
    r"exosomes?",
    r"extracellular vesicles?",
    r"CAR[- ]?T\b",
    r"T[- ]cell therapy",
    r"platelet[- ]rich plasma",
    r"fibroblasts?\b",
    r"dendritic cell",
)
CELL_FREE = phrase(r"secretome", r"conditioned medi(?:um|a)", r"exosomes?", r"extracellular vesicles?")
PRODUCTS = {InterventionType.DRUG, InterventionType.BIOLOGICAL, InterventionType.COMBINATION_PRODUCT}
TAKEN = PRODUCTS | {InterventionType.DIETARY_SUPPLEMENT, InterventionType.GENETIC}
COMPARATORS = {ArmType.PLACEBO_COMPARATOR, ArmType.SHAM_COMPARATOR}
FROZEN = re.compile(r"\bcryo\w*|\bfrozen\b|\bfreez\w*|\bthaw\w*|[-−–]\s?\d{2,3}\s?°?\s?C\b", re.IGNORECASE)


def is_masked(record: RegistryRecord) -> bool:
    """True when the record says that somebody is masked."""
    return record.design.masking.value not in (None, Masking.NONE)


def studies_product(record: RegistryRecord) -> bool:
    """True when a drug or a biological product is among the interventions."""
    return any(one.type.value in PRODUCTS for one in each(record.interventions))


def is_cell_derived(record: RegistryRecord) -> bool:
    """True when a product made from or by cells is given, to judge by titles, arms and interventions."""
    return studies_product(record) and any(
        CELL_DERIVED.search(one.text) for one in (*titles(record), *interventions(record))
    )


def active_arms(record: RegistryRecord) -> tuple[Arm, ...]:
    """Give the arms that receive the product under study or an active comparator."""
    kinds = {ArmType.EXPERIMENTAL, ArmType.ACTIVE_COMPARATOR}
    return tuple(arm for arm in each(record.arms) if arm.type.value in kinds)


def placebo_arms(record: RegistryRecord) -> tuple[Arm, ...]:
    """Give the arms on placebo or sham."""
    return tuple(arm for arm in each(record.arms) if arm.type.value in COMPARATORS)


def arms_with_product(record: RegistryRecord) -> tuple[Arm, ...]:
    """Give the arms that are given something to take or to receive, placebo included."""
    return tuple(
        arm for arm in each(record.arms) if any(one.type.value in TAKEN for one in record.interventions_of(arm))
    )


def own_texts(record: RegistryRecord, arms: tuple[Arm, ...]) -> tuple[Passage, ...]:
    """Give what is said of these arms, each passage once."""
    return tuple(dict.fromkeys(one for arm in arms for one in arm_passages(record, arm)))


def shared_texts(record: RegistryRecord) -> tuple[Passage, ...]:
    """Give what is said of all arms together: summary, description, model, masking."""
    return descriptions(record)


def plain(passages: tuple[Passage, ...]) -> str:
    """Join passages to one text."""
    return " \n ".join(one.plain for one in passages)
