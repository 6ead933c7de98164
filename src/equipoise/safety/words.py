"""Controlled words of safety: seriousness, causality, expectedness, action, outcome."""

from enum import StrEnum


class Seriousness(StrEnum):
    """What makes an event serious (ICH E2A II.B); one is enough.  Severe is a grade, serious is a consequence."""

    DEATH = "death"
    LIFE_THREATENING = "life_threatening"
    HOSPITALISATION = "hospitalisation"
    DISABILITY = "disability"
    CONGENITAL_ANOMALY = "congenital_anomaly"
    MEDICALLY_IMPORTANT = "medically_important"


class Causality(StrEnum):
    """Whether the event is related to what was given, as the masked investigator judges it."""

    UNRELATED = "unrelated"
    POSSIBLE = "possible"
    PROBABLE = "probable"
    DEFINITE = "definite"


class Expectedness(StrEnum):
    """Whether nature or severity agree with the investigator's brochure (ICH E2A II.C)."""

    EXPECTED = "expected"
    UNEXPECTED = "unexpected"


class ActionTaken(StrEnum):
    """What was done with the doses."""

    NONE = "none"
    DOSE_OMITTED = "dose_omitted"
    DOSES_STOPPED = "doses_stopped"
    NOT_APPLICABLE = "not_applicable"


class Outcome(StrEnum):
    """How the event went on."""

    RECOVERED = "recovered"
    RECOVERING = "recovering"
    NOT_RECOVERED = "not_recovered"
    SEQUELAE = "sequelae"
    FATAL = "fatal"
    UNKNOWN = "unknown"


ENDED = frozenset({Outcome.RECOVERED, Outcome.SEQUELAE, Outcome.FATAL})
"""Outcomes after which an event is over."""
