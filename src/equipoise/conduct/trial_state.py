"""The conduct of a trial as a fold of its ledger: one step per entry, no arm anywhere."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from equipoise.allocation.state import AllocationState
from equipoise.conduct.delegation import Appointment
from equipoise.conduct.events import DefinitionAmended, DeviationRecorded, TrialOpened
from equipoise.conduct.folding import HANDLERS
from equipoise.conduct.participant import Participant, Prompt, Query
from equipoise.ledger import GENESIS, Entry
from equipoise.vocabulary import Refusal, Role


@dataclass
class TrialState:
    """What the ledger says of recruitment, encounters, doses, data, queries and deviations.  For reading only.

    `seq` and `hash` name the last entry taken; `roles_held` says in which roles each person has acted.
    """

    opened: TrialOpened | None = None
    versions: list[TrialOpened | DefinitionAmended] = field(default_factory=list)
    """The entries that name a version of the definition; the last one is followed now."""
    delegation: dict[int, Appointment] = field(default_factory=dict)
    """Every appointment there ever was, by its number."""
    participants: dict[str, Participant] = field(default_factory=dict)
    screened_at_site: dict[str, int] = field(default_factory=dict)
    allocation: AllocationState = field(default_factory=AllocationState)
    queries: dict[int, str] = field(default_factory=dict)
    """Number of a query -> the participant whose record holds it; `prompts` and `deviations` likewise."""
    prompts: dict[int, str] = field(default_factory=dict)
    deviations: dict[int, str] = field(default_factory=dict)
    scans: dict[str, str] = field(default_factory=dict)
    """Digest of a consent scan -> whose consent it is."""
    attached: dict[str, str] = field(default_factory=dict)
    """Digest of a file that is attached, and not retracted -> whose record holds it."""
    is_closed: bool = False
    is_locked: bool = False
    was_reopened: bool = False
    roles_held: dict[str, frozenset[Role]] = field(default_factory=dict)
    seq: int = 0
    hash: str = GENESIS

    def apply(self, entry: Entry) -> None:
        """Take the next entry; entries of other rooms pass by."""
        self.allocation.apply(entry)
        handler = HANDLERS.get(entry.type)
        if handler:
            handler(self, entry, entry.event)
        held = self.roles_held.get(entry.who, frozenset())
        if entry.role not in held:
            self.roles_held[entry.who] = held | {entry.role}
        self.seq, self.hash = entry.seq, entry.hash

    @property
    def study_digest(self) -> str:
        """The digest of the definition that the trial follows now; empty before it is opened."""
        return self.versions[-1].study_digest if self.versions else ""

    @property
    def is_synthetic(self) -> bool:
        """True in a rehearsal: every page, file and figure says so."""
        return self.opened is not None and self.opened.synthetic

    def local_date(self, moment: datetime) -> date:
        """The calendar day of a moment where the trial takes place."""
        assert self.opened is not None, "a trial that is not open has no place"
        return moment.astimezone(ZoneInfo(self.opened.time_zone)).date()

    def participant(self, number: str) -> Participant:
        """The participant of this number.  Raises `Refusal` if there is none."""
        found = self.participants.get(number)
        if found is None:
            raise Refusal("PARTICIPANT", "There is no such participant in this trial.", "Check the number.")
        return found

    def query(self, number: int) -> Query:
        """The query of this number.  Raises `Refusal` if there is none."""
        holder = self.queries.get(number)
        if holder is None:
            raise Refusal("QUERY", "There is no such query in this trial.", "Check the number.")
        return self.participants[holder].queries[number]

    def prompt(self, number: int) -> Prompt:
        """The prompt of this number.  Raises `Refusal` if there is none."""
        holder = self.prompts.get(number)
        if holder is None:
            raise Refusal("PROMPT", "There is no such prompt in this trial.", "Check the number.")
        return self.participants[holder].prompts[number]

    def all_queries(self) -> tuple[Query, ...]:
        """Every query, in the order in which they were raised."""
        return tuple(self.participants[holder].queries[number] for number, holder in self.queries.items())

    def all_deviations(self) -> tuple[DeviationRecorded, ...]:
        """Every deviation, in the order in which they were recorded."""
        return tuple(self.participants[holder].deviations[number] for number, holder in self.deviations.items())
