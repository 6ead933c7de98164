"""A disease activity index of weighted groups: a group counts its weight once if any of its descriptors is present.

MEX-SLEDAI is such an index.  Unknown is not absent: the total exists only if every group is decided, otherwise the
score has bounds.  A band (mild, active ...) is a reading of a total by a named source and is no part of the score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from equipoise.instruments.instrument import Instrument, Parameter, Sourced
from equipoise.instruments.item import Code, Declared, Derivation, Identifier, Item, ItemType, Label, Limits, UcumCode
from equipoise.vocabulary import Refusal


class Presence(StrEnum):
    """What an assessor says of a descriptor; no answer at all counts as unknown."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Threshold(Declared):
    """A laboratory or bedside value that a descriptor's definition asks for.

    Exactly one of `below`, `above` (in `unit`), `above_upper_limit` (of the laboratory) and `one_of` (codes).
    """

    analyte: Identifier
    below: Decimal | None = None
    above: Decimal | None = None
    unit: UcumCode | Literal[""] = ""
    above_upper_limit: bool = False
    one_of: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        conditions = (self.below is not None, self.above is not None, self.above_upper_limit, bool(self.one_of))
        if sum(conditions) != 1 or bool(self.unit) != (conditions[0] or conditions[1]):
            raise ValueError(f"threshold on {self.analyte}: give below or above with a unit, or one other condition")
        return self


class Descriptor(Declared):
    """One finding of a group.  `needs` are the measurable conditions of its definition, `unless` what excludes it."""

    id: Identifier
    label: Label
    definition: Label
    needs: tuple[Threshold, ...] = ()
    unless: Label | None = None
    source: Identifier
    doubt: str = ""


class Group(Declared):
    """Descriptors that share one weight."""

    number: int
    id: Identifier
    label: Label
    weight: int = Field(gt=0)
    descriptors: tuple[Descriptor, ...] = Field(min_length=1)


class Band(Declared):
    """The totals from `low` to `high`, both included, under one name."""

    low: int
    high: int
    label: Label


class BandScheme(Declared):
    """One source's reading of the total; schemes disagree, so each carries its source."""

    id: Identifier
    bands: tuple[Band, ...]
    source: Identifier


@dataclass(frozen=True, slots=True)
class Score:
    """The outcome of one assessment: `total` or, while a group is undecided, None with `lowest` and `highest`."""

    total: int | None
    lowest: int
    highest: int
    groups_present: tuple[str, ...]
    groups_unknown: tuple[str, ...]
    descriptors_present: tuple[str, ...]


