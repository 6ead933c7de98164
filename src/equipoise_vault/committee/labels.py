"""Fresh labels for the arms of one report: drawn anew, and never used by another report."""

from collections.abc import Sequence
from string import ascii_uppercase

from equipoise_vault.drbg import KeyedGenerator
from equipoise_vault.envelope import Entropy

_KEY_BYTES = 32


def fresh_labels(arms: Sequence[str], report: int, entropy: Entropy) -> dict[str, str]:
    """Arm -> label such as `A3`: the letter is drawn, the number is the report's.

    The same letter in two reports says nothing, and no label stands in two reports.  The pairing is written nowhere.
    """
    generator = KeyedGenerator(entropy(_KEY_BYTES))
    letters = list(ascii_uppercase[: len(arms)])
    for last in range(len(letters) - 1, 0, -1):
        other = generator.below(last + 1)
        letters[last], letters[other] = letters[other], letters[last]
    return {arm: f"{letter}{report}" for arm, letter in zip(arms, letters, strict=True)}
