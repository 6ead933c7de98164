"""The steps of a participant, and which command each of them allows: the order of the trial as one table (S13).

Source: 21 CFR 11.10(f), operational checks that enforce the permitted sequence of steps.
"""

from collections.abc import Mapping
from enum import StrEnum

from equipoise.vocabulary import Refusal


class Stage(StrEnum):
    """Where a participant stands."""

    SCREENED = "screened"
    CONSENTED = "consented"
    ELIGIBLE = "eligible"
    ENROLLED = "enrolled"
    RANDOMISED = "randomised"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    SCREEN_FAILED = "screen_failed"


_BEFORE_ENROLMENT = frozenset({Stage.SCREENED, Stage.CONSENTED, Stage.ELIGIBLE})
_UNDER_CONSENT = frozenset({Stage.CONSENTED, Stage.ELIGIBLE, Stage.ENROLLED, Stage.RANDOMISED})
_WITH_DATA = frozenset(Stage) - {Stage.SCREENED}
_RANDOMISED = frozenset({Stage.RANDOMISED})
_ONCE_RANDOMISED = frozenset({Stage.RANDOMISED, Stage.COMPLETED, Stage.WITHDRAWN})

STEPS: Mapping[str, frozenset[Stage]] = {
    "record_consent": _UNDER_CONSENT | {Stage.SCREENED},
    "decide_criterion": frozenset({Stage.CONSENTED}),
    "sign_eligibility": frozenset({Stage.CONSENTED}),
    "fail_screening": _BEFORE_ENROLMENT,
    "enrol": frozenset({Stage.ELIGIBLE}),
    "randomise": _ONCE_RANDOMISED | {Stage.ENROLLED},  # asked again, it answers and changes nothing (K8)
    "correct_stratum": _ONCE_RANDOMISED,
    "withdraw": frozenset({Stage.ENROLLED, Stage.RANDOMISED}),
    "complete": _RANDOMISED,
    # after a withdrawal, only what its date leaves: what took place before it may be entered late
    "start_encounter": _UNDER_CONSENT | {Stage.WITHDRAWN},
    "miss_encounter": _RANDOMISED,
    "dispense": _RANDOMISED | {Stage.WITHDRAWN},
    "administer_dose": _RANDOMISED | {Stage.WITHDRAWN},
    "omit_dose": _RANDOMISED | {Stage.WITHDRAWN},
    # what happened under consent may be entered, asked about and corrected later, until data entry is closed
    "capture": _WITH_DATA,
    "correct": _WITH_DATA,
    "mark_not_done": _WITH_DATA,
    "confirm_answer": _WITH_DATA,
    "attach_file": _WITH_DATA,
    "retract_file": _WITH_DATA,
    "enter_again": _WITH_DATA,
    "reconcile": _WITH_DATA,
    "raise_query": frozenset(Stage),
    "record_deviation": frozenset(Stage),
    # adverse events count from the signed consent on
    "report_adverse_event": _WITH_DATA,
    "follow_up_adverse_event": _WITH_DATA,
    "attach_to_adverse_event": _WITH_DATA,
    "decline_candidate": _WITH_DATA,
    "record_expedited_report": _WITH_DATA,
}
"""Command -> the stages in which a participant may receive it.  What stands not here concerns no one participant."""

NEEDS_CONSENT = frozenset(name for name, stages in STEPS.items() if stages == _WITH_DATA)
"""Commands that a person who never consented may not receive in any stage: who declined has failed screening, too."""

_REMEDY: Mapping[Stage, str] = {
    Stage.SCREENED: "Record the signed consent first.",
    Stage.CONSENTED: "Decide and sign the eligibility first.",
    Stage.ELIGIBLE: "Enrol the participant first.",
    Stage.ENROLLED: "Randomise the participant first.",
    Stage.RANDOMISED: "This step is over for the participant.",
    Stage.COMPLETED: "The participant has completed the trial; record a deviation if something happened after that.",
    Stage.WITHDRAWN: "The participant has left the trial; only what happened before may still be entered.",
    Stage.SCREEN_FAILED: "This person is not in the trial; a new attempt is a new line of the screening log.",
}


def require_step(stage: Stage, name: str, *, has_consented: bool) -> None:
    """Refuse a command for a participant whose stage does not allow it, or who has never consented to it."""
    if stage not in STEPS[name]:
        raise Refusal(
            "STEP-ORDER",
            f"The participant is {stage.value.replace('_', ' ')}: “{name.replace('_', ' ')}” is not possible now.",
            _REMEDY[stage],
        )
    if name in NEEDS_CONSENT and not has_consented:
        raise Refusal("CONSENT-FIRST", "This person has not consented.", "Nothing of the trial is recorded of them.")
