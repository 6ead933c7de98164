"""Laboratory analytes and the panels that a form takes: units, conversions, limits of plausibility, restrictions."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from equipoise.instruments.instrument import Instrument, Sourced
from equipoise.instruments.item import (
    Declared,
    Identifier,
    Item,
    ItemType,
    Label,
    Limits,
    MolarFactor,
    RolesWithoutSight,
    UcumCode,
)


class Sex(StrEnum):
    """For which participants a reference range holds."""

    ANY = "any"
    FEMALE = "female"
    MALE = "male"


class PublishedRange(Declared):
    """A range seen in print: for orientation only, never for flags or grades."""

    low: Decimal | None = None
    high: Decimal | None = None
    unit: UcumCode
    sex: Sex = Sex.ANY
    source: Identifier


class Note(Declared):
    """A sentence about an analyte with its source."""

    text: str
    source: Identifier


class Analyte(Declared):
    """A laboratory quantity.

    `units` are the UCUM codes that a report may use; `scale` is how values spread (for the analysis plan);
    `kit_bound` forbids pooling of kits; `restricted` hides results that could betray the arm (by default none).
    """

    id: Identifier
    label: Label
    units: tuple[UcumCode, ...] = Field(min_length=1)
    equivalence: MolarFactor | None = None
    limits: Limits | None = None
    scale: Literal["linear", "near_normal", "right_skewed", "log"] = "linear"
    kit_bound: bool = False
    restricted: RolesWithoutSight = ()
    remark: str = ""
    notes: tuple[Note, ...] = ()
    published_ranges: tuple[PublishedRange, ...] = ()
    source: Identifier

    def sources_used(self) -> tuple[str, ...]:
        """The keys of all sources that this analyte cites."""
        cited = [self.source, *(note.source for note in self.notes), *(each.source for each in self.published_ranges)]
        cited += [part.source for part in (self.equivalence, self.limits) if part is not None]
        return tuple(cited)

    def item(self) -> Item:
        """The question that a form asks for this analyte."""
        return Item(
            id=self.id,
            label=self.label,
            type=ItemType.REPORTED_QUANTITY,
            units=self.units,
            equivalence=self.equivalence,
            limits=self.limits,
            comparator_allowed=True,
            help=Label(en=self.remark) if self.remark else None,
            restricted=self.restricted,
            source=self.source,
        )


class Panel(Declared):
    """Items that a form takes together."""

    id: Identifier
    title: Label
    items: tuple[Identifier, ...] = Field(min_length=1)


class Laboratory(Sourced):
    """All analytes, the other items of a laboratory form, and the panels."""

    version: str
    unit_names: Mapping[UcumCode, Label]
    analytes: tuple[Analyte, ...]
    other_items: tuple[Item, ...]
    panels: tuple[Panel, ...]

    @model_validator(mode="after")
    def _names_and_sources_are_known(self) -> Self:
        cited = [key for analyte in self.analytes for key in analyte.sources_used()]
        if unknown := self.unknown_sources(*cited):
            raise ValueError(f"laboratory: no such source: {', '.join(unknown)}")
        names = {analyte.id for analyte in self.analytes} | {item.id for item in self.other_items}
        for panel in self.panels:
            if missing := sorted(set(panel.items) - names):
                raise ValueError(f"panel {panel.id}: no such item: {', '.join(missing)}")
        return self

    def analyte(self, analyte_id: str) -> Analyte:
        """The analyte with this id.  Raises `KeyError` if there is none."""
        for analyte in self.analytes:
            if analyte.id == analyte_id:
                return analyte
        raise KeyError(analyte_id)

    def unit_name(self, code: str, language: str = "en") -> str:
        """How a unit is shown to people; the UCUM code where it has no other name."""
        name = self.unit_names.get(code)
        return name.text(language) if name else code

    def instrument(self, panel: Panel) -> Instrument:
        """A panel as an instrument."""
        items = {analyte.id: analyte.item() for analyte in self.analytes}
        items |= {item.id: item for item in self.other_items}
        return Instrument(
            id=panel.id,
            version=self.version,
            title=panel.title,
            items=tuple(items[each] for each in panel.items),
            sources=self.sources,
        )
