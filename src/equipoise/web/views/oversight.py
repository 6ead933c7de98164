"""For those who check: the audit trail of the whole trial, and what still stands before a lock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from equipoise.closure import ClassifyDeviation, Trial
from equipoise.closure.obstacles import obstacles
from equipoise.conduct import Point, may
from equipoise.conduct.events import DeviationRecorded, PromptSettled, QueryAnswered, QueryClosed
from equipoise.conduct.sight import sees_point
from equipoise.ledger import Entry
from equipoise.vocabulary import Finding, Role
from equipoise.web.handling import hand_in
from equipoise.web.here import Here, TrialRequest
from equipoise.web.requests import new_request
from equipoise.web.sight import sees_query

_PER_PAGE = 100
_HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry for reading; `details` are its fields, those hidden that could betray the arm."""

    seq: int
    type: str
    who: str
    role: Role
    at: datetime
    participant: str
    details: tuple[tuple[str, str], ...]
    why: str


@require_safe
def audit(request: TrialRequest, trial: str) -> HttpResponse:
    """The entries of the ledger, newest last, a page at a time; of participants, those of the own sites."""
    here = request.here
    head = here.trial.look(lambda state: state.conduct.seq)
    typed = request.GET.get("after", "")
    after = int(typed) if typed.isdecimal() and len(typed) < 16 else max(0, head - _PER_PAGE)
    with here.trial.book.ledger.lock:
        entries = _take(here.trial.book.ledger.entries(after=after), _PER_PAGE)
    sites = here.trial.look(lambda state: {each.number: each.site for each in state.conduct.participants.values()})
    lines = here.trial.look(
        lambda state: [_line(here, state, entry) for entry in entries if _is_own(here, entry, sites)]
    )
    context = {
        "lines": lines,
        "after": after,
        "head": head,
        "earlier": max(0, after - _PER_PAGE) if after else None,
        "later": after + _PER_PAGE if after + _PER_PAGE < head else None,
    }
    return render(request, "audit.html", context)


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


def _take(entries: Iterable[Entry], most: int) -> list[Entry]:
    return [entry for _, entry in zip(range(most), entries, strict=False)]


def _is_own(here: Here, entry: Entry, sites: dict[str, str]) -> bool:
    site = sites.get(str(entry.body.get("participant", "")))
    return site is None or here.covers(site)


def _line(here: Here, trial: Trial, entry: Entry) -> Line:
    secret = {"answer", "reason", "text"} if _is_hidden(here, trial, entry) else set()
    details = tuple(
        (name, _HIDDEN if name in secret else _text(value))
        for name, value in entry.body.items()
        if name != "participant"
    )
    number = str(entry.body.get("participant", ""))
    return Line(entry.seq, entry.type, entry.who, entry.role, entry.recorded_at, number, details, entry.why or "")


def _is_hidden(here: Here, trial: Trial, entry: Entry) -> bool:
    """True if the entry concerns an answer that the role does not see, or says something about such an answer."""
    event, plan, state = entry.event, here.trial.plan, trial.conduct
    point = getattr(event, "point", None)
    if isinstance(point, Point):
        return not sees_point(plan, here.role, point)
    if isinstance(event, QueryAnswered | QueryClosed):
        return not sees_query(plan, here.role, state.query(event.query))
    if isinstance(event, PromptSettled):
        prompt = state.prompt(event.prompt)
        return not all(sees_point(plan, here.role, prompt.page.point(item)) for item in prompt.items)
    return False


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value[:12]) + (" …" if len(value) > 12 else "")
    return str(value)
