"""Rules on what is given: dose, route, schedule, product."""

from decimal import Decimal
from itertools import pairwise

from equipoise.registration.derive import registered_dosing_days
from equipoise.registration.field import each
from equipoise.registration.language.dosage import (
    DURATION,
    FREQUENCY,
    IMPLIED_ROUTE,
    STRENGTH,
    VOLUME,
    giving,
    volumes_ml,
)
from equipoise.registration.language.intervention_words import BACKGROUND, EVERY_ARM, FIRST_ARM, OTHER_ARM, PIECES
from equipoise.registration.language.numbers import counted
from equipoise.registration.language.passage import Quote, clipped, find, phrase, prose, quoted, said
from equipoise.registration.language.products import (
    CELL_DERIVED,
    PRODUCTS,
    active_arms,
    arms_with_product,
    is_cell_derived,
    own_texts,
    placebo_arms,
    plain,
    shared_texts,
    studies_product,
)
from equipoise.registration.language.times import dosing_days
from equipoise.registration.record import Arm, RegistryRecord
from equipoise.registration.rules.rule import (
    Case,
    Catalogue,
    Judgement,
    RuleGroup,
    hit,
    not_applicable,
    ok,
)
from equipoise.registration.words import ArmType, InterventionType
from equipoise.vocabulary import Severity

CATALOGUE = Catalogue(RuleGroup.DESIGN)


@CATALOGUE.rule(
    "DES-09",
    Severity.WARNING,
    sources="DEF SP",
    why="Dose, route, frequency and duration are what another team needs to give the same thing.",
    mend="Write for each arm: how much, by which route, how often, for how long.",
)
def arm_not_replicable(case: Case) -> Judgement:
    """An arm's description lacks dose, route, frequency or duration."""
    arms = arms_with_product(case.record)
    if not arms:
        return not_applicable("no arm is given a product")
    lacking = [(arm, missing) for arm in arms if (missing := _missing(case.record, arm))]
    if not lacking:
        return ok("Every arm states dose, route, frequency and duration.")
    words = "; ".join(
        f"'{clipped(arm.label.value or '', 40)}' lacks {', '.join(missing)}" for arm, missing in lacking[:4]
    )
    more = f"; and {len(lacking) - 4} more" if len(lacking) > 4 else ""
    return hit(
        f"{words}{more}.",
        *(quoted(arm.description if arm.description.is_given else arm.label) for arm, _ in lacking[:2]),
    )


def _missing(record: RegistryRecord, arm: Arm) -> list[str]:
    text = plain(own_texts(record, (arm,)))
    given = giving(text)
    present = {
        "dose": arm in placebo_arms(record)
        or bool(VOLUME.search(text) or STRENGTH.search(text) or PIECES.search(text)),
        "route": bool(given.routes or given.forms & set(IMPLIED_ROUTE)),
        "frequency": bool(FREQUENCY.search(text)),
        "duration": bool(DURATION.search(text)),
    }
    return [name for name, there in present.items() if not there]


@CATALOGUE.rule(
    "DES-10",
    Severity.WARNING,
    sources="DEF PEER",
    why="The type decides who finds the record and which rules apply; comparable products are typed biological.",
    mend="Change the type of the intervention to Biological.",
)
def cell_product_typed_drug(case: Case) -> Judgement:
    """A product made from or by cells is typed Drug rather than Biological."""
    for one in each(case.record.interventions):
        names = f"{one.name.value} {one.description.value or ''}"
        if one.type.value is InterventionType.DRUG and CELL_DERIVED.search(names):
            return hit(
                "A product made from or by cells is typed Drug.",
                Quote(f"Drug: {one.name.value}", one.name.place),
                quoted(one.description),
            )
    if not is_cell_derived(case.record):
        return not_applicable("no product made from or by cells is given")
    return ok("The cell-derived product is not typed Drug.")


@CATALOGUE.rule(
    "DES-11",
    Severity.ERROR,
    sources="SP",
    why="A volume without strength is not a dose: the same volume can hold any amount.",
    mend="Give protein mass, particles, cell equivalents or the potency of the lot.",
)
def volume_without_strength(case: Case) -> Judgement:
    """The dose of the product is a volume only, without strength."""
    record = case.record
    if not studies_product(record):
        return not_applicable("no drug or biological product is studied")
    texts = (*own_texts(record, active_arms(record)), *shared_texts(record))
    volume = find(VOLUME, texts)
    if not volume:
        return ok("The dose is not given as a volume.")
    if strength := find(STRENGTH, texts):
        return ok("A strength stands with the volume.", volume, strength)
    return hit("The dose is a volume; no strength of the product is stated.", volume)


