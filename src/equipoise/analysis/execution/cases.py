"""One endpoint in one analysis set: whom an analysis can use, on the planned scale, and who is missing and why."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from equipoise.analysis.execution.bounds import difference, known_of, ratio
from equipoise.analysis.trial_data import Absence, Choice, Key, Measurement, TrialData
from equipoise.instruments.item import Item
from equipoise.protocol.analysis_plan import Analysis
from equipoise.protocol.objectives import Endpoint
from equipoise.vocabulary import Comparator, Interval, Refusal

LOG_DECIMALS = 6
"""Decimal logarithms enter as decimals of this many places, so that exact methods see the same number everywhere."""

_LOG = Context(prec=34)
BELOW = frozenset({Comparator.BELOW, Comparator.AT_MOST})
ABOVE = frozenset({Comparator.ABOVE, Comparator.AT_LEAST})


@dataclass(frozen=True, slots=True)
class Case:
    """One participant of an analysis: `baseline` and `outcome` on the endpoint's scale.

    Either is None where the plan gives no number for it: there is no baseline, or a limit that enters by order alone.
    `known` is what is known of the endpoint's metric, for methods that use the order alone: of the difference, or the
    ratio on a logarithmic scale, if the metric is the change.  `texts` are the values as they were reported.
    """

    participant: str
    arm: str
    baseline: Fraction | None
    outcome: Fraction | None
    known: Interval
    covariates: tuple[Fraction | str, ...]
    texts: tuple[str, ...]
    entries: tuple[int, ...]

    @property
    def change(self) -> Fraction | None:
        return None if self.baseline is None or self.outcome is None else self.outcome - self.baseline


@dataclass(frozen=True, slots=True)
class Course:
    """One participant with all planned visits: the metric at each of them, None where it was not measured."""

    participant: str
    arm: str
    baseline: Fraction
    outcomes: tuple[Fraction | None, ...]
    covariates: tuple[Fraction | str, ...]
    texts: tuple[str, ...]
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A participant of the analysis set who cannot be used: what is not there, and why."""

    participant: str
    arm: str
    what: str
    why: Absence


@dataclass(frozen=True)
class Cases:
    """The complete cases of one analysis in order of randomisation, who is missing, and what was done to limits.

    `below_limit`, `above_limit` and `converted` count by arm the values that were reported so.  `courses` are there for
    methods that use incomplete participants too: the metric at each of `visits`, the last the endpoint's encounter.
    """

    analysis: Analysis
    endpoint: Endpoint
    item: Item
    complete: tuple[Case, ...]
    missing: tuple[Missing, ...]
    below_limit: Mapping[str, int]
    above_limit: Mapping[str, int]
    converted: Mapping[str, int]
    visits: tuple[str, ...] = ()
    courses: tuple[Course, ...] = ()

    @property
    def unit(self) -> str:
        """The unit of estimates: that of the endpoint, or its decimal logarithm."""
        unit = self.endpoint.unit or self.item.unit
        return unit if self.endpoint.scale == "identity" else f"log10({unit})" if unit else "log10"

    def metric(self, case: Case) -> Fraction:
        """The endpoint's metric of one complete case; methods that use the order alone do not ask for it."""
        value = case.outcome if self.endpoint.metric == "value" else case.change
        assert value is not None, "complete cases of a method for numbers are numbers"
        return value

    def of(self, arm: str) -> tuple[Case, ...]:
        return tuple(case for case in self.complete if case.arm == arm)

    @property
    def entries(self) -> tuple[int, ...]:
        return tuple(sorted({entry for case in self.complete for entry in case.entries}))


@dataclass(frozen=True)
class Selection:
    """What a set of cases is made from; `covariates` pairs an item with the encounter that holds its value."""

    data: TrialData
    endpoint: Endpoint
    item: Item
    members: Sequence[str]
    arms: Mapping[str, str]
    covariates: tuple[tuple[str, str], ...] = ()
    needs_baseline: bool = True
    order_alone: bool = False


def select_cases(analysis: Analysis, chosen: Selection) -> Cases:
    """Pick the complete cases of an analysis.  Raises `Refusal` where the plan cannot be followed for a value."""
    complete: list[Case] = []
    missing: list[Missing] = []
    below, above, converted = Counter[str](), Counter[str](), Counter[str]()
    for participant in chosen.members:
        arm = chosen.arms[participant]
        values = _Values(chosen, participant)
        if values.lacking is not None:
            missing.append(Missing(participant, arm, *values.lacking))
            continue
        below[arm] += sum(each.comparator in BELOW for each in values.numbers())
        above[arm] += sum(each.comparator in ABOVE for each in values.numbers())
        converted[arm] += sum(each.was_converted for each in values.numbers())
        complete.append(_case(analysis, chosen, arm, values))
    return Cases(analysis, chosen.endpoint, chosen.item, tuple(complete), tuple(missing), below, above, converted)


