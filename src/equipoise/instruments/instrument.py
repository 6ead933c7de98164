"""An instrument: items that are asked together, with the source of every fact in them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from equipoise.instruments.item import Abbreviated, Declared, Identifier, Item, Label


class Standing(StrEnum):
    """How well a fact is known; everything but `read` and `computed` is shown to the user as such."""

    READ = "read"  # taken from the cited source
    COMPUTED = "computed"  # arithmetic from stated inputs
    INFERRED = "inferred"  # reasoned from other facts
    UNCONFIRMED = "unconfirmed"  # general knowledge; to be checked against the original before it is relied on


class Source(Abbreviated):
    """Where a fact comes from."""

    plain_text_fills = "citation"

    citation: str
    standing: Standing = Standing.READ
    note: str = ""


class Sourced(Declared):
    """A file of facts: each `source` key in it must name one of its `sources`."""

    sources: Mapping[Identifier, Source]

    def source(self, key: str) -> Source:
        """The source with this key; a text that is no key is itself the citation (a study's own items)."""
        return self.sources.get(key, Source(citation=key))

    def unknown_sources(self, *keys: str) -> tuple[str, ...]:
        """The keys that name no source of this file."""
        return tuple(key for key in keys if key and key not in self.sources)


class Parameter(Declared):
    """A choice that an instrument leaves to the protocol, such as a look-back in days."""

    id: Identifier
    label: Label
    default: int
    source: Identifier


class Instrument(Sourced):
    """Items that a study definition takes with `uses: <id>`.

    `instruction` may name parameters in braces, `{look_back_days}`.
    """

    id: Identifier
    version: str
    title: Label
    instruction: Label | None = None
    parameters: tuple[Parameter, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_are_unique_and_sources_known(self) -> Self:
        ids = [item.id for item in self.items]
        if twice := sorted({each for each in ids if ids.count(each) > 1}):
            raise ValueError(f"instrument {self.id}: item ids stand twice: {', '.join(twice)}")
        keys = [item.source for item in self.items] + [parameter.source for parameter in self.parameters]
        if unknown := self.unknown_sources(*keys):
            raise ValueError(f"instrument {self.id}: no such source: {', '.join(unknown)}")
        return self

    def item(self, item_id: str) -> Item:
        """The item with this id.  Raises `KeyError` if there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def instruction_text(self, language: str = "en", **chosen: int) -> str:
        """The instruction in `language`, with the protocol's choices (or the defaults) in place of the parameters."""
        if self.instruction is None:
            return ""
        values = {parameter.id: chosen.get(parameter.id, parameter.default) for parameter in self.parameters}
        return self.instruction.text(language).format_map(values)
