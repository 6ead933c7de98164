"""Words that speak of what is given and when: patterns for the rules of the same name."""

from equipoise.registration.language.passage import phrase

PIECES = phrase(
    r"(?:one|two|three|four|\d+)\s+(?:pills?|tablets?|capsules?|drops?|puffs?|sachets?|ampoules?|vials?)",
    r"\d[\d,.]{0,15}\s?mg/(?:kg|m2)",
)
EVERY_ARM = phrase(
    r"both\b", r"all (?:arms|groups|participants|patients)", r"each (?:arm|group)", r"either\b", r"two groups"
)
FIRST_ARM = phrase(r"(?:treatment|intervention|experimental|active|study|test) (?:group|arm)s?")
OTHER_ARM = phrase(r"(?:control|placebo|comparator|comparison|sham) (?:group|arm)s?", r"placebo\b")
BACKGROUND = phrase(
    r"concomitant",
    r"background (?:therap|treat|medic)\w*",
    r"stable (?:dose|regimen|background|treatment)",
    r"standard (?:of )?care",
    r"usual care",
    r"prohibited",
    r"permitted",
    r"rescue",
    r"co-?administ\w*",
    r"other (?:medication|medicine|treatment|therap|drug)s?",
    r"corticosteroids?",
    r"steroids?\b",
    r"prednis\w*",
    r"immunosuppress\w*",
    r"wash-?out",
    r"(?:taking|receiving|use of|treated with)\s+[^.;]{0,40}(?:therap|medic|treat|drug)\w*",
)
