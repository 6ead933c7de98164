"""For those who check: the audit trail of the whole trial, and what still stands before a lock."""

from datetime import date, timedelta
from itertools import takewhile

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from equipoise.closure import ClassifyDeviation, Trial
from equipoise.closure.obstacles import obstacles
from equipoise.conduct import may
from equipoise.conduct.events import DeviationRecorded
from equipoise.ledger import Entry
from equipoise.store.running import RunningTrial
from equipoise.vocabulary import Finding, Refusal
from equipoise.web.audit_trail import visible_entries
from equipoise.web.handling import hand_in
from equipoise.web.here import Here, TrialRequest
from equipoise.web.intake import read_date
from equipoise.web.requests import new_request

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


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: TrialRequest, trial: str) -> HttpResponse:
    """What stands between the data and a lock, by rule, and the deviations that nobody has classified."""
    here, refusal = request.here, None
    if request.method == "POST":
        own = here.trial.look(lambda state: {str(each.deviation) for each in _waiting(here, state)})
        kinds = {"classify_deviation": ClassifyDeviation} if request.POST.get("deviation", "") in own else {}
        refusal = hand_in(request, kinds)
        if refusal is None:
            return redirect("review", trial=trial)

    context = {
        **here.trial.look(lambda state: _before_lock(here, state)),
        "may_classify": may(here.role, "classify_deviation"),
        "refused": refusal,
        "request_id": new_request(),
    }
    return render(request, "review.html", context, status=422 if refusal else 200)


def _before_lock(here: Here, trial: Trial) -> dict[str, object]:
    numbers = {each.number for each in here.participants(trial.conduct)}
    found = [
        each for each in obstacles(here.trial.plan, trial) if here.sites is None or each.place.split(",")[0] in numbers
    ]
    by_rule: dict[str, list[Finding]] = {}
    for finding in found:
        by_rule.setdefault(finding.rule, []).append(finding)
    return {
        "by_rule": sorted(by_rule.items()),
        "count": len(found),
        "waiting": _waiting(here, trial),
        "certificate": trial.closure.certificate,
    }


def _waiting(here: Here, trial: Trial) -> list[DeviationRecorded]:
    """The deviations at the own sites that nobody has classified."""
    return [
        each
        for person in here.participants(trial.conduct)
        for each in person.deviations.values()
        if each.deviation not in trial.closure.important
    ]
