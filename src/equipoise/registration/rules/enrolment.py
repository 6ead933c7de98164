"""Rules on the number of participants."""

import re
from decimal import Decimal

from equipoise.registration.derive import derive
from equipoise.registration.field import each
from equipoise.registration.language.numbers import people_counts
from equipoise.registration.language.passage import (
    Quote,
    descriptions,
    find,
    interventions,
    phrase,
    prose,
    said,
    titles,
)
from equipoise.registration.power import detectable_difference, t_test_power
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
from equipoise.registration.words import Allocation, EnrolmentKind, InterventionModel
from equipoise.vocabulary import Severity

CATALOGUE = Catalogue(RuleGroup.ENROLMENT)
RATIO = re.compile(
    r"(?:ratio|random\w*|allocat\w*|assign\w*)[^.;]{0,80}?\b(\d{1,2}(?:\s?:\s?\d{1,2}){1,8})\b(?!\s*[ap]\.?m)|"
    r"\b(\d{1,2}(?:\s?:\s?\d{1,2}){1,8})\b[^.;]{0,40}?(?:ratio|random\w*|allocat\w*)|"
    r"(?:equal(?:ly)?|balanced)\s+(?:allocat\w*|random\w*|number|probab\w*|chance)|random\w*\s+equally",
    re.IGNORECASE,
)
JUSTIFIED = phrase(r"sample size", r"power (?:of|calculation|analysis)", r"\d+\s?% power", "pilot", "feasibility")
LARGE_EFFECT = 0.8
ENOUGH = 1_000
"""Participants per arm beyond which the power for a large effect is 1."""


@CATALOGUE.rule(
    "ENR-01",
    Severity.ERROR,
    why="Two numbers for one study: one is wrong, or counts something else that is not named.",
    sources="QC",
    mend="Say which number is the number randomised, and correct or explain the other.",
)
def numbers_disagree(case: Case) -> Judgement:
    """A number of participants in the text differs from the enrolment field."""
    count = case.record.design.enrolment.count
    if count.value is None:
        return undecidable("The enrolment field is not in this source.")
    actual = case.record.design.enrolment.kind.value is EnrolmentKind.ACTUAL
    stated = [
        one
        for one in people_counts((*titles(case.record), *descriptions(case.record), *interventions(case.record)))
        if not (one.planned and actual)  # a plan may differ from what came of it
    ]
    field = Quote(f"enrolment {count.value}", count.place)
    other = next((one for one in stated if not _same_number(one.number, count.value)), None)
    if other is None:
        return ok("No number of participants in the text disagrees with the enrolment field.", field)
    twice = (
        f" {other.number} is {count.value} x {len(each(case.record.arms))} arms: the field may hold the number per arm."
    )
    hint = twice if other.number == count.value * len(each(case.record.arms)) else ""
    return hit(
        f"The text counts {other.number} participants, the enrolment field {count.value}.{hint}", other.quote, field
    )


@CATALOGUE.rule(
    "ENR-02",
    Severity.INFO,
    why="A total that no full allocation gives hides an imbalance, or is a number per arm entered as the total.",
    sources="OWN",
    mend="Give the number per arm beside the total.",
)
def total_does_not_split(case: Case) -> Judgement:
    """The actual number cannot be split in the stated ratio, or equally where none is stated."""
    record = case.record
    enrolment, arms = record.design.enrolment, len(each(record.arms))
    if record.design.allocation.value is not Allocation.RANDOMIZED or arms < 2:
        return not_applicable("participants are not randomised to two arms or more")
    if record.design.model.value is InterventionModel.FACTORIAL:
        return not_applicable("each participant of a factorial design is in several arms")
    if enrolment.count.value is None:
        return undecidable("The enrolment field is not in this source.")
    if enrolment.kind.value is not EnrolmentKind.ACTUAL:
        return not_applicable("the number is still a plan")
    stated = find(RATIO, prose(record))
    parts = _parts(stated, arms)
    quote = Quote(f"{enrolment.count.value} participants, {arms} arms", enrolment.count.place)
    if enrolment.count.value % sum(parts) == 0:
        return ok(f"{enrolment.count.value} splits {':'.join(map(str, parts))}.", quote, stated)
    return hit(f"{enrolment.count.value} does not split {':'.join(map(str, parts))} over {arms} arms.", quote, stated)


@CATALOGUE.rule(
    "ENR-03",
    Severity.WARNING,
    why="Without the ratio nobody can repeat the allocation, or tell an imbalance from a plan.",
    sources="SP CO",
    mend="State the ratio, for example 1:1, in the description of the model.",
)
def ratio_absent(case: Case) -> Judgement:
    """The trial is randomised but its allocation ratio is nowhere."""
    if case.record.design.allocation.value is not Allocation.RANDOMIZED:
        return not_applicable("the study is not randomised")
    if found := find(RATIO, prose(case.record)):
        return ok("The allocation ratio is stated.", found)
    return hit("No text of the record states an allocation ratio.", said(case.record.design.allocation, "allocation"))


