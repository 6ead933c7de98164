"""What conduct knows of a participant when the analysis sets are formed: the names that `where` may use."""

from collections.abc import Mapping

from equipoise.instruments.item import ItemType

PARTICIPANT_FACTS: Mapping[str, ItemType] = {
    "randomised": ItemType.BOOLEAN,
    "withdrawn": ItemType.BOOLEAN,
    "eligible": ItemType.BOOLEAN,  # no criterion was found broken after randomisation
    "doses_given": ItemType.INTEGER,
    "doses_planned": ItemType.INTEGER,
    "important_deviations": ItemType.INTEGER,
    "baseline_observed": ItemType.BOOLEAN,  # of the primary endpoint
    "outcome_observed": ItemType.BOOLEAN,  # of the primary endpoint, at its encounter
}
"""Name -> kind.  None of them depends on the arm, so a set can be formed while everybody is masked (ICH E9, 5.2)."""
