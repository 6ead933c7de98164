"""Arms, interventions and masking: what is given, how it is handled, and who may know."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from equipoise.instruments.item import Declared, Identifier, Label
from equipoise.protocol.decision import OrUndecided
from equipoise.vocabulary import Role


class ArmRole(StrEnum):
    """What an arm is for (the registry's words, as SPIRIT item 15a asks)."""

    EXPERIMENTAL = "experimental"
    PLACEBO_COMPARATOR = "placebo_comparator"
    SHAM_COMPARATOR = "sham_comparator"
    ACTIVE_COMPARATOR = "active_comparator"
    NO_INTERVENTION = "no_intervention"
    OTHER = "other"


LONGEST_ARM = 32
"""An arm's id fills this many characters in the sealed list, so that no length tells it."""

ArmId = Annotated[Identifier, StringConstraints(max_length=LONGEST_ARM)]


class Arm(Declared):
    """One arm.  `interventions` names what its participants receive."""

    id: ArmId
    name: Label
    role: ArmRole
    interventions: tuple[Identifier, ...] = ()
    """What the arm receives; empty for no intervention."""


class StorageRange(Declared):
    """Allowed storage temperatures in degrees Celsius, both ends included."""

    low_c: Decimal
    high_c: Decimal


class Product(Declared):
    """How the product is kept and prepared.  Visible to the unmasked pharmacist only."""

    maker: OrUndecided[str] = "undecided"
    """Who makes it."""
    storage: OrUndecided[StorageRange] = "undecided"
    """The allowed storage temperatures."""
    thaw_to_use_minutes: OrUndecided[int] = "undecided"
    """How long after thawing a dose may be given; from the maker, never a constant."""
    thaws_at_most: int = 1
    """How often a pack may be thawed."""
    release_tests: tuple[str, ...] = ()
    """The tests that a lot has passed before it is released."""
    preparation: tuple[Label, ...] = ()
    """The steps of preparation, in order; the same for every arm."""


class Intervention(Declared):
    """What is given: kind, dose and route as masked roles may know them, product handling as the pharmacy must."""

    id: Identifier
    name: Label
    kind: Literal["drug", "biological", "device", "procedure", "behavioural", "other"] = "drug"
    description: str = ""
    dose_ml: OrUndecided[Decimal] = "undecided"
    """Volume of one dose in millilitres."""
    route: OrUndecided[str] = "undecided"
    """How it is given, such as intramuscular; the same for every arm that is masked."""
    product: Product = Field(default_factory=Product)


class Masking(Declared):
    """Who is masked, who is not and why, and how the interventions are kept alike."""

    masked: tuple[Role, ...]
    """The roles that must not know any arm before release."""
    unmasked: dict[Role, str] = Field(default_factory=dict)
    """Role -> the reason why this role must know."""
    look_alike: str = ""
    """How the preparations are kept alike in appearance, volume, steps and waiting times."""


class Stratum(Declared):
    """One stratification factor: an item whose value is signed before randomisation."""

    item: Identifier
    levels: tuple[str, ...]


class Randomisation(Declared):
    """What everybody may know of the randomisation.

    The method and its restriction (block sizes, tolerated imbalance) stand in a separate document, `details`, for the
    statistician and the pharmacist, and are never part of what recruiters see (ICH E9 2.3.2, CONSORT 2025 item 17b).
    """

    ratio: dict[Identifier, int]
    """Arm -> its share."""
    strata: tuple[Stratum, ...] = ()
    """Factors by which the list is divided; few, or none in a small trial (ICH E9 2.3.2)."""
    details: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*\.yaml$")] = "randomisation.yaml"
    """Name of the sealed document; never its content."""
