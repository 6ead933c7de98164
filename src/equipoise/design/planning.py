"""What only the design needs to assume: true effects, correlations, leaving, adherence, drift, stock.

The models are read from the `planning` part of a scenario file.  Like everything in a scenario they are assumptions.
"""

from typing import Annotated

from pydantic import Field

from equipoise.instruments.item import Declared, Identifier

Share = Annotated[float, Field(ge=0, le=1)]
PositiveShare = Annotated[float, Field(gt=0, le=1)]
Correlation = Annotated[float, Field(ge=-1, le=1)]
Matrix = tuple[tuple[float, ...], ...]


class Leaving(Declared):
    """Shares of participants who leave before their outcome is measured, by what their leaving depends on.

    `at_random`: more often with a bad baseline; `not_at_random`: more often with a bad outcome, which is then unseen.
    """

    completely_at_random: Share = 0.0
    at_random: Share = 0.0
    not_at_random: Share = 0.0

    @property
    def total(self) -> float:
        return self.completely_at_random + self.at_random + self.not_at_random


class Stock(Declared):
    """Packs of the experimental product that are there at the start, and what comes later."""

    packs: Annotated[int, Field(ge=0)]
    delivery_every_weeks: Annotated[float, Field(gt=0)] | None = None
    delivery_packs: Annotated[int, Field(ge=0)] = 0


class EntryRule(Declared):
    """Only who reaches `least` on `item` at baseline takes part."""

    item: Identifier
    least: float


class PlannedEffect(Declared):
    """A difference between the arms that the trial might be planned for, in standard deviations of the outcome."""

    standardised: Annotated[float, Field(gt=0)]
    name: str
    source: str = ""


class Planning(Declared):
    """Assumptions on the endpoints; keys are items.  What stands here comes before what the scenario says in general.

    `effect` (item -> arm -> amount) and `improvement` (item -> amount) are in the item's own unit, or in natural
    logarithms for an item on a log scale; a positive amount is for the better.
    """

    entry: EntryRule | None = None
    """The entry rule; else the scenario's `entry_item` and `entry_score`."""
    effect: dict[Identifier, dict[Identifier, float]] = Field(default_factory=dict)
    improvement: dict[Identifier, float] = Field(default_factory=dict)
    visit_correlation: dict[Identifier, Correlation | Matrix] = Field(default_factory=dict)
    """Correlation between the visits of an item: one number for all pairs, or a matrix over baseline and visits."""
    endpoint_correlation: Correlation | None = None
    """One correlation for all pairs of items; else that of their common dependence on disease activity."""
    correlated_items: tuple[Identifier, ...] = ()
    correlation_matrix: Matrix | None = None
    """Correlations of `correlated_items`, in their order."""
    placebo_response: float = 0.0
    """Mean fall of latent activity, in its standard deviations, that injections of whatever kind bring about."""
    placebo_spread: Annotated[float, Field(ge=0)] = 0.0
    """Its standard deviation between participants."""
    drift: float = 0.0
    """Change of everybody's latent level from the first participant to the last, in standard deviations."""
    strata: dict[Identifier, dict[str, PositiveShare]] = Field(default_factory=dict)
    """Stratification factor -> level -> share of the participants; factors are independent.  Else the shares of the
    factor's own item in the scenario, and equal shares where it has none."""
    prognosis: dict[Identifier, dict[str, float]] = Field(default_factory=dict)
    """Stratification factor -> level -> how much lower latent activity is in it throughout, in standard deviations
    within a stratum.  Only the differences between levels count: the mean over the participants stays as it is."""
    leaving: Leaving = Field(default_factory=Leaving)
    non_adherence: Share = 0.0
    """Share of participants who get nothing of the effect, since they do not take the product."""
    lost_packs: Annotated[float, Field(ge=0, lt=1)] = 0.02
    """Share of packs that break, warm up or expire."""
    stock: Stock | None = None
    sizes: tuple[Annotated[int, Field(ge=2)], ...] = ()
    """Numbers of participants that are looked at beside the study's own."""
    planned_effects: tuple[PlannedEffect, ...] = ()
    """The first is the effect that power is stated for where `effect` names none."""
