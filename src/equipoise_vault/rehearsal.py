"""A vault for a rehearsal: its clock and its entropy are given, and its key shares are no secret."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from equipoise.vocabulary import Refusal, canonical_json, utc_from_text
from equipoise_vault.counter import Counter
from equipoise_vault.drbg import KeyedGenerator
from equipoise_vault.envelope import Entropy
from equipoise_vault.request import Door
from equipoise_vault.room import Room


def rehearsal_entropy(seed: int) -> Entropy:
    """The stream from which everything in a rehearsal's vault is drawn, its master key first."""
    return KeyedGenerator(hashlib.sha256(f"equipoise rehearsal {seed}".encode()).digest()).take


_BEFORE = datetime(1970, 1, 1, tzinfo=UTC)


class RehearsalCounter(Counter):
    """A counter over a fresh vault that is marked `rehearsal`; each request brings its own moment (`at`)."""

    def __init__(self, folder: Path, entropy: Entropy) -> None:
        self._now = _BEFORE
        room, self._key_shares = Room.create(folder, entropy, lambda: self._now, rehearsal=True)
        super().__init__(room)

    def answer(self, line: bytes, door: Door) -> bytes:
        try:
            document = json.loads(line)
            self._now = max(self._now, utc_from_text(document["at"]))
        except (ValueError, TypeError, KeyError):
            refusal = Refusal("VAULT-REQUEST", "A rehearsal's request says when it is made.")
            return canonical_json({"refused": {"rule": refusal.rule, "sentence": refusal.sentence, "remedy": ""}})
        if document.get("verb") == "rehearsal_key_shares":
            return canonical_json({"granted": {"key_shares": list(self._key_shares)}})
        return super().answer(line, door)
