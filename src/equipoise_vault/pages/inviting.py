"""Accounts are made, renewed and ended by holders of the key: one proposes, another confirms."""

import base64

from django.conf import settings
from django.utils.translation import gettext as _

from equipoise.vocabulary import Refusal, Role, digest_bytes
from equipoise_vault.pages.models import Account
from equipoise_vault.pages.record import AccountChanged, note
from equipoise_vault.pages.roles import HOLDERS

_CODE_BYTES = 10


def invite(name: str, by: str, role: Role, by_role: Role = Role.SYSTEM) -> str:
    """Make an account that nobody can use yet; gives the invitation code, which is stored nowhere."""
    if Account.objects.filter(name=name).exists():
        raise Refusal("ACCOUNT-NAME", _("This name was used before."), _("Choose another; names are never used again."))
    code = _code()
    account = Account(name=name, full_name=name, role=role.value, invited_by=by or "setup", invitation=_print_of(code))
    account.set_unusable_password()
    account.save()
    note(AccountChanged(name, role, "invited"), who=by or "setup", role=by_role)
    return code


def renew(account: Account, by: Account) -> str:
    """A person has lost a component: both are void at once, and a new invitation waits for confirmation."""
    _another(account, by)
    code = _code()
    account.set_unusable_password()
    account.invitation, account.second_factor, account.confirmed_by = _print_of(code), "", ""
    account.invited_by = by.name
    account.save()
    note(AccountChanged(account.name, account.acts_as, "renewed"), who=by.name, role=by.acts_as)
    return code


def confirm(account: Account, by: Account) -> None:
    """A second holder agrees that this person has this role (S05, S08)."""
    _another(account, by)
    if account.confirmed_by or account.is_ended:
        raise Refusal("ACCOUNT-CONFIRMED", _("This account waits for nobody."), "")
    if by.name == account.invited_by:
        raise Refusal("ACCOUNT-SECOND", _("The second holder is another person."), _("Ask one of the other two."))
    account.confirmed_by = by.name
    account.save(update_fields=["confirmed_by"])
    note(AccountChanged(account.name, account.acts_as, "confirmed"), who=by.name, role=by.acts_as)


def end(account: Account, by: Account) -> None:
    """The person has no task here any more: every web session of theirs is over with that."""
    _another(account, by)
    others = Account.objects.filter(role=account.role).exclude(pk=account.pk)
    if account.acts_as in HOLDERS and not any(other.is_active for other in others):
        raise Refusal("ACCOUNT-LAST", _("Nobody else has this holder's role."), _("Invite a successor first."))
    account.is_ended = True
    account.save(update_fields=["is_ended"])
    note(AccountChanged(account.name, account.acts_as, "ended"), who=by.name, role=by.acts_as)


def _another(account: Account, by: Account) -> None:
    if account.pk == by.pk:
        raise Refusal("ACCOUNT-OWN", _("Nobody does this to the own account."), _("Ask another holder of the key."))


def _code() -> str:
    return base64.b32encode(settings.PLACE.entropy(_CODE_BYTES)).decode()


def _print_of(code: str) -> str:
    return digest_bytes(code.encode())
