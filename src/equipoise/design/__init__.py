"""Before the first participant: assumptions, and what a trial would look like under them."""

from equipoise.design.nature import Life, draw_life, stream
from equipoise.design.planning import Leaving, PlannedEffect, Planning, Stock
from equipoise.design.scenario import (
    AdverseEventModel,
    Behaviour,
    ChoiceModel,
    PresenceModel,
    QuantityModel,
    Scenario,
    load_scenario,
    scenario_of_study,
)

__all__ = [
    "AdverseEventModel",
    "Behaviour",
    "ChoiceModel",
    "Leaving",
    "Life",
    "PlannedEffect",
    "Planning",
    "PresenceModel",
    "QuantityModel",
    "Scenario",
    "Stock",
    "draw_life",
    "load_scenario",
    "scenario_of_study",
    "stream",
]
