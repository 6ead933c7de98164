"""Rules that lay a record beside the paper on the same trial; a difference is a question, not an accusation."""

import re

from equipoise.registration.derive import registered_dosing_days
from equipoise.registration.field import each
from equipoise.registration.language.dosage import routes_in
from equipoise.registration.language.eligibility_words import ACTIVITY_AT_ENTRY
from equipoise.registration.language.masking_words import FORM_WORDS
from equipoise.registration.language.measures import measures_in
from equipoise.registration.language.numbers import counted, people_counts
from equipoise.registration.language.outcomes_words import SAFETY_WORDS
from equipoise.registration.language.passage import (
    Quote,
    clipped,
    descriptions,
    find,
    interventions,
    outcome_passages,
    passage,
    phrase,
    quoted,
    said,
    titles,
)
from equipoise.registration.language.products import active_arms, own_texts, plain, shared_texts
from equipoise.registration.language.times import DayRange, time_points
from equipoise.registration.published import Comparison, Extent
from equipoise.registration.record import RegistryRecord
from equipoise.registration.rules.analysis import analysis_words
from equipoise.registration.rules.intervention import total_volume_ml
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
from equipoise.registration.words import OutcomeRank, Sex
from equipoise.vocabulary import Severity

CATALOGUE = Catalogue(RuleGroup.COMPARISON)
SOURCE_WORDS = (
    "umbilical cord",
    "wharton's jelly",
    "adipose",
    "bone marrow",
    "placenta",
    "amnion",
    "menstrual blood",
    "cord blood",
    "dental pulp",
    "hypoxic",
    "normoxic",
    "allogeneic",
    "autologous",
)
EXPLAIN = "Say in the report what was changed, when, by whom and why."


@CATALOGUE.rule(
    "CMP-01",
    Severity.ERROR,
    sources="COMP CO",
    why="A number that changed without a word hides exclusions, or another set of data.",
    mend=EXPLAIN,
)
def participants_differ(case: Case) -> Judgement:
    """The number of participants differs between record and paper."""
    count, stated = case.record.design.enrolment.count, case.paper.participants
    if count.value is None or stated is None:
        return undecidable("The number is not in the record or not in the available part of the paper.")
    texts = [one for one in people_counts(descriptions(case.record)) if one.number != count.value]
    field = Quote(f"enrolment {count.value}", count.place)
    if stated.value == count.value and not texts:
        return ok(f"Record and paper agree on {count.value}.", field, _paper(case, stated.says))
    also = f" and, in its text, {texts[0].number}" if texts else ""
    return hit(
        f"The record counts {count.value}{also}; the paper {stated.value}.",
        field,
        texts[0].quote if texts else None,
        _paper(case, stated.says),
    )


@CATALOGUE.rule(
    "CMP-02",
    Severity.ERROR,
    sources="COMP CO",
    why="Another schedule is another intervention.",
    mend=EXPLAIN,
)
def schedules_differ(case: Case) -> Judgement:
    """The dosing schedule differs between record and paper."""
    found, dosing = registered_dosing_days(case.record), case.paper.dosing
    if not found or dosing is None or not dosing.days:
        return undecidable("A schedule is not in the record or not in the available part of the paper.")
    if found[0] == dosing.days:
        return ok("Record and paper give the same days.", found[1], _paper(case, dosing.says))
    return hit(
        f"The record gives {len(found[0])} doses on days {_days(found[0])}; "
        f"the paper {len(dosing.days)} on days {_days(dosing.days)}.",
        found[1],
        _paper(case, dosing.says),
    )


@CATALOGUE.rule(
    "CMP-03",
    Severity.ERROR,
    sources="COMP CO",
    why="Another total dose is another intervention.",
    mend=EXPLAIN,
)
def volumes_differ(case: Case) -> Judgement:
    """The total volume given differs between record and paper."""
    registered, dosing = total_volume_ml(case.record), case.paper.dosing
    if registered is None or dosing is None or dosing.volume_ml is None or not dosing.days:
        return undecidable("A total volume does not follow from the record or from the available part of the paper.")
    published = dosing.volume_ml * len(dosing.days)
    found = registered_dosing_days(case.record)
    spans = (found[1] if found else None, _paper(case, dosing.says))
    if registered == published:
        return ok(f"Both give {registered.normalize():f} mL in all.", *spans)
    return hit(
        f"The record gives {registered.normalize():f} mL in all; the paper {published.normalize():f} mL.", *spans
    )


