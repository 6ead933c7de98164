"""A scenario: what nature and people are assumed to do in a trial that has not taken place.

Nothing in a scenario is a result.  Every number is an assumption, and what is made from it is marked synthetic.
"""

import math
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from equipoise.design.planning import Planning
from equipoise.design.scenario_faults import refusal_of
from equipoise.instruments.item import Declared, Identifier, Item, ItemType, Limits
from equipoise.vocabulary.yaml_source import read_yaml

Share = Annotated[float, Field(ge=0, le=1)]
Correlation = Annotated[float, Field(ge=-1, le=1)]


class QuantityModel(Declared):
    """A measured number.

    On a log scale `typical` is the median and `spread` the standard deviation of the natural logarithm; otherwise they
    are mean and standard deviation, in the item's first unit.  `activity` is the correlation with the latent disease
    activity; beyond `lowest` or `highest` the laboratory prints `<` or `>`; nature itself stays within `least` and
    `most`.
    """

    kind: Literal["quantity"] = "quantity"
    typical: float
    spread: Annotated[float, Field(ge=0)]
    scale: Literal["log", "identity"] = "log"
    activity: Correlation = 0.0
    decimals: Annotated[int, Field(ge=0, le=6)] = 1
    lowest: float | None = None
    highest: float | None = None
    least: float = -math.inf
    most: float = math.inf
    source: str = ""


class PresenceModel(Declared):
    """A sign that is present in a share of people at entry, more often when the disease is active."""

    kind: Literal["presence"] = "presence"
    share: Share
    activity: Correlation = 0.0
    present: str = "present"
    absent: str = "absent"
    source: str = ""


class ChoiceModel(Declared):
    """A choice whose codes come up in fixed shares, whatever the disease does."""

    kind: Literal["choice"] = "choice"
    shares: dict[str, Share]
    source: str = ""


ItemModel = Annotated[QuantityModel | PresenceModel | ChoiceModel, Field(discriminator="kind")]


class AdverseEventModel(Declared):
    """An event that a participant has with probability `share`, told at one of the visits from day 1 on."""

    term: str
    share: Share
    grade: Annotated[int, Field(ge=1, le=5)] = 1
    serious: bool = False
    related: bool = False
    extra_share: dict[Identifier, Share] = Field(default_factory=dict)
    """Arm -> what is added to the share in that arm."""


class Behaviour(Declared):
    """What people do, as shares of the occasions on which they could."""

    refuses_consent: Share = 0.05
    fails_a_criterion: Share = 0.15
    comes_late: Share = 0.12
    comes_outside_window: Share = 0.02
    misses_visit: Share = 0.03
    withdraws: Share = 0.07
    typing_error: Share = 0.004
    item_not_done: Share = 0.006
    dose_deviation: Share = 0.003


class Scenario(Declared):
    """Assumptions on recruitment, disease, effect and behaviour.

    Latent disease activity has mean 0 and standard deviation 1 among the people who are screened; the share
    `visit_correlation` of its variance stays with the person between visits.  Screening takes only those who reach
    `entry_score` on `entry_item`: what follows is regression to the mean.  `shared_improvement` (all arms) and
    `effect` (by arm) are falls of latent activity, in its standard deviations, reached at the last encounter.
    """

    name: str
    screened_per_week: Annotated[float, Field(gt=0)] = 2.0
    entry_item: Identifier | None = None
    entry_score: float | None = None
    visit_correlation: Share = 0.6
    shared_improvement: float = 0.0
    effect: dict[Identifier, float] = Field(default_factory=dict)
    items: dict[Identifier, ItemModel] = Field(default_factory=dict)
    adverse_events: tuple[AdverseEventModel, ...] = ()
    behaviour: Behaviour = Field(default_factory=Behaviour)
    planning: Planning = Field(default_factory=Planning)
    """What only the design needs; a rehearsal does not read it."""

    def model_of(self, item: Item) -> QuantityModel | PresenceModel | ChoiceModel | None:
        """The item's own model, else one that its limits or codes suggest; None for texts and dates."""
        return self.items.get(item.id) or _suggested(item)


def load_scenario(path: Path) -> Scenario:
    """Read a scenario file.  Raises `Refusal` with the line of thought that it breaks."""
    try:
        return Scenario.model_validate(read_yaml(path).data)
    except ValidationError as error:
        raise refusal_of(path.name, error) from error


def scenario_of_study(study: Path, given: Path | None = None) -> Scenario:
    """The scenario that was asked for, else the one beside the study's file or above it, else one by the items' limits.

    Raises `Refusal` as `load_scenario`.
    """
    if given is not None:
        return load_scenario(given)
    for folder in (study.parent, study.parent.parent):
        if (folder / "scenario.yaml").is_file():
            return load_scenario(folder / "scenario.yaml")
    return Scenario(name="suggested by the limits and codes of the items")


def _suggested(item: Item) -> QuantityModel | PresenceModel | ChoiceModel | None:
    if item.type is ItemType.BOOLEAN:
        return PresenceModel(share=0.1, present="true", absent="false")
    if item.type is ItemType.CHOICE:
        values = [code.value for code in item.codes]
        if {"present", "absent"} <= set(values):
            return PresenceModel(share=0.1)
        usual = 0.9 if len(values) > 1 else 1.0
        rest = (1 - usual) / max(1, len(values) - 1)
        return ChoiceModel(shares={value: usual if value == values[0] else rest for value in values})
    if item.type in (ItemType.INTEGER, ItemType.DECIMAL, ItemType.REPORTED_QUANTITY):
        return _from_limits(item)
    return None


def _from_limits(item: Item) -> QuantityModel:
    """A number that seldom leaves the soft limits: they are taken as the middle 99.99 %."""
    low, high = _usual_range(item)
    decimals = 0 if item.type is ItemType.INTEGER else 1
    return QuantityModel(typical=(low + high) / 2, spread=(high - low) / 8, scale="identity", decimals=decimals)


def _usual_range(item: Item) -> tuple[float, float]:
    limits = item.limits or Limits()
    low = limits.hard_low if limits.soft_low is None else limits.soft_low
    high = limits.hard_high if limits.soft_high is None else limits.soft_high
    floor = float(low) if low is not None else 0.0
    return floor, float(high) if high is not None else floor + 10.0
