"""What an address of a command does: build the command, hand it to the trial's book, say what was written."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any

from django.http import Http404
from ninja import Header

from equipoise.ledger import Entry
from equipoise.vocabulary import canonical_json
from equipoise.web.api.nouns import Written
from equipoise.web.api.offered import Offer
from equipoise.web.api.shapes import Body, command_of
from equipoise.web.here import Here, TrialRequest

IdempotencyKey = Annotated[
    str | None,
    Header(None, alias="Idempotency-Key", max_length=200, description="Sent again, the same command writes once."),
]


def operation_of(offer: Offer) -> Callable[..., Written]:
    """The view of one command, with the signature from which its description is made."""
    shape: Any = offer.shape
    sent: Any = (shape | None) if not any(each.is_required() for each in shape.model_fields.values()) else shape
    nothing: Any = None if sent is not shape else ...

    if offer.is_about_one:

        def about_one(
            request: TrialRequest,
            trial: str,
            participant: str,
            body: sent = nothing,
            idempotency_key: IdempotencyKey = None,
        ) -> Written:
            return carry_out(request.here, offer, participant, body or shape(), idempotency_key or "")

        return about_one

    def about_trial(
        request: TrialRequest,
        trial: str,
        body: sent = nothing,
        idempotency_key: IdempotencyKey = None,
    ) -> Written:
        return carry_out(request.here, offer, None, body or shape(), idempotency_key or "")

    return about_trial


def carry_out(here: Here, offer: Offer, number: str | None, body: Body, key: str) -> Written:
    """Carry out one command.  Raises `Refusal`, and 404 for a site that is not the role's own."""
    site = getattr(body, "site", None)
    if site is not None and not here.covers(site):
        raise Http404
    command = here.trial.look(
        lambda trial: command_of(
            offer.kind,
            body,
            here.trial.plan,
            here.role,
            trial.conduct.participant(number) if number is not None else None,
        )
    )
    entries = here.trial.do(here.actor, command, request=_request(here, offer, number, body, key) if key else "")
    return Written(number or _named(entries), tuple(entry.type for entry in entries))


def _request(here: Here, offer: Offer, number: str | None, body: Body, key: str) -> str:
    """The name of a request: a key names the same one only for the same person, command and content."""
    said = canonical_json([here.actor.who, here.role.value, offer.name, number, key, body.model_dump(mode="json")])
    return "api-" + hashlib.sha256(said).hexdigest()[:40]


def _named(entries: tuple[Entry, ...]) -> str | None:
    """The participant whom a new entry names: who was screened gets the number from here."""
    return next((str(entry.body["participant"]) for entry in entries if "participant" in entry.body), None)
