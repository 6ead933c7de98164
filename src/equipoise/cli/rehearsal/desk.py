"""The desk: where the people of a rehearsal hand in their commands, through the same door as in a real trial."""

from equipoise.closure import Trial, decide
from equipoise.conduct import Actor, Plan, Situation, TrialState
from equipoise.ledger import Book, Entry
from equipoise.vocabulary import SteppingClock


class Desk:
    """The write door of one trial, with the clock that the rehearsal turns."""

    def __init__(self, book: Book[Trial], plan: Plan, clock: SteppingClock) -> None:
        self.book = book
        self.plan = plan
        self.clock = clock

    @property
    def trial(self) -> Trial:
        return self.book.state()

    @property
    def state(self) -> TrialState:
        """The part of the trial that concerns its conduct."""
        return self.trial.conduct

    def situation(self, actor: Actor) -> Situation:
        """What somebody sees who is about to decide something now."""
        return Situation(self.plan, self.state, actor, self.clock())

    def do(self, actor: Actor, command: object, *, why: str = "") -> tuple[Entry, ...]:
        """Hand in one command.  Raises `Refusal` where the real trial would refuse it too."""
        moment = self.clock()
        return self.book.execute(
            lambda trial: decide(self.plan, trial, command, actor=actor, moment=moment),
            who=actor.who,
            role=actor.role,
            why=why,
        )
