"""Which characters a report may print: text from elsewhere is shown as it is, or its code point is named.

A character that nobody can see (controls, marks that reverse the direction of reading) may make a page say another
thing than its source; one that the embedded fonts lack would leave a blank in the archive copy, and PDF/A forbids it.
"""

import unicodedata

# What Libertinus Serif, New Computer Modern and DejaVu Sans Mono print together, as far as we have checked.
_EMBEDDED = (
    range(0x20, 0x7F),
    range(0xA0, 0x500),
    range(0x1E00, 0x2000),
    range(0x2010, 0x2028),
    range(0x2030, 0x203B),
    range(0x2070, 0x2095),
    range(0x20A0, 0x20BE),
    range(0x2190, 0x2400),
    range(0x2460, 0x2630),
)
_SINGLE = frozenset("\n\u202f№™Ω℃⅓⅔⅛✓✗")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """The text with each invisible or unassigned character named, such as `[U+202E]`; tabs become spaces."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " ").replace("\xad", ""))
    if plain.isascii() and plain.isprintable():
        return plain
    return "".join(_named(each) if unicodedata.category(each) in _UNSEEN and each != "\n" else each for each in plain)


def printable(text: str) -> str:
    """`visible`, and each character that the embedded fonts lack is named too."""
    seen = visible(text)
    return seen if seen.isascii() else "".join(each if _is_embedded(each) else _named(each) for each in seen)


def _is_embedded(character: str) -> bool:
    return character in _SINGLE or any(ord(character) in block for block in _EMBEDDED)


def _named(character: str) -> str:
    return f"[U+{ord(character):04X}]"
