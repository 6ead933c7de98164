"""The frozen randomisation design: everything that, with the two seed shares, fixes the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from equipoise.allocation.minimisation import Minimisation
from equipoise.allocation.procedures import BigStick, BlockUrn, Complete, PermutedBlocks, Procedure, Ratio
from equipoise.vocabulary import Json, Refusal, canonical_json, digest

ARM_BYTES = 32
"""An arm's name fills this many bytes in a leaf and in an envelope, so that no length tells it."""
MOST_STRATA = 9_999
MOST_SLOTS = 999_999


@dataclass(frozen=True, slots=True)
class PackPlan:
    """How many packs are numbered for each slot: one per dose, and spares for a pack that is broken or lost."""

    doses: int
    spares: int = 0

    @property
    def per_slot(self) -> int:
        return self.doses + self.spares


@dataclass(frozen=True, slots=True)
class RandomisationDesign:
    """What is fixed before the seed exists.

    `arms` are the planned arms' ids; `slots` is the same padded number for every stratum, so that the list's length
    says nothing about expected recruitment; `strata` names the strata in order, and is empty for one unnamed stratum;
    `study` is the digest of the study definition; `salt` (hexadecimal) keeps the digest from being searched for the
    restriction, which no recruiter may know.
    Source: ICH E9 section 2.3; CONSORT 2025 items 17 and 18.
    """

    arms: tuple[str, ...]
    procedure: Procedure
    slots: int
    ratio: Ratio = ()
    strata: tuple[str, ...] = ()
    packs: PackPlan | None = None
    study: str = ""
    salt: str = ""

    def __post_init__(self) -> None:
        problem = next(iter(_problems(self)), None)
        if problem:
            raise Refusal("ALLOCATION-DESIGN", problem, "Mend the randomisation details; nothing has been sealed.")

    @property
    def shares(self) -> Ratio:
        """The allocation ratio, one positive integer per arm."""
        return self.ratio or (1,) * len(self.arms)

    @property
    def stratum_count(self) -> int:
        return max(1, len(self.strata))

    @property
    def is_live(self) -> bool:
        """True if arms are drawn one by one as participants come, and no list exists."""
        return isinstance(self.procedure, Minimisation)

    @property
    def list_length(self) -> int:
        """Number of slots over all strata: the number of leaves that are committed."""
        return self.stratum_count * self.slots

    def canonical(self) -> dict[str, Json]:
        """The design as JSON; what holds its usual value is left out, so that old digests stay as they are."""
        document: dict[str, Json] = {
            "arms": list(self.arms),
            "slots": self.slots,
            "strata": self.stratum_count,
            **self.procedure.parameters(),
        }
        if self.strata:
            document["stratum_names"] = list(self.strata)
        if self.ratio and set(self.ratio) != {1}:
            document["ratio"] = list(self.ratio)
        if self.packs:
            document["packs"] = {"doses": self.packs.doses, "spares": self.packs.spares}
        if self.study:
            document["study"] = self.study
        if self.salt:
            document["salt"] = self.salt
        return document

    def canonical_bytes(self) -> bytes:
        return canonical_json(self.canonical())

    @property
    def digest(self) -> str:
        """D, the SHA-256 of the canonical bytes."""
        return digest(self.canonical())


def default_design(arms: tuple[str, str], slots: int, packs: PackPlan | None = None) -> RandomisationDesign:
    """The design for two equal arms at one site with about 30 participants: the big stick with tolerance 4.

    With every earlier arm known, 55 % of guesses are right and 10 % of allocations are certain (a fixed block of four
    gives 70 % and 31 %).  Source: the comparison in docs/decisions/0004-sealed-allocation.md.
    """
    return RandomisationDesign(arms=arms, procedure=BigStick(4), slots=slots, packs=packs)