@CATALOGUE.rule(
    "CMP-04",
    Severity.ERROR,
    sources="COMP CO",
    why="A time point that is chosen among several after the data raises the chance of a false positive.",
    mend=EXPLAIN,
)
def time_points_differ(case: Case) -> Judgement:
    """The primary time point differs between record and paper."""
    primary, assessed = case.record.of_rank(OutcomeRank.PRIMARY), case.paper.assessment_days
    points = [(point, one) for one in primary for point in time_points(one.time_frame.value or "")]
    if not points or assessed is None:
        return undecidable("A time point is not in the record or not in the available part of the paper.")
    after = tuple(day for day in assessed.value if day > 1)
    missed = next(
        ((point, one) for point, one in points if point.latest > 1 and not any(_meets(point, day) for day in after)),
        None,
    )
    if missed is None:
        return ok("Every registered time point is among the assessments of the paper.", _paper(case, assessed.says))
    point, outcome = missed
    when = f"day {point.earliest}" if point.earliest == point.latest else f"day {point.earliest} to {point.latest}"
    return hit(
        f"The record assesses at {when}; the paper on day {_days(after)}.",
        quoted(outcome.time_frame),
        _paper(case, assessed.says),
    )


def _meets(point: DayRange, day: int) -> bool:
    """Day 1 is the first dose, so 'day 29' and '4 weeks' are the same day: one day of difference is none."""
    return point.earliest - 1 <= day <= point.latest + 1


@CATALOGUE.rule(
    "CMP-05",
    Severity.ERROR,
    sources="COMP CO",
    why="A narrower population changes whom the result is about.",
    mend=EXPLAIN,
)
def populations_differ(case: Case) -> Judgement:
    """The population differs between record and paper."""
    population, record = case.paper.population, case.record
    if population is None:
        return undecidable("The population is not in the available part of the paper.")
    faults = []
    sex, criteria = record.eligibility.sex, record.eligibility.criteria
    if population.sex and sex.value and population.sex is not sex.value:
        faults.append(f"sex {sex.value.lower()} against {population.sex.lower()}")
    if population.activity and criteria.value and not find(ACTIVITY_AT_ENTRY, [passage(criteria)]):
        faults.append(f"no activity asked for against {population.activity} activity")
    if not faults:
        return ok("Nothing in the population contradicts the record.", _paper(case, population.says))
    return hit(
        f"Record against paper: {'; '.join(faults)}.",
        quoted(criteria),
        said(sex, "sex") if sex.value is Sex.ALL else None,
        _paper(case, population.says),
    )


@CATALOGUE.rule(
    "CMP-06",
    Severity.ERROR,
    sources="COMP CO",
    why="An outcome that appears only with its result may be there because of it.",
    mend="Declare in the report that the outcome was added, and when.",
)
def outcomes_added(case: Case) -> Judgement:
    """The paper reports outcomes that the record does not name."""
    published = _published_names(case)
    if not published:
        return undecidable("No outcome is in the available part of the paper.")
    named = _named(case.record)
    added = [words for name, words in published.items() if name not in named]
    if not added:
        return ok("The record names every outcome of the paper.", _paper(case, ", ".join(published.values())))
    return hit(
        f"Not named in the record: {', '.join(added)}.",
        _paper(case, f"outcomes: {', '.join(published.values())}"),
        _outcomes_quote(case.record),
    )


@CATALOGUE.rule(
    "CMP-07",
    Severity.WARNING,
    sources="COMP CO",
    why="A measure that was planned and is not reported may have said something else.",
    mend="Report every registered and announced measure, or say why not.",
)
def outcomes_missing(case: Case) -> Judgement:
    """Measures that the record names do not appear in the paper, as far as it is available."""
    published, named = _published_names(case), _named(case.record)
    if not published:
        return undecidable("No outcome is in the available part of the paper.")
    claims = case.paper.claims_safety is not None and case.paper.claims_safety.value
    missing = [
        words for name, words in named.items() if name not in published and not (name == "side effects" and claims)
    ]
    if not missing:
        return ok("The paper names every measure of the record.")
    part = "the abstract; the full text may hold them" if case.paper.extent is Extent.ABSTRACT else "the paper"
    return hit(
        f"{', '.join(missing)}: in the record, not in {part}.",
        _outcomes_quote(case.record),
        _paper(case, f"outcomes: {', '.join(published.values())}"),
    )