class GroupedIndex(Sourced):
    """A weighted-group index as its data file gives it; `prefix` makes item ids unique across instruments."""

    id: Identifier
    version: str
    title: Label
    prefix: Identifier
    instruction: Label
    parameters: tuple[Parameter, ...] = ()
    answers: tuple[Code, ...]
    groups: tuple[Group, ...]
    band_schemes: tuple[BandScheme, ...] = ()
    known_wrong_copies: tuple[str, ...] = ()
    validity: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        descriptors = [each for group in self.groups for each in group.descriptors]
        ids = [each.id for each in descriptors]
        if len(set(ids)) < len(ids):
            raise ValueError(f"{self.id}: a descriptor stands twice")
        if [group.number for group in self.groups] != list(range(1, len(self.groups) + 1)):
            raise ValueError(f"{self.id}: groups are numbered 1, 2, 3 ...")
        if {code.value for code in self.answers} != set(Presence):
            raise ValueError(f"{self.id}: the answers are present, absent and unknown")
        keys = [each.source for each in descriptors] + [scheme.source for scheme in self.band_schemes]
        if unknown := self.unknown_sources(*keys):
            raise ValueError(f"{self.id}: no such source: {', '.join(unknown)}")
        for scheme in self.band_schemes:
            covered = [total for band in scheme.bands for total in range(band.low, band.high + 1)]
            if covered != list(range(self.highest + 1)):
                raise ValueError(f"{self.id}: the bands of {scheme.id} do not cover 0 to {self.highest} once each")
        return self

    @property
    def highest(self) -> int:
        """The greatest possible total."""
        return sum(group.weight for group in self.groups)

    def instrument(self) -> Instrument:
        """The index as items: one choice per descriptor, and the derived total and bounds."""
        asked = tuple(
            Item(
                id=self.prefix + descriptor.id,
                label=descriptor.label,
                type=ItemType.CHOICE,
                codes=self.answers,
                required=True,
                help=descriptor.definition,
                source=descriptor.source,
            )
            for group in self.groups
            for descriptor in group.descriptors
        )
        return Instrument(
            id=self.id,
            version=self.version,
            title=self.title,
            instruction=self.instruction,
            parameters=self.parameters,
            items=asked + tuple(self._derived(name, label) for name, label in _DERIVED.items()),
            sources=self.sources,
        )

    def _derived(self, name: str, label: Label) -> Item:
        return Item(
            id=self.prefix + name,
            label=label,
            type=ItemType.INTEGER,
            limits=Limits(hard_low=Decimal(0), hard_high=Decimal(self.highest)),
            derived=Derivation(score=f"{self.id}.{name}"),
        )

    def answers_of(self, items: Mapping[str, object]) -> dict[str, Presence]:
        """The descriptors' answers, out of the stored answers of a form (item id -> code)."""
        ids = [descriptor.id for group in self.groups for descriptor in group.descriptors]
        stored = {each: items[self.prefix + each] for each in ids if items.get(self.prefix + each) is not None}
        return {each: Presence(str(code)) for each, code in stored.items()}


_DERIVED = {
    "total": Label(en="Total score", id="Skor total"),
    "lowest": Label(en="Lowest possible score", id="Skor terendah yang mungkin"),
    "highest": Label(en="Highest possible score", id="Skor tertinggi yang mungkin"),
}


def score(index: GroupedIndex, answers: Mapping[str, str]) -> Score:
    """Score one assessment.

    `answers` maps descriptor ids to present, absent or unknown; a descriptor without an answer is unknown.  A group is
    present if any descriptor is, absent if all are absent, undecided otherwise.  Raises `Refusal` for a descriptor or
    an answer that the index does not have.
    """
    states = _read_answers(index, answers)
    present, undecided = list[Group](), list[Group]()
    for group in index.groups:
        found = {states[descriptor.id] for descriptor in group.descriptors}
        if Presence.PRESENT in found:
            present.append(group)
        elif Presence.UNKNOWN in found:
            undecided.append(group)
    lowest = sum(group.weight for group in present)
    highest = lowest + sum(group.weight for group in undecided)
    return Score(
        total=None if undecided else lowest,
        lowest=lowest,
        highest=highest,
        groups_present=tuple(group.id for group in present),
        groups_unknown=tuple(group.id for group in undecided),
        descriptors_present=tuple(each for each, state in states.items() if state is Presence.PRESENT),
    )


def _read_answers(index: GroupedIndex, answers: Mapping[str, str]) -> dict[str, Presence]:
    states = {descriptor.id: Presence.UNKNOWN for group in index.groups for descriptor in group.descriptors}
    for descriptor_id, answer in answers.items():
        if descriptor_id not in states or answer not in set(Presence):
            raise Refusal(
                "SCORE",
                f"{index.id} has no descriptor {descriptor_id!r} with an answer like this.",
                "Answer the descriptors of the instrument with present, absent or unknown.",
            )
        states[descriptor_id] = Presence(answer)
    return states


def band(index: GroupedIndex, scheme_id: str, total: int) -> Band:
    """How one named scheme reads a total.  Raises `Refusal` for a scheme or a total that the index does not have."""
    for scheme in index.band_schemes:
        for each in scheme.bands if scheme.id == scheme_id else ():
            if each.low <= total <= each.high:
                return each
    names = ", ".join(scheme.id for scheme in index.band_schemes)
    raise Refusal("BAND", f"{index.id} has no band of {scheme_id} here.", f"Totals run from 0; schemes: {names}.")
