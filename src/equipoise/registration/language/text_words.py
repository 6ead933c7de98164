"""Words that speak of wording: patterns for the rules of the same name."""

import re

from equipoise.registration.language.passage import phrase

UNIT = r"(?:%|mg|mcg|µg|μg|g|kg|ml|cc|l|IU|U|mmol|mm|cm|°\s?C)"
DECIMAL_COMMA = re.compile(rf"(?<![\d,.])\d{{1,3}},\d{{1,2}}(?!\d)\s?{UNIT}(?![A-Za-z])", re.IGNORECASE)
LOCAL_UNIT = re.compile(r"(?<![A-Za-z])\d+(?:[.,]\d+)?\s?cc\b", re.IGNORECASE)
CELL_WORDS = phrase(r"cells?\b", r"secretome", r"cultur\w*")
MISTRANSLATED = (
    (re.compile(r"\bchapter \d+", re.IGNORECASE), "passage", CELL_WORDS),
    (re.compile(r"\banamnesis\b", re.IGNORECASE), "medical history", None),
    (re.compile(r"\binformed conce(?:nt|rn)\b", re.IGNORECASE), "informed consent", None),
    (re.compile(r"\bethnic(?:al)? committee\b", re.IGNORECASE), "ethics committee", None),
    (re.compile(r"\b(?:clinical|control|controlled) trails?\b", re.IGNORECASE), "trial", None),
    (re.compile(r"\bstatically significant", re.IGNORECASE), "statistically significant", None),
    (re.compile(r"\bprostrate (?:cancer|gland)", re.IGNORECASE), "prostate", None),
    (re.compile(r"\bpubic health\b", re.IGNORECASE), "public health", None),
    (re.compile(r"\bcasual (?:relation|effect|link)\w*", re.IGNORECASE), "causal", None),
    (re.compile(r"\bdouble[- ]blinded? control trial", re.IGNORECASE), "controlled trial", None),
)
TEMPERATURE = re.compile(
    r"(?P<low>[-−–]\s?\d{2,3})\s*°?\s*C?\s*(?:to|and|-|–)\s*(?P<high>[-−–]\s?\d{2,3})\s*°?\s*C\b|"
    r"(?P<one>[-−–]\s?\d{2,3})\s*°?\s*C\b"
)
