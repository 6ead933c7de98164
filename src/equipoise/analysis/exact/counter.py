"""What an exact engine offers: the weight of all allocations whose treated sum reaches a threshold."""

from collections.abc import Mapping
from typing import Protocol

from equipoise.analysis.exact.graph import Key


class Counter(Protocol):
    """The distribution of the treated sum S, split by `Key` (number treated, overlap with the trial's own treated).

    Without overlap tracking the second part of every key is 0.
    """

    @property
    def engine(self) -> str:
        """The engine's name, for the result."""

    @property
    def weights(self) -> Mapping[Key, int]:
        """Total weight per key, as exact integers."""

    def at_least(self, key: Key, threshold: int) -> int:
        """Weight of the allocations with this key and S >= threshold."""

    def reaching(self, thresholds: Mapping[Key, int]) -> int:
        """Sum of `at_least` over the keys given."""
