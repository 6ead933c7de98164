"""The tables of a closed report, by label: who was treated, adverse events, primary endpoint.  Pure.

Risk differences have Miettinen-Nurminen score intervals and Fisher's exact p; differences in means Welch's interval.
No p-value stands beside an endpoint: efficacy is looked at, not tested.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean, stdev
from typing import Any

from equipoise.vocabulary import Json, Refusal
from equipoise_vault.committee.data import CommitteeData, SlotData


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under a heading; the first column names the row."""

    title: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_json(self) -> dict[str, Json]:
        return {"title": self.title, "heading": list(self.heading), "rows": [list(row) for row in self.rows]}


Groups = Mapping[str, Sequence[SlotData]]
"""Label -> participants, labels in order."""


def closed_tables(
    data: CommitteeData, label_of: Callable[[tuple[int, int]], str], labels: Sequence[str]
) -> list[Table]:
    """All tables; `label_of` gives the label of a slot."""
    groups = {label: [slot for slot in data.slots if label_of(slot.place) == label] for label in sorted(labels)}
    endpoints = [_outcome_table(groups, endpoint) for endpoint in data.endpoints]
    return [_course_table(groups), _event_table(groups), _term_table(groups), *endpoints]


def _course_table(groups: Groups) -> Table:
    rows = (
        ("Randomised", *(str(len(group)) for group in groups.values())),
        ("Doses given", *(str(sum(slot.doses_given for slot in group)) for group in groups.values())),
        ("Stopped treatment", *(_share(group, lambda slot: slot.stopped_treatment) for group in groups.values())),
        ("Left the trial", *(_share(group, lambda slot: slot.left) for group in groups.values())),
    )
    return Table("Participants", ("", *groups), rows)


_EVENTS: Mapping[str, Callable[[SlotData], bool]] = {
    "Any adverse event": lambda slot: bool(slot.adverse_events),
    "Grade 3 or higher": lambda slot: any(grade >= 3 for _, grade, _ in slot.adverse_events),
    "Serious": lambda slot: any(serious for _, _, serious in slot.adverse_events),
    "Fatal": lambda slot: any(grade == 5 for _, grade, _ in slot.adverse_events),
}


def _event_table(groups: Groups) -> Table:
    rows = tuple(
        (name, *(_share(group, has) for group in groups.values()), *_compared(list(groups.values()), has))
        for name, has in _EVENTS.items()
    )
    return Table("Participants with adverse events", ("", *groups, *_comparison(groups)), rows)


def _term_table(groups: Groups) -> Table:
    terms = sorted({term for group in groups.values() for slot in group for term, _, _ in slot.adverse_events})

    def with_term(term: str) -> Callable[[SlotData], bool]:
        return lambda slot: any(term == other for other, _, _ in slot.adverse_events)

    rows = tuple(
        (
            term,
            *(_share(group, with_term(term)) for group in groups.values()),
            *_compared(list(groups.values()), with_term(term)),
        )
        for term in terms
    )
    return Table("Participants by term", ("", *groups, *_comparison(groups)), rows)


def _comparison(groups: Groups) -> tuple[str, ...]:
    if len(groups) != 2:
        return ()
    first, second = groups
    return f"{first} - {second}, percentage points (95 % CI)", "Fisher p"


def _share(group: Sequence[SlotData], has: Callable[[SlotData], bool]) -> str:
    count = sum(map(has, group))
    return f"{count} ({100 * count / len(group):.0f} %)" if group else "0"


def _compared(groups: Sequence[Sequence[SlotData]], has: Callable[[SlotData], bool]) -> tuple[str, ...]:
    if len(groups) != 2:
        return ()
    from equipoise.analysis import TwoByTwo, fisher_test, risk_difference  # noqa: PLC0415  # numpy, for a report alone
    from equipoise.analysis.exact.risk_difference import RiskInterval  # noqa: PLC0415

    first, second = groups
    try:
        table = TwoByTwo(sum(map(has, first)), len(first), sum(map(has, second)), len(second))
    except Refusal:
        return "-", "-"
    difference = risk_difference(table, method=RiskInterval.SCORE)
    return _interval(difference, 100, 1), fisher_test(table).p.text(3)


def _outcome_table(groups: Groups, endpoint: tuple[str, str, str, str]) -> Table:
    name, wording, metric, unit = endpoint
    values = {
        label: [value for slot in group if (value := _value(slot, name, metric)) is not None]
        for label, group in groups.items()
    }
    rows = [
        ("Observed", *(f"{len(values[label])} of {len(group)}" for label, group in groups.items())),
        ("Mean", *(f"{mean(numbers):.2f}" if numbers else "-" for numbers in values.values())),
        ("Standard deviation", *(f"{stdev(numbers):.2f}" if len(numbers) > 1 else "-" for numbers in values.values())),
    ]
    heading = ("", *groups)
    if len(groups) == 2:
        heading = (*heading, f"{' - '.join(groups)} (95 % CI)")
        rows = [(*row, _difference(list(values.values())) if row[0] == "Mean" else "") for row in rows]
    return Table(f"{wording}{f', {unit}' if unit else ''}", heading, tuple(rows))


def _value(slot: SlotData, endpoint: str, metric: str) -> Decimal | None:
    baseline, later = slot.outcomes[endpoint]
    if metric == "value":
        return later
    return None if baseline is None or later is None else later - baseline


def _difference(values: Sequence[Sequence[Decimal]]) -> str:
    from equipoise.analysis import welch_t_test  # noqa: PLC0415  # as above

    try:
        return _interval(welch_t_test(values[0], values[1]).estimate, 1, 2)
    except Refusal:
        return "-"


def _interval(estimate: Any, scale: int, decimals: int) -> str:
    ends = [f"{float(end) * scale:.{decimals}f}" for end in (estimate.interval.lower, estimate.interval.upper)]
    return f"{float(estimate.value) * scale:.{decimals}f} ({ends[0]} to {ends[1]})"
