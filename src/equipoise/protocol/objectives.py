"""Objectives, endpoints and estimands (ICH E9(R1))."""

from enum import StrEnum
from typing import Literal

from equipoise.instruments.item import Declared, Identifier, Label
from equipoise.protocol.decision import OrUndecided


class Rank(StrEnum):
    """The place of an endpoint in the hierarchy; `safety` endpoints are described, not tested for benefit."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    EXPLORATORY = "exploratory"
    SAFETY = "safety"


class Objective(Declared):
    id: Identifier
    rank: Rank
    text: Label
    """The objective in words."""


class Endpoint(Declared):
    """What is compared: one item, at one encounter, as a value or as a change from the baseline encounter.

    SPIRIT 2025 item 16: domain (`name`), measurement (`item`), metric, and time (`encounter`); `better` says which
    end is good.
    """

    id: Identifier
    name: Label
    rank: Rank
    objective: Identifier
    item: Identifier
    """The item that is measured."""
    metric: Literal["change", "value"] = "change"
    """Whether the change from baseline or the value itself counts."""
    baseline: Identifier
    """The encounter that a change starts from."""
    encounter: Identifier
    """The encounter at which it is assessed."""
    better: Literal["lower", "higher"] = "lower"
    """Which end is good."""
    scale: Literal["identity", "log10"] = "identity"
    """`log10` for a skewed laboratory value."""
    unit: str = ""
    """UCUM code in which it is reported; empty for a score."""


Strategy = Literal["treatment_policy", "hypothetical", "composite", "while_on_treatment", "principal_stratum"]


class IntercurrentEvent(Declared):
    """An event after randomisation that affects the endpoint or its meaning, and the strategy for it."""

    event: str
    """What may happen after randomisation."""
    strategy: Strategy
    """How it is handled (ICH E9(R1) A.3.2)."""
    reason: str = ""


class Estimand(Declared):
    """The five attributes of ICH E9(R1) A.3.3."""

    id: Identifier
    endpoint: Identifier
    population: OrUndecided[str]
    """Whom the question is about."""
    treatment: OrUndecided[str]
    """Which treatment conditions are compared."""
    intercurrent_events: tuple[IntercurrentEvent, ...] = ()
    summary: OrUndecided[str]
    """The population-level summary, such as difference in means."""