@CATALOGUE.rule(
    "CMP-08",
    Severity.WARNING,
    sources="COMP CO",
    why="Without an order any favourable outcome can be told as the main one.",
    mend="Say in the report which outcome was primary, as registered.",
)
def ranks_differ(case: Case) -> Judgement:
    """The rank of outcomes differs, or is not stated in the paper."""
    primary = {
        name
        for one in case.record.of_rank(OutcomeRank.PRIMARY)
        for text in outcome_passages([one])
        for name in (n.measure.name for n in measures_in(text.plain))
    }
    if not case.paper.outcomes or not case.record.of_rank(OutcomeRank.PRIMARY):
        return undecidable("Outcomes are not in the record or not in the available part of the paper.")
    ranked = [one for one in case.paper.outcomes if one.rank is not None]
    first = case.record.of_rank(OutcomeRank.PRIMARY)[0]
    says = _paper(case, f"outcomes: {', '.join(one.measure for one in case.paper.outcomes)}")
    if not ranked:
        return hit(
            "The record has a primary outcome; the paper states no order of its outcomes.", quoted(first.measure), says
        )
    published = {
        name
        for one in ranked
        if one.rank is OutcomeRank.PRIMARY
        for name in (n.measure.name for n in measures_in(one.measure))
    }
    if published == primary:
        return ok("Record and paper name the same primary outcome.", quoted(first.measure), says)
    return hit("Record and paper name different primary outcomes.", quoted(first.measure), says)


@CATALOGUE.rule(
    "CMP-09",
    Severity.WARNING,
    sources="COMP CO",
    why="The route changes exposure, harms and masking.",
    mend=EXPLAIN,
)
def routes_differ(case: Case) -> Judgement:
    """The route of administration differs between record and paper."""
    dosing = case.paper.dosing
    if dosing is None or dosing.route is None:
        return undecidable("A route is not in the available part of the paper.")
    texts = (*own_texts(case.record, tuple(each(case.record.arms))), *shared_texts(case.record))
    registered = routes_in(plain(texts))
    if dosing.route in registered:
        return ok(f"Both say {dosing.route}.", _paper(case, dosing.says))
    says = f"says {', '.join(sorted(registered))}" if registered else "names no route"
    return hit(f"The record {says}; the paper says {dosing.route}.", find(FORM_WORDS, texts), _paper(case, dosing.says))


@CATALOGUE.rule(
    "CMP-10",
    Severity.WARNING,
    sources="COMP CO",
    why="The source of the cells and the way they are grown make the product what it is.",
    mend="Describe the product in the same words in both places.",
)
def products_differ(case: Case) -> Judgement:
    """The source of the product differs between record and paper."""
    product = case.paper.product
    if product is None:
        return undecidable("The product is not described in the available part of the paper.")
    texts = (*own_texts(case.record, active_arms(case.record)), *shared_texts(case.record), *titles(case.record))
    registered = {word for word in SOURCE_WORDS if word in plain(texts).lower()}
    published = {word for word in SOURCE_WORDS if word in product.value.lower()}
    quote = find(phrase(*SOURCE_WORDS), texts) or find(phrase(r"cells?\b", "product"), interventions(case.record))
    if registered == published:
        return ok("Record and paper describe the source alike, as far as they do.", quote, _paper(case, product.says))
    ours, theirs = (", ".join(sorted(words)) or "nothing" for words in (registered - published, published - registered))
    return hit(
        f"Source of the product: only in the record, {ours}; only in the paper, {theirs}.",
        quote,
        _paper(case, product.says),
    )


@CATALOGUE.rule(
    "CMP-11",
    Severity.WARNING,
    sources="COMP CO",
    why="'Double-blind' does not say who: only named roles can be checked.",
    mend="Name in the report the roles that were masked.",
)
def maskings_differ(case: Case) -> Judgement:
    """Masking differs between record and paper, or the paper names no roles."""
    masking, roles = case.paper.masking, set(each(case.record.design.masked_roles))
    if masking is None or case.record.design.masking.value is None:
        return undecidable("Masking is not in the record or not in the available part of the paper.")
    spans = (
        Quote(
            f"{case.record.design.masking.value.lower()}: {said(case.record.design.masked_roles).text}",
            case.record.design.masking.place,
        ),
        _paper(case, masking.says),
    )
    if set(masking.roles) == roles:
        return ok("Record and paper name the same masked roles.", *spans)
    if not masking.roles:
        return hit(f"The record lists {counted(len(roles), 'masked role')}; the paper names none.", *spans)
    return hit("Record and paper name different masked roles.", *spans)


