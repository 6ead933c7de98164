"""Refusals as structured errors (RFC 9457): the rule, the sentence and the remedy that a page would show."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from equipoise.vocabulary import Refusal

_CONFLICTS = frozenset({"ANSWER-TWICE", "CORRECTION-STALE", "CORRECTION-SAME", "SLOT-TAKEN"})
_UNAVAILABLE = frozenset({"LEDGER-BUSY", "LEDGER-DISK", "LEDGER-FAILED", "LEDGER-CHANGED"})
_READING = frozenset({"GET", "HEAD"})

SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "Why something is not done: which rule stands against it, in a sentence, and what to do.",
    "required": ["type", "title", "status", "rule", "sentence", "remedy"],
    "properties": {
        "type": {"type": "string", "description": "A name for the rule, as a URN."},
        "title": {"type": "string", "description": "The words of the HTTP status."},
        "status": {"type": "integer"},
        "rule": {"type": "string", "description": "The clause or the catalogue's number."},
        "sentence": {"type": "string", "description": "What is wrong, for a person."},
        "remedy": {"type": "string", "description": "What to do next."},
        "places": {"type": "array", "items": {"type": "string"}, "description": "The fields of the request concerned."},
    },
}
"""The schema of every error."""


def problem(status: int, refusal: Refusal, places: Sequence[str] = ()) -> HttpResponse:
    """The answer that says why not; it never repeats what was sent."""
    body: dict[str, Any] = {
        "type": f"urn:equipoise:rule:{refusal.rule}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "rule": refusal.rule,
        "sentence": refusal.sentence,
        "remedy": refusal.remedy,
    }
    if places:
        body["places"] = list(places)
    answer = HttpResponse(json.dumps(body), status=status, content_type="application/problem+json")
    answer["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Bearer realm="equipoise"'
    return answer


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal of the rules: 409 where something else was first, 404 to who reads, 422 to who writes."""
    if refusal.rule in _UNAVAILABLE:
        return problem(503, refusal)
    if request.method in _READING:
        return problem(404, refusal)
    return problem(409 if refusal.rule in _CONFLICTS else 422, refusal)


def not_known() -> HttpResponse:
    """To who shows no token that holds: the same words whatever is wrong with it."""
    return problem(
        401,
        Refusal(
            "TOKEN", "This address is opened by a personal token that holds.", "Make one on the page of your account."
        ),
    )


def no_such() -> HttpResponse:
    """To who asks for what does not exist, or is not for this role, site or trial: the same words."""
    return problem(404, Refusal("ADDRESS", "There is nothing here for you.", "Check the address and the role."))


def malformed(status: int, sentence: str, remedy: str, places: Sequence[str] = ()) -> HttpResponse:
    """A request that cannot be read."""
    return problem(status, Refusal("REQUEST", sentence, remedy), places)
