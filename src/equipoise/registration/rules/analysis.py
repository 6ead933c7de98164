"""Rules on the statistical analysis that the record announces."""

import re

from equipoise.registration.field import each
from equipoise.registration.language.analysis_words import (
    BETWEEN,
    INTERCURRENT,
    LEVEL,
    MISSING,
    PAST,
    PAST_OF_OTHERS,
    POPULATION,
    SIDED,
    TEST,
    WITHIN,
)
from equipoise.registration.language.outcomes_words import AGGREGATION, CLEAR_METRIC
from equipoise.registration.language.passage import (
    Quote,
    clipped,
    descriptions,
    find,
    find_all,
    outcome_passages,
    prose,
    quoted,
    said,
)
from equipoise.registration.record import RegistryRecord
from equipoise.registration.rules.intervention import arm_not_replicable
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
from equipoise.registration.words import Allocation, OutcomeRank, StudyType
from equipoise.vocabulary import Severity, Verdict

CATALOGUE = Catalogue(RuleGroup.ANALYSIS)


@CATALOGUE.rule(
    "ANA-01",
    Severity.ERROR,
    sources="BA",
    why="A test inside each arm does not compare the arms: up to half of all null trials come out 'different'.",
    mend="Compare the arms: for example the change between arms, adjusted for baseline.",
)
def within_arm_test_only(case: Case) -> Judgement:
    """The design is randomised, but only a test within arms is named."""
    if case.record.design.allocation.value is not Allocation.RANDOMIZED:
        return not_applicable("the study is not randomised")
    texts = prose(case.record)
    within, between = _first_not(WITHIN, "unpaired", texts), find(BETWEEN, texts)
    if not within:
        return ok("No test within arms is named.", between)
    if between:
        return ok("A comparison between arms is named beside the test within arms.", within, between)
    return hit(
        "The only test that is named compares each arm with itself.",
        within,
        said(case.record.design.allocation, "allocation"),
    )


def _first_not(pattern: re.Pattern[str], word: str, texts: tuple) -> Quote | None:  # type: ignore[type-arg]
    return next((quote for quote in find_all(pattern, texts) if word not in quote.text.lower()), None)


@CATALOGUE.rule(
    "ANA-02",
    Severity.WARNING,
    sources="SP",
    why="Test, level and sidedness chosen after the data can always be chosen well.",
    mend="Name the primary test, its level and whether it is two-sided.",
)
def test_not_specified(case: Case) -> Judgement:
    """A significance level stands without sidedness, or the primary test is not named."""
    if case.record.design.study_type.value is not StudyType.INTERVENTIONAL:
        return not_applicable("the study is not interventional")
    texts = prose(case.record)
    level, test = find(LEVEL, texts), find(TEST, texts)
    sided = find(SIDED, texts)
    if test and (sided or not level):
        return ok("A test is named.", test, sided)
    if plan := _attached_plan(case.record):
        return plan
    if level and not sided:
        named = "a test is named, but" if test else "no test is named, and"
        return hit(f"A level is given; {named} one- or two-sided is not stated.", level)
    return hit("No test for the primary outcome is named.", *_primary(case.record))


@CATALOGUE.rule(
    "ANA-03",
    Severity.WARNING,
    sources="SP CO",
    why="Who is counted decides the result as much as what is measured.",
    mend="Name the analysis set, such as all participants randomised, in the arm to which they were randomised.",
)
def analysis_set_undefined(case: Case) -> Judgement:
    """The analysis population is not defined."""
    return _needs(case, POPULATION, "which participants are analysed")


@CATALOGUE.rule(
    "ANA-04",
    Severity.WARNING,
    sources="SP CO",
    why="Participants who leave are not a random sample of those who came.",
    mend="Say how missing values are handled, and how that is tested.",
)
def missing_data_undefined(case: Case) -> Judgement:
    """The handling of missing data is not defined."""
    return _needs(case, MISSING, "how missing data are handled")


def _needs(case: Case, words: re.Pattern[str], what: str) -> Judgement:
    if case.record.design.study_type.value is not StudyType.INTERVENTIONAL:
        return not_applicable("the study is not interventional")
    if found := find(words, prose(case.record)):
        return ok(f"The record says {what}.", found)
    if plan := _attached_plan(case.record):
        return plan
    analysis = find(LEVEL, descriptions(case.record)) or find(TEST, descriptions(case.record))
    return hit(f"The record does not say {what}.", analysis, *([] if analysis else _primary(case.record)))


@CATALOGUE.rule(
    "ANA-05",
    Severity.WARNING,
    sources="E9",
    why="Treatment, population, variable, intercurrent events and summary together say which effect is meant.",
    mend="Write the estimand of the primary outcome with its five attributes.",
)
def estimand_incomplete(case: Case) -> Judgement:
    """The five attributes of an estimand cannot be filled from the record."""
    if case.record.design.allocation.value is not Allocation.RANDOMIZED:
        return not_applicable("the study is not randomised")
    texts = prose(case.record)
    primary = outcome_passages(case.record.of_rank(OutcomeRank.PRIMARY))
    missing = []
    if arm_not_replicable(case).verdict is Verdict.HIT:
        missing.append("treatment")
    if not find(POPULATION, texts):
        missing.append("population")
    if not find(CLEAR_METRIC, primary):
        missing.append("variable")
    if not find(INTERCURRENT, texts):
        missing.append("intercurrent events")
    if not find(AGGREGATION, primary):
        missing.append("summary measure")
    if not missing:
        return ok("All five attributes can be filled from the record.")
    if plan := _attached_plan(case.record):
        return plan
    return hit(f"Not to be filled from the record: {', '.join(missing)}.", *_primary(case.record))


@CATALOGUE.rule(
    "ANA-06",
    Severity.INFO,
    sources="OWN",
    why="The past tense shows that the text was written, or rewritten, after the event.",
    mend="Keep the wording of the plan, and report the conduct with the results.",
)
def conduct_in_past_tense(case: Case) -> Judgement:
    """The record describes the conduct of the trial in the past tense."""
    found = [quote for quote in find_all(PAST, descriptions(case.record)) if not PAST_OF_OTHERS.search(quote.text)]
    if not found:
        return ok("The conduct is not described in the past tense.")
    words = dict.fromkeys(match[0].lower() for quote in found if (match := PAST.search(quote.text)))
    return hit(f"The text reports what has been done: {', '.join(list(words)[:5])}.", *found[:2])


def analysis_words(record: RegistryRecord) -> tuple[Quote | None, Quote | None]:
    """Give the words that name a test within arms, and those that name a comparison between arms."""
    texts = prose(record)
    return _first_not(WITHIN, "unpaired", texts), find(BETWEEN, texts)


def _attached_plan(record: RegistryRecord) -> Judgement | None:
    for one in each(record.documents):
        label = f"{one.label.value or ''} {one.type.value or ''}"
        if one.has_analysis_plan.value or "analysis plan" in label.lower():
            return undecidable(
                "A statistical analysis plan is attached to the record; it was not read.",
                Quote(clipped(label), one.label.place),
            )
    return None


def _primary(record: RegistryRecord) -> tuple[Quote, ...]:
    return tuple(quoted(one.measure) for one in record.of_rank(OutcomeRank.PRIMARY)[:1])
