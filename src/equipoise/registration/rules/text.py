"""Rules on wording."""

import re

from equipoise.registration.language.passage import Quote, clipped, find, find_all, prose
from equipoise.registration.language.products import CELL_FREE, is_cell_derived
from equipoise.registration.language.spelling import misspelt
from equipoise.registration.language.text_words import DECIMAL_COMMA, LOCAL_UNIT, MISTRANSLATED, TEMPERATURE
from equipoise.registration.rules.rule import Case, Catalogue, Judgement, RuleGroup, hit, not_applicable, ok
from equipoise.vocabulary import Severity

CATALOGUE = Catalogue(RuleGroup.TEXT)
SHOWN_WORDS = 6
CELLS_BELOW, MEDIUM_ABOVE = -120, -100
"""Living cells rest near the glass transition of water, about -130 C; conditioned medium lies at about -80 C."""


@CATALOGUE.rule(
    "TXT-01",
    Severity.INFO,
    sources="TIP",
    why="A misspelt term is not found by those who search for it.",
    mend="Correct the spelling.",
)
def spelling(case: Case) -> Judgement:
    """Words are misspelt."""
    found: dict[str, tuple[str, str, str]] = {}
    for one in prose(case.record):
        for word, right in misspelt(one.plain):
            found.setdefault(word.lower(), (word, right, one.place))
    if not found:
        return ok("No word misses a known one by a letter.")
    listed = ", ".join(f"{word} ({right})" for word, right, _ in list(found.values())[:SHOWN_WORDS])
    more = f", and {len(found) - SHOWN_WORDS} more" if len(found) > SHOWN_WORDS else ""
    quotes = (Quote(word, place) for word, _, place in list(found.values())[:SHOWN_WORDS])
    return hit(f"Misspelt, it seems: {listed}{more}.", *quotes)


@CATALOGUE.rule(
    "TXT-02",
    Severity.INFO,
    sources="OWN",
    why="A word that is right but means something else misleads a reader about what was done.",
    mend="Ask the authors what was meant.",
)
def mistranslation(case: Case) -> Judgement:
    """A term is implausible where it stands, and is probably a mistranslation."""
    for pattern, meant, only_with in MISTRANSLATED:
        for quote in find_all(pattern, prose(case.record)):
            if only_with is None or only_with.search(quote.text):
                found = pattern.search(quote.text)
                return hit(
                    f"'{found[0] if found else ''}' is probably meant to be '{meant}'; this is an inference.", quote
                )
    return ok("No known mistranslation was found.")


@CATALOGUE.rule(
    "TXT-03",
    Severity.INFO,
    sources="OWN",
    why="'0,9' can be read as nine, and 'cc' is not a unit of the SI.",
    mend="Write '0.9 %' and 'mL'.",
)
def local_number_or_unit(case: Case) -> Judgement:
    """A decimal comma or a local unit stands in an English record."""
    texts = prose(case.record)
    comma, unit = find(DECIMAL_COMMA, texts), find(LOCAL_UNIT, texts)
    if not comma and not unit:
        return ok("Numbers and units are written as in English.")
    what = [name for name, found in (("a decimal comma", comma), ("the unit 'cc'", unit)) if found]
    return hit(f"The record uses {' and '.join(what)}.", comma, unit)


@CATALOGUE.rule(
    "TXT-04",
    Severity.WARNING,
    sources="OWN PEER",
    why="Storage that fits another material leaves open which of the two was given.",
    mend="Say what was stored at this temperature: the cells, or the product.",
)
def storage_does_not_fit(case: Case) -> Judgement:
    """The storage condition does not fit the product that is named."""
    if not is_cell_derived(case.record):
        return not_applicable("no product made from or by cells is given")
    for quote in find_all(TEMPERATURE, prose(case.record)):
        coldest = _coldest(quote.text)
        cell_free = CELL_FREE.search(quote.text) is not None
        if cell_free and coldest < MEDIUM_ABOVE:
            return hit(
                f"{coldest} C is the storage of living cells; a cell-free product usually lies at about -80 C.",
                Quote(clipped(quote.text), quote.place),
            )
        if not cell_free and CELLS_BELOW < coldest < 0 and "cell" in quote.text.lower():
            return hit(
                f"Living cells are stored below {CELLS_BELOW} C, not at {coldest} C.",
                Quote(clipped(quote.text), quote.place),
            )
    return ok("No stated storage temperature contradicts the product.")


def _coldest(text: str) -> int:
    found = TEMPERATURE.search(text)
    numbers = [part for part in (found.groupdict().values() if found else ()) if part]
    return min((-int(re.sub(r"\D", "", number)) for number in numbers), default=0)
