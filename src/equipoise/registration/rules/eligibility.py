"""Rules on eligibility criteria."""

import re

from equipoise.registration.field import Field, each
from equipoise.registration.language.eligibility_words import (
    ACTIVITY_AT_ENTRY,
    AGE_HIGH,
    AGE_LOW,
    AGE_RANGE,
    CLASSIFIED,
    CONDITIONAL_AGE,
    GUARDS,
    HEADING,
    NARROWER,
    ONLY_SEX,
    OWN_AGE,
    PERSON,
    PREGNANCY,
    PREGNANCY_RULE,
)
from equipoise.registration.language.passage import (
    Passage,
    Quote,
    clipped,
    descriptions,
    find,
    find_all,
    passage,
    phrase,
    quoted,
    said,
    titles,
)
from equipoise.registration.language.products import is_cell_derived
from equipoise.registration.record import Age, RegistryRecord
from equipoise.registration.rules.outcomes import has_activity_outcome
from equipoise.registration.rules.rule import (
    Case,
    Catalogue,
    Judgement,
    RuleGroup,
    hit,
    not_applicable,
    ok,
    undecidable,
)
from equipoise.registration.words import Sex
from equipoise.vocabulary import Severity

CATALOGUE = Catalogue(RuleGroup.ELIGIBILITY)
WOMEN, MEN = (
    phrase(r"wom[ae]n\b", r"females?\b", r"girls?\b"),
    phrase(r"(?<!wo)m[ae]n\b", r"(?<!fe)males?\b", r"boys?\b"),
)


@CATALOGUE.rule(
    "ELI-01",
    Severity.ERROR,
    sources="SP DEF",
    why="Without criteria for the diagnosis nobody can recruit the same people again.",
    mend="Name the classification criteria with their year, and the reasons for exclusion.",
)
def population_not_replicable(case: Case) -> Judgement:
    """No criteria for the diagnosis are named, or there are fewer than three criteria."""
    criteria = case.record.eligibility.criteria
    if criteria.value is None:
        return undecidable("The criteria are not in this source.")
    items = _items(criteria.value)
    healthy = (
        bool(case.record.eligibility.healthy_volunteers.value)
        or find(phrase("healthy"), [passage(criteria)]) is not None
    )
    classified = find(CLASSIFIED, [Passage(item, criteria.place) for item in items])
    few = len(items) < 3
    if few or not (classified or healthy):
        faults = (
            [f"only {len(items)} {'criterion is' if len(items) == 1 else 'criteria are'} listed"] if few else []
        ) + ([] if classified or healthy else ["no criteria for the diagnosis are named"])
        return hit(
            f"{' and '.join(faults).capitalize()}.", *(Quote(clipped(item), criteria.place) for item in items[:2])
        )
    return ok(f"{len(items)} criteria are listed.", classified)


def _items(text: str) -> list[str]:
    lines = [
        " ".join(part.split()) for part in re.split(r"\n\s*[-*•]\s+|\n\s*\d+[.)]\s+|\n\s*\n|\n(?=\S)", "\n" + text)
    ]
    return [line for line in lines if line and not HEADING.match(line)]


@CATALOGUE.rule(
    "ELI-02",
    Severity.WARNING,
    sources="OWN SP",
    why="Participants without activity cannot improve, and those chosen at their worst improve by themselves.",
    mend="Ask for a range of activity at entry, measured before the baseline value.",
)
def no_activity_at_entry(case: Case) -> Judgement:
    """The primary outcome is a score of disease activity, but no activity is asked for at entry."""
    outcome = has_activity_outcome(case.record)
    if not outcome:
        return not_applicable("no primary outcome is a score of disease activity")
    criteria = case.record.eligibility.criteria
    if criteria.value is None:
        return undecidable("The criteria are not in this source.", outcome)
    if found := find(ACTIVITY_AT_ENTRY, [passage(criteria)]):
        return ok("The criteria speak of activity.", found)
    return hit("The outcome is a score of activity; the criteria ask for none.", outcome, quoted(criteria))


@CATALOGUE.rule(
    "ELI-03",
    Severity.ERROR,
    sources="QC",
    why="Fields and text must describe the same people.",
    mend="Correct the age limits in the field or in the text.",
)
def ages_disagree(case: Case) -> Judgement:
    """The age limits in their fields contradict the text of the criteria."""
    low, high, criteria = (
        case.record.eligibility.minimum_age,
        case.record.eligibility.maximum_age,
        case.record.eligibility.criteria,
    )
    if criteria.value is None:
        return undecidable("The criteria are not in this source.")
    for item in _inclusions(criteria.value):
        if not OWN_AGE.match(item) or CONDITIONAL_AGE.search(item):
            continue
        plain = re.sub(r"\([^()]*\)", "", item)
        bounds = AGE_RANGE.search(plain)
        lowest, highest = (bounds, bounds) if bounds else (AGE_LOW.search(plain), AGE_HIGH.search(plain))
        stated_low = next(
            (
                int(value)
                for key, value in (lowest.groupdict() if lowest else {}).items()
                if value and key.startswith("low")
            ),
            None,
        )
        stated_high = int(highest["high"]) if highest and highest["high"] else None
        if _clashes(low, stated_low) or _clashes(high, stated_high):
            fields = f"{low.value or 'no minimum'} to {high.value or 'no maximum'}"
            return hit(
                f"The fields say {fields}, the text something else.",
                Quote(clipped(item), criteria.place),
                Quote(fields, low.place),
            )
    return ok("No age in the criteria contradicts the fields.", said(low, "minimum age"), said(high, "maximum age"))