class _Values:
    """What was recorded of one participant, and the first needed value that is not there."""

    def __init__(self, chosen: Selection, participant: str) -> None:
        endpoint, data = chosen.endpoint, chosen.data
        self.participant = participant
        self.lacking: tuple[str, Absence] | None = None
        self.outcome = self._take(data, (participant, endpoint.encounter, endpoint.item), "outcome")
        before = (participant, endpoint.baseline, endpoint.item)
        self.baseline = self._take(data, before, "baseline") if chosen.needs_baseline else data.measurements.get(before)
        self.covariates = tuple(
            self._take(data, (participant, encounter, item), f"covariate {item}")
            for item, encounter in chosen.covariates
        )

    def _take(self, data: TrialData, key: Key, what: str) -> Measurement | Choice | None:
        found = data.measurements.get(key) or data.choices.get(key)
        if found is None and self.lacking is None:
            self.lacking = (what, data.absences.get(key, Absence.NOT_RECORDED))
        return found

    def all(self) -> tuple[Measurement | Choice, ...]:
        return tuple(each for each in (self.baseline, self.outcome, *self.covariates) if each is not None)

    def numbers(self) -> tuple[Measurement, ...]:
        return tuple(each for each in self.all() if isinstance(each, Measurement))


def _case(analysis: Analysis, chosen: Selection, arm: str, values: _Values) -> Case:
    outcome, baseline = values.outcome, values.baseline
    if not isinstance(outcome, Measurement) or isinstance(baseline, Choice):
        raise Refusal(
            "PLAN-KIND", "The endpoint is no number, and the planned method needs numbers.", "Plan another method."
        )
    return Case(
        participant=values.participant,
        arm=arm,
        baseline=None if baseline is None else on_scale(analysis, chosen, baseline),
        outcome=on_scale(analysis, chosen, outcome),
        known=_known(chosen.endpoint, baseline, outcome),
        covariates=planned_covariates(analysis, values.covariates),
        texts=tuple(reported_text(each) for each in values.all()),
        entries=entries_of(values.all()),
    )


def planned_covariates(analysis: Analysis, given: Sequence[Measurement | Choice | None]) -> tuple[Fraction | str, ...]:
    """The covariates as they enter: codes, and numbers by the plan's rule."""
    entering = [
        each.code if isinstance(each, Choice) else planned_number(analysis, each, order_alone=False)
        for each in given
        if each is not None
    ]
    assert None not in entering, "without a number the rule has refused"
    return tuple(each for each in entering if each is not None)


def reported_text(each: Measurement | Choice) -> str:
    return each.text if isinstance(each, Measurement) else each.code


def entries_of(given: Iterable[Measurement | Choice]) -> tuple[int, ...]:
    """The ledger entries behind values, each once."""
    return tuple(sorted({entry for each in given for entry in each.entries}))


def _known(endpoint: Endpoint, baseline: Measurement | None, outcome: Measurement) -> Interval:
    if endpoint.metric == "value" or baseline is None:
        return known_of(outcome)
    compare = difference if endpoint.scale == "identity" else ratio
    return compare(known_of(outcome), known_of(baseline))


def on_scale(analysis: Analysis, chosen: Selection, measurement: Measurement) -> Fraction | None:
    number = planned_number(analysis, measurement, order_alone=chosen.order_alone)
    if number is None:
        return None
    number = _in_unit(chosen.item, chosen.endpoint.unit, number)
    return number if chosen.endpoint.scale == "identity" else logarithm(number)


def planned_number(analysis: Analysis, measurement: Measurement, *, order_alone: bool) -> Fraction | None:
    """The number by which a measurement enters: itself, or what the plan says for a value below a limit.

    A value above a limit enters as the limit, the least that is known; the plan foresees none, so that is a finding.
    """
    if measurement.comparator not in BELOW or analysis.below_limit == "limit":
        return measurement.value
    if analysis.below_limit == "half_limit":
        return measurement.value / 2
    if order_alone:
        return None
    raise Refusal(
        "PLAN-BELOW",
        "A value lies below its detection limit, and the plan lets it enter by its order alone.",
        "Plan a method for ranks, or say which number stands for such a value.",
    )


def _in_unit(item: Item, unit: str, number: Fraction) -> Fraction:
    """A number of the item's first unit in the endpoint's; conversions of units are straight lines."""
    if unit in ("", item.unit):
        return number
    zero, one = (item.in_unit(Decimal(point), item.unit, unit) for point in (0, 1))
    if zero is None or one is None:
        raise Refusal("PLAN-UNIT", "The endpoint's unit does not measure what its item does.", "Mend the endpoint.")
    return zero + (one - zero) * number


def logarithm(number: Fraction) -> Fraction:
    """The decimal logarithm to six places.  Refuses zero and less."""
    if number <= 0:
        raise Refusal(
            "PLAN-LOG",
            "A value of zero has no logarithm, and the plan puts this endpoint on a logarithmic scale.",
            "Say in the plan how a zero enters, or analyse ranks.",
        )
    quotient = _LOG.divide(Decimal(number.numerator), Decimal(number.denominator))
    return Fraction(round(_LOG.log10(quotient), LOG_DECIMALS))
