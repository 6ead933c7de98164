"""Before the first participant: assumptions, and what a trial would look like under them."""

from equipoise.design.nature import Life, draw_life, stream
from equipoise.design.scenario import (
    AdverseEventModel,
    Behaviour,
    ChoiceModel,
    PresenceModel,
    QuantityModel,
    Scenario,
    load_scenario,
)

__all__ = [
    "AdverseEventModel",
    "Behaviour",
    "ChoiceModel",
    "Life",
    "PresenceModel",
    "QuantityModel",
    "Scenario",
    "draw_life",
    "load_scenario",
    "stream",
]