@CATALOGUE.rule(
    "CMP-12",
    Severity.ERROR,
    sources="COMP CO",
    why="An analysis that was chosen after the data does not confirm.",
    mend=EXPLAIN,
)
def analyses_differ(case: Case) -> Judgement:
    """The analysis differs between record and paper."""
    comparison, (within, between) = case.paper.comparison, analysis_words(case.record)
    if comparison is None or not (within or between):
        return undecidable("An analysis is not in the record or not in the available part of the paper.")
    registered = Comparison.BETWEEN_ARMS if between else Comparison.WITHIN_ARM
    spans = (between or within, _paper(case, comparison.says))
    if registered is comparison.value:
        return ok(f"Both compare {registered}.", *spans)
    return hit(f"The record announces a comparison {registered}, the paper one {comparison.value}.", *spans)


@CATALOGUE.rule(
    "CMP-13",
    Severity.WARNING,
    sources="COMP CO",
    why="A claim of safety rests on a registered, described collection of harms.",
    mend="Report how and until when harms were collected, and that this was not registered.",
)
def safety_differs(case: Case) -> Judgement:
    """The paper claims safety, and the record registers no safety outcome."""
    claim = case.paper.claims_safety
    if claim is None:
        return undecidable("Safety is not in the available part of the paper.")
    if not claim.value:
        return not_applicable("the paper claims nothing on safety")
    if found := find(SAFETY_WORDS, outcome_passages(each(case.record.outcomes))):
        return ok("A safety outcome is registered.", found, _paper(case, claim.says))
    return hit(
        "The paper claims safety; the record has no safety outcome.",
        _outcomes_quote(case.record),
        _paper(case, claim.says),
    )


@CATALOGUE.rule(
    "CMP-14",
    Severity.INFO,
    sources="OWN",
    why="The comparison is as strong as the tie between the two documents.",
    mend="Print the registration number in the abstract.",
)
def tie_missing(case: Case) -> Judgement:
    """No registration number in the paper ties it to the record."""
    number, own = case.paper.registration_number, case.record.identity.nct_id
    if number is None:
        if case.paper.extent is Extent.ABSTRACT:
            return undecidable(
                "The abstract shows no registration number, so that both describe one trial is probable, not proven.",
                quoted(own),
            )
        return hit("The paper gives no registration number.", quoted(own), _paper(case, "no registration number"))
    if own.value and own.value.upper() in number.value.upper():
        return ok("The paper gives the number of this record.", quoted(own), _paper(case, number.says))
    return hit("The paper gives another registration number.", quoted(own), _paper(case, number.says))


@CATALOGUE.rule(
    "CMP-15",
    Severity.INFO,
    sources="COMP",
    why="A change that is declared is not misreporting.",
    mend="Add a section on changes after the start of the trial.",
)
def changes_not_declared(case: Case) -> Judgement:
    """The paper does not declare its changes from the record."""
    declared = case.paper.declares_changes
    if declared is None:
        if case.paper.extent is Extent.ABSTRACT:
            return undecidable("Only the abstract was available; changes are declared in the full text, if they are.")
        return hit("The paper has no statement on changes from the record.", _paper(case, "no statement on changes"))
    if declared.value:
        return ok("The paper declares its changes.", _paper(case, declared.says))
    return hit("The paper declares no changes.", _paper(case, declared.says))


def _paper(case: Case, says: str) -> Quote:
    return Quote(clipped(says), case.paper.place)


def _days(days: tuple[int, ...]) -> str:
    return ", ".join(str(day) for day in days)


def _published_names(case: Case) -> dict[str, str]:
    """The paper's outcomes by their usual names; one that the lexicon does not know stands under its own words."""
    names: dict[str, str] = {}
    for one in case.paper.outcomes:
        known = measures_in(one.measure)
        names[known[0].measure.name if known else " ".join(re.findall(r"\w+", one.measure.lower()))] = one.measure
    return names


def _named(record: RegistryRecord) -> dict[str, str]:
    """Every measure that the record names, among its outcomes or in its description, with the words that name it."""
    texts = (*outcome_passages(each(record.outcomes)), *descriptions(record))
    found: dict[str, str] = {}
    for text in texts:
        for named in measures_in(text.plain):
            found.setdefault(named.measure.name, named.words)
    unknown = (
        one for one in each(record.outcomes) if not any(measures_in(text.plain) for text in outcome_passages([one]))
    )
    for outcome in unknown:
        found.setdefault(
            " ".join(re.findall(r"\w+", (outcome.measure.value or "").lower())), outcome.measure.value or ""
        )
    return found


def _outcomes_quote(record: RegistryRecord) -> Quote:
    titles_of = "; ".join(one.measure.value or "" for one in each(record.outcomes))
    return Quote(clipped(f"registered: {titles_of}"), record.outcomes.place)
