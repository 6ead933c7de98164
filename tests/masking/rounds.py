"""What passes between the trial and its vault while participants are under treatment, as the masked side has it.

Each day the doses that are due go to the pharmacy; once a code is broken in an emergency; at the end the committee's
data go in.  What is sent, and what comes back, are surfaces: the masked server has them.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

from equipoise.allocation import AllocationState, BreakReason, take_account, take_notices
from equipoise.allocation.hatch import HatchVerb
from equipoise.cli.rehearsal.cast import INVESTIGATOR, SYSTEM
from equipoise.cli.rehearsal.times import STARTS_ON
from equipoise.cli.rehearsal.trial import Rehearsal
from equipoise.closure.committee_data import committee_data
from equipoise.conduct.due_doses import due_doses
from equipoise.safety import AssessCodeBreak
from equipoise.vocabulary import Json, Refusal, Role, canonical_json

Ask: TypeAlias = Callable[..., Mapping[str, Any]]
_HATCH = frozenset(HatchVerb)
_ASSESSED = "SYNTHETIC: the participant was treated; nobody who assesses was told."


@dataclass
class Rounds:
    """The hatch of one world: `lines` is all that went through it, `broken` the code break's answer on the vault's
    own page, which no masked role has."""

    rehearsal: Rehearsal
    lines: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    committee_digest: str = ""
    broken: Mapping[str, Any] = field(default_factory=dict)
    _asked_on: date = STARTS_ON

    def hear_requests(self) -> None:
        """Write down, from now on, what is sent through the hatch, as the vault gets it."""

        def ask(send: Ask, verb: str, role: Role, body: Mapping[str, Json], why: str) -> Mapping[str, Any]:
            self.lines.append(canonical_json({"sent": verb, "body": body}))
            return send(verb, role, body, why=why)

        self._between(ask)

    def hear_answers(self) -> None:
        """Write down, from now on, what comes back, as the masked side gets it; a refusal is an answer too."""

        def ask(send: Ask, verb: str, role: Role, body: Mapping[str, Json], why: str) -> Mapping[str, Any]:
            try:
                answer = send(verb, role, body, why=why)
            except Refusal as refusal:
                self.lines.append(canonical_json({"refused": [refusal.rule, refusal.sentence, refusal.remedy]}))
                raise
            self.lines.append(canonical_json({"answered": verb, "answer": dict(answer)}))
            return answer

        self._between(ask)

    def _between(self, listener: Callable[..., Mapping[str, Any]]) -> None:
        """Let what is asked through the hatch pass a listener; the desk's verbs are no business of the masked side."""
        vault = self.rehearsal.vault
        send = vault.ask

        def ask(verb: str, role: Role, body: Mapping[str, Json] | None = None, *, why: str = "") -> Mapping[str, Any]:
            if verb in _HATCH:
                return listener(send, verb, role, body or {}, why)
            return send(verb, role, body, why=why)

        vault.ask = ask  # type: ignore[method-assign]  # the listener

    def ask_for_doses(self, today: date) -> None:
        """For every day until today: the list of the doses that are due, and the vault's answer."""
        desk = self.rehearsal.desk
        while self._asked_on < today:
            self._asked_on += timedelta(days=1)
            self._ask("request_doses", due_doses(desk.plan, desk.state, self._asked_on).as_json())

    def break_first_code(self) -> None:
        """An emergency: the first participant's code is broken on the vault's page; the masked side takes notice."""
        vault, slot = self.rehearsal.vault, next(iter(self.rehearsal.desk.state.allocation.slot_of.values()))
        shown: dict[str, Json] = {"act": "break_one", "components": ["password", "one_time_code"]}
        token = vault.ask("reauthenticate", Role.TREATING_PHYSICIAN, shown)["token"]
        body: dict[str, Json] = {
            "stratum": slot[0],
            "slot": slot[1],
            "reason": BreakReason.EMERGENCY_TREATMENT.value,
            "token": token,
        }
        self.broken = vault.ask("break_one", Role.TREATING_PHYSICIAN, body, why="SYNTHETIC: seizure at night")
        self._take("notices", take_notices)
        self.rehearsal.desk.do(INVESTIGATOR, AssessCodeBreak(1, True, (Role.TREATING_PHYSICIAN,), _ASSESSED))
        ledger = self.rehearsal.desk.book.ledger
        checkpoint = vault.sign_checkpoint(ledger.head())
        ledger.add_checkpoint(checkpoint)
        self.signatures.append(checkpoint.signature)

    def close(self) -> None:
        """At the end: the committee's data, the pharmacy's account, and what the vault says of itself."""
        desk = self.rehearsal.desk
        data = committee_data(desk.plan, desk.trial, desk.plan.local_date(desk.clock()))
        self.committee_digest = self._ask("push_committee_data", {"data": data}).get("digest", "")
        self._take("pharmacy_account", lambda state, answer: take_account(state, bool(answer["is_closed"])))
        self._take("notices", take_notices)
        self._ask("describe", {})

    def _take(self, verb: str, read: Callable[[AllocationState, Mapping[str, Any]], Sequence[object]]) -> None:
        """Ask, and enter what follows through the trial's own door."""
        answer = self._ask(verb, {})
        self.rehearsal.desk.book.execute(
            lambda trial: read(trial.conduct.allocation, answer), who=SYSTEM.who, role=SYSTEM.role
        )

    def _ask(self, verb: str, body: Mapping[str, Json]) -> Mapping[str, Any]:
        """What the vault answers; nothing where it refuses, as it does without a pharmacy or for a slot given twice."""
        with suppress(Refusal):
            return self.rehearsal.vault.ask(verb, Role.SYSTEM, body)
        return {}