@CATALOGUE.rule(
    "DES-12",
    Severity.ERROR,
    sources="SP DEF",
    why="'Injection' can mean muscle, skin or vein; without the route nobody can repeat the treatment.",
    mend="Name the route for every product.",
)
def route_missing(case: Case) -> Judgement:
    """The route of administration is missing."""
    record = case.record
    if not studies_product(record):
        return not_applicable("no drug or biological product is studied")
    texts = (*own_texts(record, tuple(each(record.arms))), *shared_texts(record))
    found = giving(plain(texts))
    if found.routes or found.forms & set(IMPLIED_ROUTE):
        return ok(f"A route is stated or follows from the form: {found}.")
    named = find(phrase(r"inject\w*", r"infus\w*", r"appli\w*", r"given\b", r"administ\w*"), texts)
    forms = f"Only '{found}' is stated" if found.forms else "Nothing is stated"
    return hit(
        f"{forms}; no route is named.",
        named or said(record.interventions if not each(record.interventions) else each(record.interventions)[0].name),
    )


@CATALOGUE.rule(
    "DES-13",
    Severity.WARNING,
    sources="QC",
    why="If only one arm comes for its dose, contact with staff differs and masking is gone.",
    mend="State the schedule for every arm.",
)
def schedule_for_one_arm(case: Case) -> Judgement:
    """The dosing schedule is given for some arms only."""
    record = case.record
    arms = [arm for arm in arms_with_product(record) if arm.type.value is not ArmType.NO_INTERVENTION]
    if len(arms) < 2:
        return not_applicable("fewer than two arms are given a product")
    own = {arm.label.value for arm in arms if _has_schedule(record, arm)}
    sentence = _scheduling_sentence(record)
    if sentence and (
        EVERY_ARM.search(sentence.text) or not (FIRST_ARM.search(sentence.text) or OTHER_ARM.search(sentence.text))
    ):
        return ok("The schedule is stated for all arms together.", sentence)
    if sentence and FIRST_ARM.search(sentence.text):
        own |= {arm.label.value for arm in active_arms(record)}
    if sentence and OTHER_ARM.search(sentence.text):
        own |= {arm.label.value for arm in placebo_arms(record)}
    without = [arm for arm in arms if arm.label.value not in own]
    if not own:
        return ok("No arm has a schedule; DES-09 says so for each.")
    if not without:
        return ok("Every arm has a schedule.")
    return hit(
        f"No schedule is stated for '{clipped(without[0].label.value or '', 60)}'.",
        sentence,
        quoted(without[0].description),
    )


def _has_schedule(record: RegistryRecord, arm: Arm) -> bool:
    texts = own_texts(record, (arm,))
    return bool(FREQUENCY.search(plain(texts)) or any(dosing_days(one.plain) for one in texts))


def _scheduling_sentence(record: RegistryRecord) -> Quote | None:
    for one in shared_texts(record):
        for sentence in one.sentences():
            if len(dosing_days(sentence.text)) > 1:
                return Quote(clipped(sentence.text, 240), sentence.place)
    return None


@CATALOGUE.rule(
    "DES-14",
    Severity.ERROR,
    sources="OWN",
    why="Days of dosing are counted from 1 upwards; any other list is an entry error.",
    mend="Correct the list of days.",
)
def dosing_days_out_of_order(case: Case) -> Judgement:
    """The days of dosing are not positive or not strictly increasing."""
    found = registered_dosing_days(case.record)
    if not found:
        return ok("No list of dosing days is in this source.")
    days, quote = found
    listed = ", ".join(str(day) for day in days)
    if min(days) < 1 or any(later <= day for day, later in pairwise(days)):
        return hit(f"The days {listed} are not positive and increasing.", quote)
    total = total_volume_ml(case.record)
    volume = f", {total.normalize():f} mL in all" if total else ""
    return ok(f"Days {listed}: {counted(len(days), 'dose')}{volume}.", quote)


@CATALOGUE.rule(
    "DES-19",
    Severity.WARNING,
    sources="SP",
    why="What participants take besides, steroids above all, moves the same outcomes.",
    mend="Say which background treatment is kept, allowed, forbidden, and how changes are handled.",
)
def background_therapy_absent(case: Case) -> Judgement:
    """Concomitant and background treatment is not described."""
    if not any(one.type.value in PRODUCTS for one in each(case.record.interventions)):
        return not_applicable("no drug or biological product is studied")
    if found := find(BACKGROUND, prose(case.record)):
        return ok("Background or concomitant treatment is mentioned.", found)
    return hit("No text speaks of background or concomitant treatment.", quoted(case.record.eligibility.criteria))


def total_volume_ml(record: RegistryRecord) -> Decimal | None:
    """Give the volume per dose times the number of dosing days, in millilitres, or None where either is unknown."""
    days = registered_dosing_days(record)
    volumes = set(volumes_ml(plain((*own_texts(record, active_arms(record)), *shared_texts(record)))))
    return volumes.pop() * len(days[0]) if days and len(volumes) == 1 else None
