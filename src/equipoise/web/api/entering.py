"""Who comes in with a token: the person whose it is, in the one trial and role that it opens."""

import logging
from dataclasses import dataclass

from django.http import HttpRequest

from equipoise.store.running import now, running_trial
from equipoise.store.tokens import PersonalToken, find_token
from equipoise.web.here import Here, arrive

_SCHEME = "bearer "
_log = logging.getLogger("equipoise.access")


@dataclass(frozen=True, slots=True)
class Shown:
    """A token that holds, and where its owner stands now."""

    token: PersonalToken
    here: Here

    def put_on(self, request: HttpRequest) -> None:
        """Set what views read; the cookie's account has no say here."""
        request.token = self.token  # type: ignore[attr-defined]  # read by `me`
        request.account = self.token.account  # type: ignore[attr-defined]  # declared by `TrialRequest`
        request.here = self.here  # type: ignore[attr-defined]  # as above


def shown_token(request: HttpRequest) -> Shown | None:
    """The token of a request, if it holds and its owner has its role now: a revoked role ends it at once (S11)."""
    header = request.headers.get("Authorization", "")
    token = find_token(header[len(_SCHEME) :].strip(), now()) if header.lower().startswith(_SCHEME) else None
    if token is None:
        _log.warning("a token was refused")
        return None
    here = arrive(running_trial(token.trial.slug), token.account, token.role)
    return Shown(token, here) if here is not None and here.role.value == token.role else None
