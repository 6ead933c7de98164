"""What the stored words are called on a page.  The word is stored, the wording is shown, in the reader's language."""

from collections.abc import Mapping
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from equipoise.allocation import AnchorMedium
from equipoise.allocation.entries import BreakReason
from equipoise.conduct import (
    Agreement,
    DeviationKind,
    PromptStatus,
    QueryStatus,
    ScreenFailure,
    Stage,
    WithdrawalFrom,
    WithdrawalReason,
)
from equipoise.conduct.progress import Progress
from equipoise.protocol.change import Weight
from equipoise.safety import ActionTaken, Causality, Expectedness, Outcome, Seriousness
from equipoise.vocabulary import Role

WORDS: Mapping[type[Enum], Mapping[str, str | Promise]] = {
    Role: {
        "participant": _("Participant"),
        "investigator": _("Investigator"),
        "care_provider": _("Care provider"),
        "outcomes_assessor": _("Outcomes assessor"),
        "data_manager": _("Data manager"),
        "monitor": _("Monitor"),
        "statistician": _("Statistician"),
        "pharmacist": _("Pharmacist"),
        "quality_officer": _("Quality officer"),
        "dmc_member": _("Member of the data monitoring committee"),
        "treating_physician": _("Treating physician"),
        "administrator": _("Administrator"),
        "auditor": _("Auditor"),
        "sponsor": _("Sponsor"),
        "system": _("System"),
    },
    AnchorMedium: {
        "protocol_page": _("The protocol's front page"),
        "ethics_letter": _("A letter to the ethics committee"),
        "pharmacy_binder": _("The pharmacy's binder"),
        "mail": _("A sealed letter or e-mail to somebody outside"),
        "version_control": _("A public version control"),
        "timestamp": _("A time-stamping service"),
        "rehearsal": _("A rehearsal: nowhere"),
    },
    Weight: {
        "question": _("What is asked, of whom, and how it is answered"),
        "safety": _("What is given, who is masked, what is watched"),
        "conduct": _("When and how it is done"),
        "wording": _("How it is said, and what was decided"),
    },
    BreakReason: {
        "emergency_treatment": _("An emergency whose treatment depends on the arm"),
        "overdose": _("An overdose"),
        "pregnancy": _("A pregnancy"),
        "expedited_report": _("An expedited report"),
        "other": _("Another reason"),
    },
    Stage: {
        "screened": _("Screened"),
        "consented": _("Consented"),
        "eligible": _("Eligible"),
        "enrolled": _("Enrolled"),
        "randomised": _("Randomised"),
        "completed": _("Completed"),
        "withdrawn": _("Withdrawn"),
        "screen_failed": _("Screening failed"),
    },
    Progress: {
        "not_due": _("Not due"),
        "due": _("Due"),
        "late": _("Late"),
        "part_done": _("Part done"),
        "done": _("Done"),
        "missed": _("Missed"),
        "not_expected": _("Not expected"),
    },
    ScreenFailure: {"not_eligible": _("Not eligible"), "declined": _("Declined"), "other": _("Other")},
    WithdrawalFrom: {"treatment": _("The doses"), "follow_up": _("The whole trial")},
    WithdrawalReason: {
        "adverse_event": _("Adverse event"),
        "participant_decision": _("Decision of the participant"),
        "investigator_decision": _("Decision of the investigator"),
        "lack_of_effect": _("Lack of effect"),
        "lost_to_follow_up": _("Lost to follow-up"),
        "pregnancy": _("Pregnancy"),
        "death": _("Death"),
        "other": _("Other"),
    },
    DeviationKind: {
        "eligibility": _("Eligibility"),
        "consent": _("Consent"),
        "window": _("Visit window"),
        "dosing": _("Dose"),
        "procedure": _("Procedure"),
        "masking": _("Masking"),
        "other": _("Other"),
    },
    QueryStatus: {"open": _("Open"), "answered": _("Answered"), "closed": _("Closed")},
    Agreement: {
        "awaits_first": _("The first entry is missing"),
        "awaits_second": _("The second entry is missing"),
        "agrees": _("Both agree"),
        "differs": _("The two differ"),
        "reconciled": _("Reconciled"),
    },
    PromptStatus: {"open": _("Open"), "confirmed": _("Confirmed"), "changed": _("Changed")},
    Seriousness: {
        "death": _("Death"),
        "life_threatening": _("Life-threatening"),
        "hospitalisation": _("Hospital stay begun or prolonged"),
        "disability": _("Lasting disability"),
        "congenital_anomaly": _("Congenital anomaly"),
        "medically_important": _("Medically important"),
    },
    Causality: {
        "unrelated": _("Not related"),
        "possible": _("Possibly related"),
        "probable": _("Probably related"),
        "definite": _("Definitely related"),
    },
    Expectedness: {"expected": _("Expected"), "unexpected": _("Unexpected")},
    ActionTaken: {
        "none": _("No change of the doses"),
        "dose_omitted": _("A dose was omitted"),
        "doses_stopped": _("The doses were stopped"),
        "not_applicable": _("Not applicable"),
    },
    Outcome: {
        "recovered": _("Recovered"),
        "recovering": _("Recovering"),
        "not_recovered": _("Not recovered"),
        "sequelae": _("Recovered with sequelae"),
        "fatal": _("Fatal"),
        "unknown": _("Unknown"),
    },
}
"""Kind of word -> word -> wording; a test holds it complete."""

SIGNED = (
    _("These analysis sets were decided on masked data."),
    _("These analysis sets were decided after the allocation was released: this review was not blind."),
    _("The data named here are complete and final; the database is locked."),
    _("I authorise changes to the locked data, for the reason given."),
)
"""What people sign.  The signature is over the English words; pages show them in the reader's language."""


def wording(word: Enum) -> str:
    """The wording of one stored word, in the reader's language."""
    return str(WORDS[type(word)][str(word.value)])


def choices(kind: type[Enum]) -> list[tuple[str, str]]:
    """The words of a kind for a form: what is stored, what is shown."""
    return [(str(word.value), wording(word)) for word in kind]
