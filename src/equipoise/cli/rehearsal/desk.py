"""The desk: where the people of a rehearsal hand in their commands, through the same door as in a real trial."""

from equipoise.conduct import Actor, Plan, TrialState, decide
from equipoise.conduct.situation import Situation
from equipoise.ledger import Book, Entry
from equipoise.vocabulary import SteppingClock


class Desk:
    """The write door of one trial, with the clock that the rehearsal turns."""

    def __init__(self, book: Book[TrialState], plan: Plan, clock: SteppingClock) -> None:
        self.book = book
        self.plan = plan
        self.clock = clock

    @property
    def state(self) -> TrialState:
        return self.book.state()

    def do(self, actor: Actor, command: object, *, why: str = "") -> tuple[Entry, ...]:
        """Hand in one command.  Raises `Refusal` where the real trial would refuse it too."""
        moment = self.clock()
        return self.book.execute(
            lambda state: decide(Situation(self.plan, state, actor, moment), command),
            who=actor.who,
            role=actor.role,
            why=why,
        )