def read_design(document: Mapping[str, Any]) -> RandomisationDesign:
    """Read what `RandomisationDesign.canonical` wrote, or what a person wrote in the same words.

    Raises `Refusal` that names the missing or unknown word.
    """
    known = _COMMON | _PARAMETERS.get(str(document.get("method")), frozenset())
    unknown = sorted(set(document) - known)
    if unknown:
        raise _unreadable(f"“{unknown[0]}” is not part of this method's design.")
    try:
        design = _read(document)
    except KeyError as missing:
        raise _unreadable(f"The design does not say “{missing.args[0]}”.") from missing
    except (TypeError, ValueError, AttributeError) as error:
        raise _unreadable("A number or a list in the design is not one.") from error
    if document.get("strata", design.stratum_count) != design.stratum_count:
        raise _unreadable("The number of strata and their names differ.")
    return design


_COMMON = frozenset({"arms", "method", "slots", "strata", "stratum_names", "ratio", "packs", "study", "salt"})
_PARAMETERS = {
    "permuted-blocks": frozenset({"block_sizes"}),
    "big-stick": frozenset({"mti"}),
    "block-urn": frozenset({"lambda"}),
    "minimisation": frozenset({"factors", "weights", "favour"}),
}


def _read(document: Mapping[str, Any]) -> RandomisationDesign:
    packs = document.get("packs")
    return RandomisationDesign(
        arms=tuple(map(str, document["arms"])),
        procedure=_read_procedure(document),
        slots=_whole(document["slots"]),
        ratio=tuple(map(_whole, document.get("ratio", ()))),
        strata=tuple(map(str, document.get("stratum_names", ()))),
        packs=PackPlan(_whole(packs["doses"]), _whole(packs.get("spares", 0))) if packs else None,
        study=str(document.get("study", "")),
        salt=str(document.get("salt", "")),
    )


def _read_procedure(document: Mapping[str, Any]) -> Procedure:
    match document["method"]:
        case "complete":
            return Complete()
        case "permuted-blocks":
            return PermutedBlocks(tuple(map(_whole, document["block_sizes"])))
        case "big-stick":
            return BigStick(_whole(document["mti"]))
        case "block-urn":
            return BlockUrn(_whole(document["lambda"]))
        case "minimisation":
            factors = tuple(map(str, document["factors"]))
            weights = tuple(map(_whole, document.get("weights", [1] * len(factors))))
            part, whole = map(_whole, document["favour"])
            return Minimisation(factors, weights, (part, whole))
        case other:
            raise _unreadable(f"“{other}” is not a method that can be sealed.")


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _unreadable(sentence: str) -> Refusal:
    return Refusal("ALLOCATION-DESIGN", sentence, "Mend the randomisation details; nothing has been sealed.")


def _problems(design: RandomisationDesign) -> tuple[str, ...]:
    problems = []
    if len(design.arms) < 2 or len(set(design.arms)) != len(design.arms):
        problems.append("A randomised trial has at least two arms, each named once.")
    if any(not 0 < len(arm.encode()) <= ARM_BYTES or "\0" in arm for arm in design.arms):
        problems.append(f"An arm's id has 1 to {ARM_BYTES} bytes.")
    if len(design.shares) != len(design.arms) or min(design.shares, default=0) < 1:
        problems.append("The ratio has one positive whole number per arm.")
    if not 1 <= design.slots <= MOST_SLOTS or design.stratum_count > MOST_STRATA:
        problems.append("The numbers of slots and strata are outside what a leaf can hold.")
    if len(set(design.strata)) != len(design.strata):
        problems.append("Each stratum is named once.")
    if not set(design.salt) <= set("0123456789abcdef"):
        problems.append("The salt is written in hexadecimal digits, in small letters.")
    if design.packs and (design.packs.doses < 1 or design.packs.spares < 0):
        problems.append("Packs are numbered for at least one dose.")
    if design.is_live and design.strata:
        problems.append("Minimisation balances its factors itself: leave the strata out.")
    return tuple(problems) or design.procedure.problems(design.shares)
