"""For those who check: the audit trail of the whole trial."""

from datetime import date, timedelta
from itertools import takewhile

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from equipoise.ledger import Entry
from equipoise.store.running import RunningTrial
from equipoise.vocabulary import Refusal
from equipoise.web.audit_trail import visible_entries
from equipoise.web.here import TrialRequest
from equipoise.web.intake import read_date

_MOST = 300


@require_safe
def audit(request: TrialRequest, trial: str) -> HttpResponse:
    """The entries of one day, as the role may read them; entries are never counted over the whole trial here."""
    here = request.here
    try:
        day = read_date(request.GET.get("day", "") or here.trial.today().isoformat())
    except Refusal:
        day = here.trial.today()
    entries, before = entries_of_day(here.trial, day)
    lines = here.trial.look(lambda state: list(visible_entries(here, state.conduct, entries)))
    start = request.GET.get("from", "")
    first = int(start) if start.isdecimal() and len(start) < 9 else 0
    context = {
        "day": day,
        "earlier": before,
        "later": day + timedelta(days=1) if day < here.trial.today() else None,
        "lines": lines[first : first + _MOST],
        "count": len(lines),
        "next": first + _MOST if first + _MOST < len(lines) else None,
    }
    return render(request, "audit.html", context)


def entries_of_day(trial: RunningTrial, day: date) -> tuple[list[Entry], date | None]:
    """The entries of a calendar day where the trial takes place, and the last day before it that has any.

    Ledger time never runs backwards, so that the day is found by halving.
    """
    ledger = trial.book.ledger
    with ledger.lock:
        low, high = 0, ledger.head()[0]

        def day_at(seq: int) -> date:
            return trial.plan.local_date(next(iter(ledger.entries(after=seq - 1))).recorded_at)

        while low < high:  # the last entry before the day
            middle = (low + high + 1) // 2
            low, high = (middle, high) if day_at(middle) < day else (low, middle - 1)
        found = list(
            takewhile(lambda entry: trial.plan.local_date(entry.recorded_at) == day, ledger.entries(after=low))
        )
        return found, day_at(low) if low else None
