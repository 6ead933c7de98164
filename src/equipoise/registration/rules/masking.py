"""Rules on whether masking can hold."""

from equipoise.registration.field import each
from equipoise.registration.language.dosage import giving
from equipoise.registration.language.masking_words import FORM_WORDS, MATCHING, PREPARER, ROUTING, UNBLINDED
from equipoise.registration.language.measures import MeasureKind, measures_in
from equipoise.registration.language.passage import (
    Passage,
    Quote,
    find,
    given,
    outcome_passages,
    passage,
    prose,
    quoted,
    said,
)
from equipoise.registration.language.products import (
    FROZEN,
    active_arms,
    is_masked,
    own_texts,
    placebo_arms,
    plain,
    shared_texts,
)
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
from equipoise.vocabulary import Severity

CATALOGUE = Catalogue(RuleGroup.DESIGN)


@CATALOGUE.rule(
    "DES-03",
    Severity.WARNING,
    sources="SP MATCH E6",
    why="Masking that is only asserted can be neither repeated nor judged; colour is what observers notice first.",
    mend="Say who prepares, how volume, look, consistency and container are matched, and who is not masked.",
)
def masking_not_described(case: Case) -> Judgement:
    """The masking description does not say who prepares, what is matched, and who stays unmasked."""
    record = case.record
    if not is_masked(record):
        return not_applicable("nobody is masked")
    texts = given((passage(record.design.masking_description), *shared_texts(record)))
    missing = [] if find(PREPARER, texts) else ["who prepares the product"]
    unmatched = [name for name, words in MATCHING.items() if not find(words, texts)]
    if placebo_arms(record) and unmatched:
        missing.append(f"whether {', '.join(unmatched)} are matched")
    if not find(UNBLINDED, texts):
        missing.append("who is not masked")
    description = record.design.masking_description
    where = quoted(description) if description.is_given else said(record.design.masking, "masking")
    if missing:
        return hit(f"The record does not say {'; '.join(missing)}.", where)
    return ok("The record says who prepares, what is matched and who is not masked.", where)


@CATALOGUE.rule(
    "DES-04",
    Severity.ERROR,
    sources="QC MATCH",
    why="A placebo of another form or route gives the allocation away at the first dose.",
    mend="Use the same form, route and volume in both arms, and say so in both.",
)
def placebo_differs(case: Case) -> Judgement:
    """The placebo's form or route differs from that of the active product although somebody is masked."""
    record = case.record
    if not is_masked(record) or not placebo_arms(record):
        return not_applicable("there is no masked placebo arm")
    placebo = own_texts(record, placebo_arms(record))
    active = own_texts(record, active_arms(record))
    shared = shared_texts(record)
    given_to = {
        name: giving(plain(texts)) for name, texts in (("placebo", placebo), ("active", active), ("all arms", shared))
    }
    for left, right, texts in (("active", "placebo", active), ("all arms", "placebo", shared)):
        if given_to[left].differs_from(given_to[right]):
            return hit(
                f"The text gives {_who(left)} {given_to[left]}, the placebo {given_to[right]}.",
                _form(texts),
                _form(placebo),
            )
    if not given_to["placebo"].families or not (given_to["active"].families or given_to["all arms"].families):
        return undecidable(
            "Form and route are not stated for both placebo and active product.", _form(placebo), _form(active)
        )
    return ok(
        "Form and route of placebo and active product agree, as far as they are stated.", _form(placebo), _form(active)
    )


def _who(name: str) -> str:
    return {"active": "the active product as", "all arms": "every arm"}[name]


def _form(texts: tuple[Passage, ...]) -> Quote | None:
    return find(FORM_WORDS, texts)


@CATALOGUE.rule(
    "DES-05",
    Severity.WARNING,
    sources="E6 MATCH",
    why="A box from the freezer and a bottle from the shelf tell everyone who handles them which is which.",
    mend="Name an unmasked preparer, and let placebo go through the same storage and thawing.",
)
def storage_reveals(case: Case) -> Judgement:
    """The active product needs frozen storage, the comparator does not, and no unmasked preparer is named."""
    record = case.record
    if not is_masked(record) or not placebo_arms(record):
        return not_applicable("there is no masked placebo arm")
    frozen = find(FROZEN, own_texts(record, active_arms(record)))
    if not frozen:
        return ok("No frozen storage of the active product is stated.")
    placebo = own_texts(record, placebo_arms(record))
    if also := find(FROZEN, placebo):
        return ok("Placebo is stored frozen as well.", frozen, also)
    if preparer := find(PREPARER, prose(record)):
        return ok("Somebody who prepares the product is named.", frozen, preparer)
    return hit(
        "The active product is stored frozen, the placebo is not said to be, and nobody is named who prepares them.",
        frozen,
        _form(placebo) or (Quote(placebo[-1].plain, placebo[-1].place) if placebo else None),
    )


@CATALOGUE.rule(
    "DES-06",
    Severity.INFO,
    sources="E6",
    why="A laboratory value that changes under the product can unmask the team that sees it.",
    mend="Say that outcome values go to the data, and to the team only where safety needs them.",
)
def laboratory_values_visible(case: Case) -> Judgement:
    """Laboratory outcomes are collected in a masked trial, and who sees their values is not stated."""
    record = case.record
    if not is_masked(record):
        return not_applicable("nobody is masked")
    texts = (*outcome_passages(each(record.outcomes)), *shared_texts(record))
    found = [
        (one, named.words)
        for one in texts
        for named in measures_in(one.plain)
        if named.measure.kind is MeasureKind.LABORATORY
    ]
    if not found:
        return ok("No laboratory value is named among outcomes or assessments.")
    if routing := find(ROUTING, prose(record)):
        return ok("Who sees the laboratory values is stated.", routing)
    words = ", ".join(dict.fromkeys(words for _, words in found))
    return hit("Who sees these laboratory values during the trial is not stated.", Quote(words, found[0][0].place))
