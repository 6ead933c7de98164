"""Recruitment against the plan: who was randomised when, how fast, and when the planned number will be reached."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from equipoise.conduct import Participant
from equipoise.web.drawing import Chart, Sample, draw

_DAYS_PER_MONTH = Fraction(3652425, 120000)


@dataclass(frozen=True, slots=True)
class Recruitment:
    """`per_month` counts from the first screening on; `reached_on` is None once it is reached, or without a rate."""

    screened: int
    randomised: int
    planned: int | None
    per_month: str
    reached_on: date | None
    chart: Chart | None

    @property
    def percent(self) -> int:
        return 0 if not self.planned else min(100, self.randomised * 100 // self.planned)


def recruitment_of(
    people: Iterable[Participant], planned: int | None, today: date, written: Callable[[date], str]
) -> Recruitment:
    """Count the screened and the randomised among some people, up to a day; `written` says days as the reader does."""
    everybody = tuple(people)
    on = Counter(each.randomised_on for each in everybody if each.randomised_on is not None)
    randomised = sum(on.values())
    began = min((each.screened_on for each in everybody), default=today)
    rate = Fraction(randomised, max(1, (today - began).days))
    missing = 0 if planned is None else planned - randomised
    return Recruitment(
        screened=len(everybody),
        randomised=randomised,
        planned=planned,
        per_month=f"{float(rate * _DAYS_PER_MONTH):.1f}",
        reached_on=today + timedelta(days=-(-missing // rate)) if missing > 0 and rate else None,
        chart=_chart(on, began, today, planned, written) if randomised else None,
    )


def _chart(on: Counter[date], began: date, today: date, planned: int | None, written: Callable[[date], str]) -> Chart:
    samples, total = [Sample(0, Fraction(0), "0")], 0
    for day in sorted(on):
        total += on[day]
        samples.append(Sample((day - began).days, Fraction(total), f"{written(day)}: {total}"))
    samples.append(Sample((today - began).days, Fraction(total), str(total)))
    ticks = [(0, written(began)), ((today - began).days, written(today))]
    return draw(samples, ticks, target=planned, steps=True)
