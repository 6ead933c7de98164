"""Rules on outcome measures."""

import re
from decimal import Decimal

from equipoise.registration.derive import registered_dosing_days
from equipoise.registration.field import each
from equipoise.registration.language.measures import ACTIVITY_SCORE, Named, measures_in, scales_in
from equipoise.registration.language.numbers import counted, share
from equipoise.registration.language.outcomes_words import (
    ACRONYM,
    AGGREGATION,
    ASSESSED,
    BASELINE_DEFINED,
    CHANGE,
    CLEAR_METRIC,
    DIRECTION,
    EVENT_BOUND,
    EXPANSION,
    GENERIC,
    MULTIPLICITY,
    NOT_A_SCALE,
    NOT_A_TIME,
    SAFETY_WORDS,
    SCALE,
    SCALE_RANGE,
)
from equipoise.registration.language.passage import (
    Quote,
    clipped,
    descriptions,
    find,
    outcome_passages,
    prose,
    quoted,
)
from equipoise.registration.language.times import time_points
from equipoise.registration.record import Outcome, RegistryRecord
from equipoise.registration.rules.design import is_product_trial
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
from equipoise.registration.words import OutcomeRank
from equipoise.vocabulary import Severity

CATALOGUE = Catalogue(RuleGroup.OUTCOMES)
SOON_AFTER_DAYS = 7


@CATALOGUE.rule(
    "OUT-01",
    Severity.ERROR,
    sources="DEF TIP",
    why="An outcome is fixed only when its time is: the registry asks for a point or a window.",
    mend="Write the time alone, such as 'baseline and day 28', and put the change into the title.",
)
def time_frame_unclear(case: Case) -> Judgement:
    """The time frame of an outcome is not a time point or a window."""
    outcomes = each(case.record.outcomes)
    if not outcomes:
        return undecidable("No outcome is in this source.")
    faulty = [(outcome, fault) for outcome in outcomes if (fault := _time_fault(outcome.time_frame.value or ""))]
    if not faulty:
        return ok("Every outcome has a time point or window.")
    first, fault = faulty[0]
    which = share(len(faulty), len(outcomes), "outcome")
    where = quoted(first.time_frame) if first.time_frame.is_given else quoted(first.measure)
    return hit(
        f"The time frame of {which} {fault}."
        if len(faulty) == 1
        else f"Faulty time frames in {which}; the first {fault}.",
        where,
        *(quoted(outcome.time_frame) for outcome, _ in faulty[1:3] if outcome.time_frame.is_given),
    )


def _time_fault(frame: str) -> str:
    points = time_points(frame)
    if not frame.strip():
        return "is missing"
    if not points and not EVENT_BOUND.search(frame):
        return "names no time"
    if word := NOT_A_TIME.search(frame.split("(", maxsplit=1)[0]):
        vague = next((point for point in points if point.earliest != point.latest), None)
        reading = f", and its time may be day {vague.earliest} to {vague.latest}" if vague else ""
        return f"speaks of '{word[0].lower()}', which belongs in the title{reading}"
    return ""


@CATALOGUE.rule(
    "OUT-02",
    Severity.WARNING,
    sources="PRS18 UCSF",
    why="A title such as 'efficacy' fits any measurement that happens to turn out well.",
    mend="Name the instrument and the metric in the title: 'Change in MEX-SLEDAI from baseline to day 28'.",
)
def title_not_specific(case: Case) -> Judgement:
    """The title of an outcome is not specific."""
    outcomes = each(case.record.outcomes)
    if not outcomes:
        return undecidable("No outcome is in this source.")
    condition = " ".join((*each(case.record.conditions), case.record.identity.brief_title.value or "")).lower()
    generic = [one for one in outcomes if _is_generic(one.measure.value or "", set(re.findall(r"[a-z]+", condition)))]
    if not generic:
        return ok("Every title names something to measure.")
    return hit(
        f"No measure is named in the title of {share(len(generic), len(outcomes), 'outcome')}.",
        *(quoted(one.measure) for one in generic[:3]),
    )


def _is_generic(title: str, condition: set[str]) -> bool:
    words = re.findall(r"[a-z]+", title.lower())
    specific = [word for word in words if word not in GENERIC]
    return len(specific) < len(words) and set(specific) <= condition and not ACRONYM.search(title)


@CATALOGUE.rule(
    "OUT-03",
    Severity.ERROR,
    sources="QC SP",
    why="Change, final value and responder share answer different questions and can disagree.",
    mend="Say which: change from baseline, value at the visit, or share of responders, and how it is computed.",
)
def metric_unclear(case: Case) -> Judgement:
    """The metric of a primary outcome is absent or ambiguous: change, final value, or responders."""
    primary = case.record.of_rank(OutcomeRank.PRIMARY)
    if not primary:
        return undecidable("No primary outcome is in this source.")
    unclear = [one for one in primary if not find(CLEAR_METRIC, outcome_passages([one]))]
    if not unclear:
        return ok("The metric of every primary outcome is stated.")
    change = find(CHANGE, outcome_passages(unclear))
    how = "a change is meant, but neither its formula nor its baseline is stated" if change else "no metric is stated"
    return hit(f"For {share(len(unclear), len(primary), 'primary outcome')} {how}.", quoted(unclear[0].measure), change)


