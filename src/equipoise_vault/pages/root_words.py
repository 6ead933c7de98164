"""A root in words that can be read aloud: sixteen proquints, each five letters for 16 bits.

Source: Wilkerson, A proposal for proquints: identifiers that are readable, spellable and pronounceable, arXiv:0901.4016
(2009): consonant (4 bits), vowel (2), consonant (4), vowel (2), consonant (4).
"""

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aiou"
_LETTERS = ((_CONSONANTS, 12), (_VOWELS, 10), (_CONSONANTS, 6), (_VOWELS, 4), (_CONSONANTS, 0))


def in_words(content: bytes) -> list[str]:
    """The words of an even number of bytes, two bytes each."""
    assert len(content) % 2 == 0, "a word holds two bytes"
    numbers = [int.from_bytes(content[at : at + 2], "big") for at in range(0, len(content), 2)]
    return ["".join(letters[number >> shift & len(letters) - 1] for letters, shift in _LETTERS) for number in numbers]
