"""Sample size and power by formula.  Each question can be asked from either side: size, power, effect, level."""

from equipoise.design.power.ancova import ancova_effect, ancova_power, ancova_size
from equipoise.design.power.margins import (
    equivalence_power,
    equivalence_size,
    non_inferiority_power,
    non_inferiority_size,
)
from equipoise.design.power.ordinal import shifted_shares, whitehead_power, whitehead_size
from equipoise.design.power.proportions import chi_square_size, fisher_power, fisher_region, fisher_size
from equipoise.design.power.ranks import noether_power, noether_size, relative_effect
from equipoise.design.power.survival import (
    event_share,
    freedman_events,
    log_rank_power,
    participants_for_events,
    schoenfeld_events,
)
from equipoise.design.power.t_test import (
    paired_effect,
    paired_power,
    paired_size,
    two_sample_alpha,
    two_sample_effect,
    two_sample_power,
    two_sample_size,
)

__all__ = [
    "ancova_effect",
    "ancova_power",
    "ancova_size",
    "chi_square_size",
    "equivalence_power",
    "equivalence_size",
    "event_share",
    "fisher_power",
    "fisher_region",
    "fisher_size",
    "freedman_events",
    "log_rank_power",
    "noether_power",
    "noether_size",
    "non_inferiority_power",
    "non_inferiority_size",
    "paired_effect",
    "paired_power",
    "paired_size",
    "participants_for_events",
    "relative_effect",
    "schoenfeld_events",
    "shifted_shares",
    "two_sample_alpha",
    "two_sample_effect",
    "two_sample_power",
    "two_sample_size",
    "whitehead_power",
    "whitehead_size",
]