@CATALOGUE.rule(
    "OUT-04",
    Severity.WARNING,
    sources="SP",
    why="The number that will be compared between arms is part of the outcome.",
    mend="Add how values are summarised: mean, median, or proportion.",
)
def aggregation_absent(case: Case) -> Judgement:
    """How a primary outcome is aggregated (mean, median, proportion) is absent."""
    primary = case.record.of_rank(OutcomeRank.PRIMARY)
    if not primary:
        return undecidable("No primary outcome is in this source.")
    silent = [one for one in primary if not find(AGGREGATION, outcome_passages([one]))]
    if not silent:
        return ok("Every primary outcome says how values are summarised.")
    return hit(
        f"How values are summarised is not said for {share(len(silent), len(primary), 'primary outcome')}.",
        quoted(silent[0].measure),
    )


@CATALOGUE.rule(
    "OUT-05",
    Severity.WARNING,
    sources="TIP",
    why="A reader who does not know the scale cannot tell whether a fall is good.",
    mend="Write the scale's full name, its minimum and maximum, and which end is worse.",
)
def scale_not_described(case: Case) -> Judgement:
    """An outcome on a scale lacks the scale's full name, minimum, maximum or direction."""
    scaled = [one for one in each(case.record.outcomes) if _is_scale(one)]
    if not scaled:
        return not_applicable("no outcome is a scale")
    lacking = [(one, missing) for one in scaled if (missing := _scale_gaps(one))]
    if not lacking:
        return ok("Every scale is described.")
    first, missing = lacking[0]
    return hit(
        f"Not fully described: {share(len(lacking), len(scaled), 'outcome on a scale')}; "
        f"'{clipped(first.measure.value or '', 60)}' lacks {', '.join(missing)}.",
        quoted(first.description if first.description.is_given else first.measure),
    )


def _is_scale(outcome: Outcome) -> bool:
    text = f"{outcome.measure.value} {outcome.description.value or ''}"
    return bool(SCALE.search(NOT_A_SCALE.sub("", text)))


def _scale_gaps(outcome: Outcome) -> list[str]:
    text = " ".join(f"{outcome.measure.value} {outcome.description.value or ''}".split())
    named = EXPANSION.search(text) or not ACRONYM.search(text)
    gaps = {
        "full name": not named,
        "minimum and maximum": not SCALE_RANGE.search(text),
        "direction": not DIRECTION.search(text),
    }
    return [name for name, missing in gaps.items() if missing]


@CATALOGUE.rule(
    "OUT-06",
    Severity.ERROR,
    sources="OWN",
    why="Another range points to another instrument or version than the one that is named.",
    mend="Check which version of the instrument was used, and correct name or range.",
)
def scale_range_differs(case: Case) -> Judgement:
    """The stated range of a scale differs from the published range of that instrument."""
    checked: list[Quote] = []
    for outcome in each(case.record.outcomes):
        for one in outcome_passages([outcome]):
            for sentence in one.sentences():
                stated, scales = SCALE_RANGE.search(sentence.text), scales_in(sentence.text)
                if not stated or len(scales) != 1:
                    continue
                scale, low, high = scales[0], Decimal(stated["low"]), Decimal(stated["high"])
                quote = Quote(clipped(sentence.text), sentence.place)
                if (low, high) != (scale.low, scale.high):
                    return hit(
                        f"{scale.name} runs from {scale.low} to {scale.high} ({scale.source}); "
                        f"the record states {low} to {high}.",
                        quote,
                    )
                checked.append(quote)
    if checked:
        return ok("The stated range is the published one.", checked[0])
    return ok("No outcome states the range of a scale whose published range is known here.")


@CATALOGUE.rule(
    "OUT-07",
    Severity.ERROR,
    sources="COMP QC",
    why="What is measured but not registered can be reported, or left out, as its result suggests.",
    mend="Register each measure as a secondary outcome with a time frame.",
)
def measures_not_registered(case: Case) -> Judgement:
    """A measure that the text says is assessed is not registered as an outcome."""
    missing, quote = unregistered_measures(case.record)
    if not missing:
        return ok("Every measure that the text says is assessed is among the outcomes.")
    return hit(
        f"In the text, but not registered as an outcome: {', '.join(one.words for one in missing)} ({len(missing)}).",
        quote,
    )