@CATALOGUE.rule(
    "ENR-04",
    Severity.WARNING,
    why="A study that would miss even a large effect more often than not needs a reason for its size.",
    sources="SP",
    mend="Give the sample size reasoning, or call the study a pilot and leave out tests of efficacy.",
)
def low_power(case: Case) -> Judgement:
    """The sample gives less than 50 % power for a large difference, and no reason for its size is given."""
    record = case.record
    count, arms = record.design.enrolment.count.value, len(each(record.arms))
    if record.design.allocation.value is not Allocation.RANDOMIZED or arms < 2:
        return not_applicable("participants are not randomised to two arms or more")
    if record.design.model.value is not InterventionModel.PARALLEL:
        return not_applicable("the design does not compare independent arms of participants")
    if count is None or count < arms:
        return undecidable("The number of participants is not known, or nobody was enrolled.")
    smaller, larger = min(count // arms, ENOUGH), min(-(-count // arms), ENOUGH)
    power = t_test_power(smaller, larger, LARGE_EFFECT)
    quote = Quote(f"{count} participants, {arms} arms", record.design.enrolment.count.place)
    if power >= 0.5:
        return ok(f"{smaller} and {larger} per arm give power {power:.2f} at d = {LARGE_EFFECT}.", quote)
    if reason := find(JUSTIFIED, prose(record)):
        return ok(f"{smaller} and {larger} per arm give power {power:.2f}, but the size is explained.", quote, reason)
    needed = detectable_difference(smaller, larger)
    return hit(
        f"{smaller} and {larger} per arm give power {power:.2f} at d = {LARGE_EFFECT}; "
        f"for power 0.80 the difference must be d = {needed:.2f}.",
        quote,
    )


@CATALOGUE.rule(
    "ENR-05",
    Severity.INFO,
    why="A derived figure that does not follow from the fields beside it is a fault of the page that prints it.",
    sources="OWN",
    mend="Use the fields, not the figure.",
)
def figures_do_not_recompute(case: Case) -> Judgement:
    """A figure that the source page derives does not follow from the record's own fields."""
    printed, derived = case.record.page_figures, derive(case.record)
    pairs = [
        (field, figure)
        for field, figure in (
            (printed.enrolment, derived.participants),
            (printed.sites, derived.sites),
            (printed.arms, derived.arms),
            (printed.months, derived.months),
            (printed.per_site_per_month, derived.per_site_per_month),
        )
        if field.value is not None
    ]
    if not pairs:
        return not_applicable("this source prints no derived figures")
    for field, figure in pairs:
        if figure.value is not None and Decimal(figure.shown) != field.value:
            return artefact(
                f"The page prints {field.value} for {figure.name}; {figure.formula} gives {figure.shown}.", said(field)
            )
    spans = (Quote(f"{figure.name} {field.value}", field.place) for field, figure in pairs)
    return ok("Every figure of the page follows from its fields.", *spans)


@CATALOGUE.rule(
    "ENR-06",
    Severity.WARNING,
    why="Dividing by the whole study, not by the months open to enrolment, makes recruitment look slower.",
    sources="OWN",
    mend="Plan recruitment with the rate over the enrolment window.",
)
def misleading_rate(case: Case) -> Judgement:
    """A figure per site and month over the whole study stands where a recruitment rate is read."""
    printed, derived = case.record.page_figures.per_site_per_month, derive(case.record)
    if printed.value is None:
        return not_applicable("this source prints no such figure")
    if derived.recruitment_rate.value is None:
        return undecidable(
            "The enrolment window is not known, so the figure cannot be compared.",
            said(printed, "participants per site per month"),
        )
    sites = max(1, len(each(case.record.sites)))
    honest = derived.recruitment_rate.value / sites
    if honest <= printed.value * Decimal("1.1"):
        return ok(
            f"The figure is close to the rate over the enrolment window, {honest:.1f}.",
            said(printed, "participants per site per month"),
        )
    return hit(
        f"The page prints {printed.value} per site and month over {derived.months.shown} months; over the "
        f"{derived.window.months:.1f} months in which someone could start it is {honest:.1f}."
        if derived.window
        else "",
        said(printed, "participants per site per month"),
    )


def _same_number(stated: int, field: int) -> bool:
    """True for the same number, and for a round number within 2 % of it: '1200 children' for 1206."""
    return stated == field or (stated % 10 == 0 and abs(stated - field) * 50 <= field)


def _parts(stated: Quote | None, arms: int) -> tuple[int, ...]:
    found = RATIO.search(stated.text) if stated else None
    numbers = re.findall(r"\d+", (found[1] or found[2] or "") if found else "")
    parts = tuple(int(number) for number in numbers)
    return parts if len(parts) == arms and all(parts) else (1,) * arms