def _clashes(field: Field[Age], stated: int | None) -> bool:
    """True when a stated age in years is not the limit of the field; a maximum may be printed as 'under 61' for 60."""
    if stated is None or field.value is None:
        return False
    return abs(field.value.years - stated) > 1


def _inclusions(text: str) -> list[str]:
    return _items(re.split(r"exclusion criteria", text, maxsplit=1, flags=re.IGNORECASE)[0])


@CATALOGUE.rule(
    "ELI-04",
    Severity.ERROR,
    sources="QC",
    why="Fields and text must describe the same people.",
    mend="Correct the field or the text.",
)
def sexes_disagree(case: Case) -> Judgement:
    """The sex in its field contradicts the text of the criteria."""
    sex, criteria = case.record.eligibility.sex, case.record.eligibility.criteria
    if sex.value is None or criteria.value is None:
        return undecidable("Sex or criteria are not in this source.")
    both = [item for item in _inclusions(criteria.value) if WOMEN.search(item) and MEN.search(item)]
    only = [
        (item, found["sex"].lower())
        for item in _inclusions(criteria.value)
        if (found := ONLY_SEX.match(item)) and item not in both
    ]
    other: tuple[str, ...] = {Sex.ALL: (), Sex.FEMALE: ("m",), Sex.MALE: ("w", "f")}[sex.value]
    for item, word in only:
        named_other_sex = word.startswith(other)
        one_sex_only = (
            sex.value is Sex.ALL
            and not both
            and not CONDITIONAL_AGE.search(item)
            and len({sexed[0] in "wf" for _, sexed in only}) == 1
        )
        if named_other_sex or one_sex_only:
            return hit(
                f"The field says {sex.value.lower()}, the text speaks of {word}.",
                Quote(clipped(item), criteria.place),
                said(sex, "sex"),
            )
    return ok("No criterion contradicts the field.", said(sex, "sex"))


@CATALOGUE.rule(
    "ELI-05",
    Severity.INFO,
    sources="SP",
    why="An exclusion that nobody tests for protects nobody.",
    mend="Say when a pregnancy test is done, which contraception is asked for, and what holds during lactation.",
)
def pregnancy_without_rule(case: Case) -> Judgement:
    """Pregnancy is excluded without a rule on testing, contraception or lactation."""
    criteria = case.record.eligibility.criteria
    if criteria.value is None:
        return undecidable("The criteria are not in this source.")
    found = find(PREGNANCY, [passage(criteria)])
    if not found or case.record.eligibility.sex.value is Sex.MALE:
        return not_applicable("pregnancy is not among the criteria")
    if rule := find(PREGNANCY_RULE, [passage(criteria)]):
        return ok("Testing, contraception or lactation is addressed.", rule)
    return hit("Pregnancy is excluded, but testing, contraception and lactation are not addressed.", found)


@CATALOGUE.rule(
    "ELI-06",
    Severity.WARNING,
    sources="PEER",
    why="Growth factors and traces of culture antibiotics: comparable trials exclude infection, cancer and allergy.",
    mend="Exclude active infection, malignancy, and allergy to what remains of the culture.",
)
def cell_product_without_guards(case: Case) -> Judgement:
    """A cell-derived product is given without exclusions for infection, malignancy and allergy."""
    if not is_cell_derived(case.record):
        return not_applicable("no product made from or by cells is given")
    criteria = case.record.eligibility.criteria
    if criteria.value is None:
        return undecidable("The criteria are not in this source.")
    missing = [name for name, words in GUARDS.items() if not find(words, [passage(criteria)])]
    if not missing:
        return ok("Infection, malignancy and allergy are among the criteria.")
    return hit(f"The criteria do not exclude {', '.join(missing)}.", quoted(criteria))


@CATALOGUE.rule(
    "ELI-07",
    Severity.WARNING,
    sources="MIR",
    why="A term that is too broad hides the trial from those who search, and widens what it seems to show.",
    mend="Register the condition by the term that the text uses, as a MeSH term if there is one.",
)
def condition_too_broad(case: Case) -> Judgement:
    """The condition, or where it is missing the criterion, is broader than the population of the text."""
    record = case.record
    term, which = _population_term(record)
    if not term:
        return undecidable("Neither condition nor criteria are in this source.")
    for broad, narrow in NARROWER.values():
        found = find(narrow, titles(record)) or _of_people(narrow, record)
        if found and broad.search(term.text) and not narrow.search(term.text):
            return hit(f"{which} is broader than the population that the text speaks of.", term, found)
    return ok("No narrower population is named in the text.", term)


def _of_people(pattern: re.Pattern[str], record: RegistryRecord) -> Quote | None:
    """Give the first sentence that names people with the narrower condition; background is not a population."""
    return next((quote for quote in find_all(pattern, descriptions(record)) if PERSON.search(quote.text)), None)


def _population_term(record: RegistryRecord) -> tuple[Quote | None, str]:
    if each(record.conditions):
        return said(record.conditions, "condition"), "The condition"
    criteria = record.eligibility.criteria
    items = _inclusions(criteria.value) if criteria.value else []
    if not items:
        return None, ""
    return Quote(clipped(items[0]), criteria.place), "The condition is not in this source; the first criterion"
