"""What a decision is taken in: the plan, the state, who asks, and when."""

from dataclasses import dataclass
from datetime import date, datetime

from equipoise.conduct.actor import Actor
from equipoise.conduct.participant import Participant
from equipoise.conduct.plan import Plan
from equipoise.conduct.trial_state import TrialState
from equipoise.vocabulary import Refusal


@dataclass(frozen=True, slots=True)
class Situation:
    """The arguments that every decision shares."""

    plan: Plan
    state: TrialState
    actor: Actor
    moment: datetime

    @property
    def today(self) -> date:
        """The calendar day where the trial takes place."""
        return self.plan.local_date(self.moment)

    def participant(self, number: str) -> Participant:
        """The participant of this number.  Raises `Refusal` if there is none."""
        return self.state.participant(number)

    def not_in_future(self, day: date) -> None:
        """Refuse a day that has not come yet where the trial takes place."""
        if day > self.today:
            raise Refusal("DATE-FUTURE", "This date lies in the future.", "Enter the date on which it happened.")


def require_text(text: str, what: str) -> str:
    """The text without spaces around it.  Refuses an empty one: `what` names it, such as `reason`."""
    stripped = text.strip()
    if not stripped:
        raise Refusal("TEXT-MISSING", f"A {what} is needed.", f"Write the {what} in a few words.")
    if len(stripped) > LONGEST_TEXT:
        raise Refusal("TEXT-LENGTH", f"The {what} is too long.", f"Use at most {LONGEST_TEXT} characters.")
    return stripped


LONGEST_TEXT = 2_000
