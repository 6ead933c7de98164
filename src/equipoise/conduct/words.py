"""Controlled words of conduct: why people fail screening, stop or deviate.  The words are stored; labels are shown."""

from enum import StrEnum


class ScreenFailure(StrEnum):
    """Why a screened person was not randomised (CONSORT 2025 item 22a: the three boxes of the flow diagram)."""

    NOT_ELIGIBLE = "not_eligible"
    DECLINED = "declined"
    OTHER = "other"


class WithdrawalFrom(StrEnum):
    """What a participant stops.  Stopping the doses does not stop the follow-up (ICH E9(R1) A.3.1; E6R3-2.8.1)."""

    TREATMENT = "treatment"
    FOLLOW_UP = "follow_up"


class WithdrawalReason(StrEnum):
    """Why a participant stops, as the flow diagram lists it."""

    ADVERSE_EVENT = "adverse_event"
    PARTICIPANT_DECISION = "participant_decision"
    INVESTIGATOR_DECISION = "investigator_decision"
    LACK_OF_EFFECT = "lack_of_effect"
    LOST_TO_FOLLOW_UP = "lost_to_follow_up"
    PREGNANCY = "pregnancy"
    DEATH = "death"
    OTHER = "other"


class DeviationKind(StrEnum):
    """What a departure from the protocol concerns (ICH E3 section 10.2)."""

    ELIGIBILITY = "eligibility"
    CONSENT = "consent"
    WINDOW = "window"
    DOSING = "dosing"
    PROCEDURE = "procedure"
    MASKING = "masking"
    OTHER = "other"


class QueryStatus(StrEnum):
    """A query is open until the site answers it, and answered until the one who asks closes it."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Agreement(StrEnum):
    """How the two entries of a data point stand to each other, where a form is entered twice."""

    AWAITS_FIRST = "awaits_first"
    AWAITS_SECOND = "awaits_second"
    AGREES = "agrees"
    DIFFERS = "differs"
    RECONCILED = "reconciled"


class TakenEntry(StrEnum):
    """Which of two differing entries the source confirms: the one that counts, or the second person's."""

    FIRST = "first"
    SECOND = "second"


class PromptStatus(StrEnum):
    """What became of a prompt that an edit check made (A08)."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
