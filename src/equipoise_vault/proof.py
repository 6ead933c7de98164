"""The proof that what a code break showed is what was sealed: public arithmetic, for the page that shows it (K17)."""

from collections.abc import Mapping
from typing import Any

from equipoise.allocation.commitment import next_link, slot_leaf
from equipoise.allocation.merkle import verify_inclusion


def is_proven(shown: Mapping[str, Any], place: tuple[int, int], public: str) -> bool:
    """True if the arm and nonce in `shown` belong to the sealed list at `place` (stratum, slot).

    `public` is the root; of a live list, the link that the trial's ledger holds for the slot.
    """
    leaf = slot_leaf(*place, shown["arm"], bytes.fromhex(shown["nonce"]))
    if "link_before" in shown:
        return next_link(shown["link_before"], leaf, tuple(shown["levels"])) == public
    path = [bytes.fromhex(node) for node in shown["path"]]
    return verify_inclusion(leaf, shown["position"], shown["size"], path, bytes.fromhex(public))
