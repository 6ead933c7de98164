"""Where a request stands: in which trial, as whom, at which sites."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from equipoise.conduct import Actor, Participant, TrialState, held_by
from equipoise.store.models import Account
from equipoise.store.running import RunningTrial
from equipoise.vocabulary import Role


@dataclass(frozen=True)
class Here:
    """`sites` are those of the role that was chosen; `None` means all of them.  `roles` may be switched to."""

    trial: RunningTrial
    actor: Actor
    sites: frozenset[str] | None
    roles: tuple[Role, ...]

    @property
    def role(self) -> Role:
        return self.actor.role

    def covers(self, site: str) -> bool:
        """True if the role holds at this site."""
        return self.sites is None or site in self.sites

    def participants(self, state: TrialState) -> tuple[Participant, ...]:
        """The participants of the own sites, in the order of their numbers."""
        return tuple(each for _, each in sorted(state.participants.items()) if self.covers(each.site))


class TrialRequest(HttpRequest):
    """A request inside a trial, as the access table has let it through."""

    here: Here
    account: Account


def arrive(trial: RunningTrial, account: Account, wanted: str | None) -> Here | None:
    """The place of an account in a trial, in the wanted role if it holds it now; nothing if it holds none."""
    held = trial.look(lambda state: held_by(state.conduct.delegation.values(), account.username, trial.today()))
    roles = tuple(dict.fromkeys(each.role for each in held))
    if not account.is_active or not roles:
        return None
    role = next((each for each in roles if each.value == wanted), roles[0])
    return Here(trial, Actor(account.username, role), _sites(each.sites for each in held if each.role is role), roles)


def _sites(held: Iterable[tuple[str, ...]]) -> frozenset[str] | None:
    found: set[str] = set()
    for sites in held:
        if not sites:
            return None
        found.update(sites)
    return frozenset(found)


def day_of(trial: RunningTrial) -> date:
    return trial.today()