def unregistered_measures(record: RegistryRecord) -> tuple[list[Named], Quote | None]:
    """Give the measures that a sentence on assessments names and no outcome does, and the first such sentence."""
    registered = {
        one.measure.name for text in outcome_passages(each(record.outcomes)) for one in measures_in(text.plain)
    }
    if find(SAFETY_WORDS, outcome_passages(each(record.outcomes))):
        registered.add("side effects")
    missing: dict[str, Named] = {}
    quote: Quote | None = None
    for text in descriptions(record):
        for sentence in text.sentences():
            if not ASSESSED.search(sentence.text):
                continue
            for named in measures_in(sentence.text):
                if named.measure.name not in registered and missing.setdefault(named.measure.name, named) is named:
                    quote = quote or Quote(clipped(sentence.text, 240), sentence.place)
    return list(missing.values()), quote


@CATALOGUE.rule(
    "OUT-08",
    Severity.ERROR,
    sources="SP CO",
    why="A product is given to people: harms are an outcome, not an afterthought.",
    mend="Register adverse events as an outcome, with how and until when they are collected.",
)
def no_safety_outcome(case: Case) -> Judgement:
    """An interventional study of a drug or biological product has no safety outcome."""
    if not is_product_trial(case.record):
        return not_applicable("no drug or biological product is studied")
    outcomes = each(case.record.outcomes)
    if not outcomes:
        return undecidable("No outcome is in this source.")
    if found := find(SAFETY_WORDS, outcome_passages(outcomes)):
        return ok("A safety outcome is registered.", found)
    mentioned = next(
        (quote for one in descriptions(case.record) for quote in one.sentences() if SAFETY_WORDS.search(quote.text)),
        None,
    )
    shown = Quote(clipped(mentioned.text, 240), mentioned.place) if mentioned else None
    return hit(
        f"{counted(len(outcomes), 'outcome').capitalize()} registered, none about safety.",
        quoted(outcomes[0].measure),
        shown,
    )


@CATALOGUE.rule(
    "OUT-09",
    Severity.INFO,
    sources="E9 OWN",
    why="With every further test the chance of one false positive grows.",
    mend="Name one primary outcome and the order of the others, or adjust.",
)
def multiplicity_plan_absent(case: Case) -> Judgement:
    """Several measures are tested without a plan for multiplicity."""
    registered = len(each(case.record.outcomes))
    extra, quote = unregistered_measures(case.record)
    tests = registered + len(extra)
    if tests < 2:
        return not_applicable("a single measure is registered")
    if found := find(MULTIPLICITY, prose(case.record)):
        return ok("Multiplicity is addressed.", found)
    chance = 1 - 0.95**tests
    return hit(
        f"{tests} measures and no plan: at 5 % each, if independent, {100 * chance:.0f} % chance of a false positive.",
        quote or Quote(f"{registered} outcomes", case.record.outcomes.place),
    )


@CATALOGUE.rule(
    "OUT-10",
    Severity.WARNING,
    sources="OWN",
    why="So close to a dose, a passing effect looks like a lasting one, and dose and assessment can change places.",
    mend="Assess before the dose of that day, or later than a week after the last; say which.",
)
def assessed_at_last_dose(case: Case) -> Judgement:
    """The primary assessment falls before the last dose, or within 7 days after it."""
    dosing = registered_dosing_days(case.record)
    if not dosing or len(dosing[0]) < 2:
        return undecidable("No list of dosing days is in this source.")
    last, primary = max(dosing[0]), case.record.of_rank(OutcomeRank.PRIMARY)
    frames = [(points, one) for one in primary if (points := time_points(one.time_frame.value or ""))]
    if not frames:
        return undecidable("No primary time frame names a time.", dosing[1])
    for points, outcome in frames:
        final = max(points, key=lambda point: point.latest)
        if final.earliest - last <= SOON_AFTER_DAYS:
            when = (
                f"day {final.earliest}" if final.earliest == final.latest else f"day {final.earliest} to {final.latest}"
            )
            return hit(
                f"The last dose is on day {last}, the primary assessment at {when}.",
                dosing[1],
                quoted(outcome.time_frame),
            )
    return ok(
        f"The primary assessment comes more than {SOON_AFTER_DAYS} days after the last dose on day {last}.", dosing[1]
    )


@CATALOGUE.rule(
    "OUT-11",
    Severity.WARNING,
    sources="SP E9",
    why="A change needs a dated start: the choice among several early values changes the result.",
    mend="Define baseline, for example 'the last value before the first dose, at most 7 days old'.",
)
def baseline_undefined(case: Case) -> Judgement:
    """An outcome is a change, but baseline is not defined."""
    changes = [one for one in each(case.record.outcomes) if find(CHANGE, outcome_passages([one]))]
    if not changes:
        return not_applicable("no outcome is a change")
    if found := find(BASELINE_DEFINED, (*outcome_passages(changes), *descriptions(case.record))):
        return ok("Baseline is described.", found)
    which = share(len(changes), len(each(case.record.outcomes)), "outcome")
    return hit(f"A change is asked for in {which}; baseline is not defined.", find(CHANGE, outcome_passages(changes)))


def has_activity_outcome(record: RegistryRecord) -> Quote | None:
    """Give the words of a primary outcome that is a score of disease activity, or None."""
    return find(ACTIVITY_SCORE, outcome_passages(record.of_rank(OutcomeRank.PRIMARY)))
