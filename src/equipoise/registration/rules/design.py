"""Rules on the structure of the design, its titles and its summary."""

from itertools import pairwise

from equipoise.registration.field import each
from equipoise.registration.language.design_words import (
    ARMS_IN_TEXT,
    COMPARATOR_WORDS,
    CONCEALMENT,
    DESIGN_WORDS,
    DIVIDES,
    GENERATION,
    OBJECTIVE,
    POPULATION_WORDS,
    SAFETY_OR_DOSE,
)
from equipoise.registration.language.numbers import counted, number_of
from equipoise.registration.language.passage import (
    Quote,
    clipped,
    descriptions,
    find,
    find_all,
    passage,
    prose,
    quoted,
    said,
    titles,
)
from equipoise.registration.language.products import studies_product
from equipoise.registration.record import RegistryRecord
from equipoise.registration.rules.rule import (
    Case,
    Catalogue,
    Judgement,
    RuleGroup,
    artefact,
    hit,
    not_applicable,
    ok,
    undecidable,
)
from equipoise.registration.words import Allocation, ArmType, InterventionModel, Masking, Phase, StudyType
from equipoise.vocabulary import Severity

CATALOGUE = Catalogue(RuleGroup.DESIGN)
ROLES_OF_LABEL = {Masking.NONE: 0, Masking.SINGLE: 1, Masking.DOUBLE: 2, Masking.TRIPLE: 3, Masking.QUADRUPLE: 4}
LONG_SENTENCE = 60


@CATALOGUE.rule(
    "DES-01",
    Severity.WARNING,
    sources="QC DEF",
    why="Phase 1 asks whether and at what dose a product can be given; efficacy outcomes alone do not fit the label.",
    mend="Add a safety or dose outcome, or correct the phase.",
)
def phase_without_safety(case: Case) -> Judgement:
    """The phase is 1 or 1/2, but no outcome asks about safety, tolerability, exposure or dose."""
    phases = case.record.design.phases
    if not {Phase.PHASE1, Phase.EARLY_PHASE1} & set(each(phases)):
        return not_applicable("the study is not in phase 1")
    outcomes = each(case.record.outcomes)
    if not outcomes:
        return undecidable("No outcome is in this source.", said(phases, "phase"))
    for outcome in outcomes:
        if found := find(SAFETY_OR_DOSE, (passage(outcome.measure), passage(outcome.description))):
            return ok("An outcome asks about safety, exposure or dose.", found)
    first = outcomes[0].measure
    return hit(
        f"{counted(len(outcomes), 'outcome').capitalize()} registered, none about safety, tolerability or dose.",
        said(phases, "phase"),
        quoted(first),
    )


@CATALOGUE.rule(
    "DES-02",
    Severity.ERROR,
    sources="DEF",
    why="Each label stands for a fixed number of masked roles; a different list means that one of the two is wrong.",
    mend="Correct the label or the list of roles.",
)
def masking_label_and_roles(case: Case) -> Judgement:
    """The masking label implies another number of roles than are listed."""
    masking, roles = case.record.design.masking, case.record.design.masked_roles
    if masking.value is None:
        return undecidable("The masking label is not in this source.")
    expected, listed = ROLES_OF_LABEL[masking.value], len(each(roles))
    if expected and not listed:
        return undecidable(
            f"'{masking.value.capitalize()}' implies {counted(expected, 'role')}, but none is listed.",
            said(masking, "masking"),
        )
    if expected != listed:
        return hit(
            f"'{masking.value.capitalize()}' implies {counted(expected, 'role')}; {listed} are listed.",
            said(masking, "masking"),
            said(roles, "masked roles"),
        )
    return ok(f"'{masking.value.capitalize()}' and {counted(listed, 'listed role')} agree.", said(masking, "masking"))


@CATALOGUE.rule(
    "DES-07",
    Severity.ERROR,
    sources="QC",
    why="Header, list and text describe one trial; different numbers of arms mean that one of them is out of date.",
    mend="Correct the number that does not fit.",
)
def number_of_arms(case: Case) -> Judgement:
    """The number of arms differs between header, list and text."""
    record, listed = case.record, len(each(case.record.arms))
    if record.design.study_type.value is not StudyType.INTERVENTIONAL:
        return not_applicable("the study is not interventional")
    if not listed:
        return undecidable("No arm is in this source.")
    quote = Quote(f"{listed} arms listed", record.arms.place)
    header = record.design.arm_count.value if record.design.arm_count.is_given else record.page_figures.arms.value
    where = record.design.arm_count.place if record.design.arm_count.is_given else record.page_figures.arms.place
    if header is not None and header != listed:
        return hit(f"The header counts {header} arms, the list {listed}.", Quote(f"{header}", where), quote)
    if record.design.model.value is InterventionModel.SINGLE_GROUP and listed > 1:
        return hit(
            f"The model is a single group, but {listed} arms are listed.", said(record.design.model, "model"), quote
        )
    stated = _arms_in_text(record)
    if (
        stated
        and all(number != listed for number, _ in stated)
        and record.design.model.value is not InterventionModel.FACTORIAL
    ):
        number, words = stated[0]
        return hit(f"The text speaks of {number} arms or groups, the list has {listed}.", words, quote)
    return ok(
        f"Header, list and text agree on {listed} arms, as far as they speak.",
        quote,
        *(words for _, words in stated[:1]),
    )


