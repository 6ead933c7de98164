"""The lock: two people sign one statement on the data as they are, the data manager locks, the investigator unlocks."""

from collections.abc import Callable, Mapping, Sequence

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from equipoise.allocation import root_in_groups
from equipoise.closure import (
    LOCK_MEANING,
    LockCertificate,
    LockDatabase,
    LockStatement,
    RegisterSigningKey,
    Trial,
    UnlockDatabase,
    certify,
    prepare_lock,
    unlock_record,
)
from equipoise.conduct import CloseDataEntry, ReopenDataEntry, may
from equipoise.conduct.situation import require_text
from equipoise.store.signing import add_waiting, forget_waiting, waiting_certificate
from equipoise.vocabulary import Refusal, utc_from_text
from equipoise.web.handling import Refused, hand_in, refused, show
from equipoise.web.here import Here, TrialRequest
from equipoise.web.refusals import in_words
from equipoise.web.signing import own_key, public_part, signed

UNLOCK_MEANING = "I authorise changes to the locked data, for the reason given."


@require_http_methods(["GET", "HEAD", "POST"])
def lock(request: TrialRequest, trial: str) -> HttpResponse:
    """Show how far the lock has come; register a key, sign, lock, unlock, close or reopen data entry."""
    here, refusal = request.here, None
    if request.method == "POST":
        refusal = _carry_out(request)
        if refusal is None:
            return redirect("lock", trial=trial)
    context = {
        **_shown(here),
        **{f"may_{name}": may(here.role, command) for name, command in _BUTTONS.items()},
        "meaning": LOCK_MEANING,
    }
    return show(request, "lock.html", context, refusal)


_BUTTONS = {
    "close": "close_data_entry",
    "reopen": "reopen_data_entry",
    "register": "register_signing_key",
    "lock": "lock_database",
    "unlock": "unlock_database",
}


def _carry_out(request: TrialRequest) -> Refused | None:
    """What a button of this page does; gives what stood against it."""
    name = request.POST.get("command", "")
    act = _ACTS.get(name)
    if act is None:
        return hand_in(request, {"close_data_entry": CloseDataEntry, "reopen_data_entry": ReopenDataEntry})
    try:
        return act(request)
    except Refusal as refusal:
        return refused(name, refusal, {"reason": request.POST.get("reason", "")})


@sensitive_variables()
def _register(request: TrialRequest) -> Refused | None:
    key = public_part(own_key(request))
    return hand_in(request, {"register_signing_key": RegisterSigningKey}, key=key)


@sensitive_variables()
def _sign(request: TrialRequest) -> None:
    """Sign the statement that somebody has signed before and that still holds; else the one that is true now.

    Raises `Refusal` where something stands against the lock.
    """
    here = request.here
    key, expected = own_key(request), prepared(here)
    waiting = waiting_certificate(here.trial.slug, expected)
    statement = waiting.statement if waiting else expected
    signature = signed(request, key, statement.as_json(), LOCK_MEANING, here.trial.now())
    add_waiting(here.trial.slug, statement, signature)


def _lock(request: TrialRequest) -> Refused | None:
    """Lock with the signatures that wait.  Raises `Refusal` where something stands against it."""
    here = request.here
    expected = prepared(here)
    certificate = waiting_certificate(here.trial.slug, expected) or certify(expected)
    found = hand_in(request, {"lock_database": LockDatabase}, certificate=certificate)
    if found is None:
        forget_waiting(here.trial.slug)
    return found


@sensitive_variables()
def _unlock(request: TrialRequest) -> Refused | None:
    """Sign the unlocking with its reason, and unlock.  Raises `Refusal` where nothing is locked."""
    here, reason = request.here, require_text(request.POST.get("reason", ""), "reason")
    certificate = here.trial.look(lambda state: state.closure.certificate)
    if certificate is None:
        raise Refusal("UNLOCK", "The database is not locked.", "Nothing needs to be unlocked.")
    signature = signed(request, own_key(request), unlock_record(certificate, reason), UNLOCK_MEANING, here.trial.now())
    return hand_in(request, {"unlock_database": UnlockDatabase}, signature=signature)


_ACTS: Mapping[str, Callable[[TrialRequest], Refused | None]] = {
    "register_signing_key": _register,
    "sign_lock": _sign,
    "lock_database": _lock,
    "unlock_database": _unlock,
}


def prepared(here: Here) -> LockStatement:
    """The statement that is true now.  Raises `Refusal` with what stands against it.

    What is open is named on the page of the review, to each for the own sites; here only that something is.
    """
    try:
        return here.trial.look(lambda state: prepare_lock(here.trial.situation(state.conduct, here.actor), state))
    except Refusal as refusal:
        if refusal.rule != "LOCK-OPEN":
            raise
        raise Refusal(refusal.rule, "Items of the review are still open.", "Settle each of them.") from None


def _shown(here: Here) -> Mapping[str, object]:
    """The state of the lock; the digest of the data is shown once nothing stands in the way."""
    shown = here.trial.look(lambda state: _of_trial(here, state))
    certificate, against, expected = shown["certificate"], None, None
    if certificate is None:
        try:
            expected = prepared(here)
        except Refusal as refusal:
            against = in_words(refusal)
    waiting = waiting_certificate(here.trial.slug, expected) if expected else None
    names = certificate or waiting or expected
    assert names is None or isinstance(names, LockCertificate | LockStatement)
    return {
        **shown,
        "against": against,
        "signatures": _signatures(waiting or certificate),
        "has_signed": waiting is not None and here.actor.who in {each.who for each in waiting.signatures},
        "is_signed": waiting is not None and len({each.role for each in waiting.signatures}) > 1,
        "names": names,
        "in_groups": root_in_groups(names.data_digest) if names else "",
    }


def _signatures(certificate: object) -> Sequence[tuple[object, object]]:
    """Each signature with its moment (11.50: name, time and meaning go with it wherever it is shown)."""
    if not isinstance(certificate, LockCertificate):
        return ()
    return [(each, utc_from_text(each.signed_at)) for each in certificate.signatures]


def _of_trial(here: Here, trial: Trial) -> dict[str, object]:
    closure = trial.closure
    return {
        "certificate": closure.certificate,
        "unlocks": [(each, utc_from_text(each.signature.signed_at)) for each in closure.unlocks],
        "own_key": closure.keys.get((here.actor.who, here.role), ""),
        "signers": [(who, role) for who, role in sorted(closure.keys)],
        "is_closed": trial.conduct.is_closed,
        "is_locked": trial.conduct.is_locked,
        "steps": (
            (trial.conduct.is_closed, gettext("Data entry is closed (the lock does it too)")),
            (closure.review is not None, gettext("The blind review is signed")),
            (len({role for _, role in closure.keys}) > 1, gettext("Two people in two roles have a signing key")),
            (closure.certificate is not None, gettext("The database is locked")),
            (closure.release is not None, gettext("The allocation is released")),
        ),
    }