def _arms_in_text(record: RegistryRecord) -> list[tuple[int, Quote]]:
    found = []
    for sentence in find_all(ARMS_IN_TEXT, (*titles(record), *descriptions(record))):
        match = ARMS_IN_TEXT.search(sentence.text)
        if match and DIVIDES.search(sentence.text) and number_of(match["number"]) > 1:
            found.append((number_of(match["number"]), sentence))
    return found


@CATALOGUE.rule(
    "DES-08",
    Severity.ERROR,
    sources="DEF QC",
    why="A reader must be able to say who received what.",
    mend="Link every intervention to its arms, and every arm to its interventions.",
)
def unlinked_interventions(case: Case) -> Judgement:
    """An intervention is linked to no arm, or an arm to no intervention."""
    record = case.record
    if not each(record.arms) or record.design.study_type.value is not StudyType.INTERVENTIONAL:
        return not_applicable("the study lists no arms")
    linked: set[str] = set()
    for arm in each(record.arms):
        received = record.interventions_of(arm)
        linked |= {one.name.value or "" for one in received}
        if not received and arm.type.value is not ArmType.NO_INTERVENTION:
            return hit(
                f"The arm '{clipped(arm.label.value or '', 60)}' is linked to no intervention.", quoted(arm.label)
            )
    for intervention in each(record.interventions):
        if (intervention.name.value or "") not in linked:
            return hit(
                f"The intervention '{clipped(intervention.name.value or '', 60)}' is linked to no arm.",
                quoted(intervention.name),
            )
    return ok("Every intervention and every arm is linked.")


@CATALOGUE.rule(
    "DES-15",
    Severity.WARNING,
    sources="SP",
    why="Whether anybody could foresee the next allocation decides the risk of selection bias.",
    mend="Say how the sequence was made, who holds its blocks and strata, and how it is concealed.",
)
def allocation_not_described(case: Case) -> Judgement:
    """How the allocation sequence was generated, or how it is concealed, is not described."""
    if case.record.design.allocation.value is not Allocation.RANDOMIZED:
        return not_applicable("the study is not randomised")
    texts = prose(case.record)
    generation, concealment = find(GENERATION, texts), find(CONCEALMENT, texts)
    if generation and concealment:
        return ok("Generation and concealment are described.", generation, concealment)
    missing = " and ".join(
        word for word, found in (("generation", generation), ("concealment", concealment)) if not found
    )
    return hit(
        f"The {missing} of the allocation sequence is not described.",
        said(case.record.design.allocation, "allocation"),
        generation,
        concealment,
    )


@CATALOGUE.rule(
    "DES-16",
    Severity.WARNING,
    sources="DEF SP",
    why="The official title is what search and citation carry: it should name design, population and comparator.",
    mend="Write a title such as 'Randomised, masked, placebo-controlled trial of ... in adults with ...'.",
)
def uninformative_title(case: Case) -> Judgement:
    """The official title equals the brief title, or lacks design, population or comparator."""
    official, brief = case.record.identity.official_title, case.record.identity.brief_title
    if official.value is None:
        return undecidable("The official title is not in this source.", quoted(brief))
    lacks = [
        name
        for name, words in (
            ("design", DESIGN_WORDS),
            ("population", POPULATION_WORDS),
            ("comparator", COMPARATOR_WORDS),
        )
        if not words.search(official.value)
    ]
    if len(each(case.record.arms)) < 2 and "comparator" in lacks:
        lacks.remove("comparator")
    same = " ".join(official.value.lower().split()) == " ".join((brief.value or "").lower().split())
    if not lacks and not same:
        return ok("The official title names design, population and comparator.", quoted(official))
    faults = (["repeats the brief title"] if same else []) + ([f"names no {', no '.join(lacks)}"] if lacks else [])
    return hit(f"The official title {' and '.join(faults)}.", quoted(official), quoted(brief) if same else None)


@CATALOGUE.rule(
    "DES-17",
    Severity.WARNING,
    sources="DEF",
    why="The summary is where a lay reader learns what the study wants to find out.",
    mend="Begin with 'The purpose is to find out whether ...'.",
)
def summary_without_objective(case: Case) -> Judgement:
    """The brief summary states no objective and no hypothesis."""
    summary = case.record.brief_summary
    if summary.value is None:
        return undecidable("The brief summary is not in this source.")
    if found := find(OBJECTIVE, [passage(summary)]):
        return ok("The summary states an objective.", found)
    return hit("The summary says what is done, but not what is to be found out.", quoted(summary))


@CATALOGUE.rule(
    "DES-18",
    Severity.INFO,
    sources="OWN",
    why="Doubled text comes from a page, a parser or a paste; only the registry itself can show which.",
    mend="Compare with the registry's own record before asking for a correction.",
)
def text_twice(case: Case) -> Judgement:
    """The same text stands twice inside one field."""
    for one in prose(case.record):
        twice = one.text if one.twice else _repeated_sentence([quote.text for quote in one.sentences()])
        if twice:
            quote = Quote(clipped(twice), one.place)
            if case.from_page:
                return artefact(
                    "The page prints this text twice; a mirror can do so where the registry does not.", quote
                )
            return hit("This text stands twice in one field.", quote, suggestion="Delete the second copy.")
    return ok("No field holds the same text twice.")


def _repeated_sentence(sentences: list[str]) -> str:
    return next((one for one, after in pairwise(sentences) if len(one) >= LONG_SENTENCE and one == after), "")


def is_product_trial(record: RegistryRecord) -> bool:
    """True for an interventional study of a drug or biological product."""
    return record.design.study_type.value is StudyType.INTERVENTIONAL and studies_product(record)
