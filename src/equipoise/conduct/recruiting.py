"""From the screening log to randomisation: consent, criteria, signature, enrolment, slot."""

import re

from equipoise.allocation.entries import SlotAssigned, StratumCorrected
from equipoise.allocation.randomise import correct_stratum as correct_slot_stratum
from equipoise.allocation.randomise import next_slot
from equipoise.conduct.commands import (
    CorrectStratum,
    DecideCriterion,
    Enrol,
    FailScreening,
    Randomise,
    RecordConsent,
    Screen,
    SignEligibility,
)
from equipoise.conduct.deviating import deviations, is_outside_window, require_reason
from equipoise.conduct.events import (
    ConsentGiven,
    CriterionDecided,
    DeviationRecorded,
    EligibilitySigned,
    ParticipantEnrolled,
    ParticipantScreened,
    ScreeningFailed,
)
from equipoise.conduct.participant import Participant
from equipoise.conduct.plan import Plan
from equipoise.conduct.situation import Situation, require_text
from equipoise.conduct.stage import Stage
from equipoise.conduct.words import DeviationKind, ScreenFailure
from equipoise.vocabulary import Refusal, digest

ELIGIBILITY_MEANING = "I have checked every criterion, and this person is eligible for the trial."
_SCAN = re.compile(r"[0-9a-f]{64}")
_MOST_AT_SITE = 9_999


def screen(now: Situation, command: Screen) -> tuple[ParticipantScreened]:
    """Give the site's next number, such as `01-0007`; every screened person has a line (K11, CONSORT 2025 item 22a)."""
    if command.site not in {site.id for site in now.plan.definition.sites}:
        raise Refusal("SITE", "The study has no such site.", "Choose a site of the study.")
    now.not_in_future(command.on)
    number = now.state.screened_at_site.get(command.site, 0) + 1
    if number > _MOST_AT_SITE:
        raise Refusal("SITE-FULL", "This site has used all its numbers.", "Call the data manager.")
    return (ParticipantScreened(f"{command.site}-{number:04d}", command.site, command.on),)


def record_consent(now: Situation, command: RecordConsent) -> tuple[ConsentGiven]:
    """Record a consent signed in ink on a text that the study knows (E6R3-2.8)."""
    participant = now.participant(command.participant)
    document = now.plan.consents.get(command.version)
    if document is None:
        raise Refusal("CONSENT-VERSION", "The study has no such version of the consent text.", "Check the page foot.")
    if command.language not in document.languages:
        raise Refusal(
            "CONSENT-LANGUAGE",
            "This version of the consent text does not exist in that language.",
            f"Languages: {', '.join(document.languages)}.",
        )
    now.not_in_future(command.signed_on)
    if document.witness_required and not command.witness.strip():
        raise Refusal("CONSENT-WITNESS", "This consent needs an impartial witness.", "Record who witnessed it.")
    if not _SCAN.fullmatch(command.scan):
        raise Refusal("CONSENT-SCAN", "The digest of the scanned page is missing.", "Scan the signed page first.")
    if now.state.scans.get(command.scan, participant.number) != participant.number:
        raise Refusal("CONSENT-SCAN", "This scan is another participant's consent.", "Scan this participant's page.")
    return (
        ConsentGiven(
            participant.number,
            command.version,
            command.language,
            require_text(command.explained_by, "name of who explained the trial"),
            command.signed_on,
            command.scan,
            command.witness.strip() or None,
        ),
    )


def decide_criterion(now: Situation, command: DecideCriterion) -> tuple[CriterionDecided]:
    """Decide one criterion; a changed decision corrects the earlier entry and needs a reason (A07)."""
    participant = now.participant(command.participant)
    if command.criterion not in now.plan.criteria:
        raise Refusal("CRITERION", "The study has no such criterion.", "Choose a criterion of the study.")
    before = participant.criteria.get(command.criterion)
    if before is None:
        return (CriterionDecided(participant.number, command.criterion, command.fulfilled),)
    if before.fulfilled == command.fulfilled:
        raise Refusal("CRITERION-SAME", "This criterion is decided in that way already.", "Go on to the next one.")
    reason = require_text(command.reason, "reason")
    return (CriterionDecided(participant.number, command.criterion, command.fulfilled, before.seq, reason),)


def sign_eligibility(now: Situation, command: SignEligibility) -> tuple[EligibilitySigned]:
    """Sign all criteria, each decided in favour; the signature is bound to these decisions (S02)."""
    participant = now.participant(command.participant)
    undecided = [criterion for criterion in now.plan.criteria if criterion not in participant.criteria]
    if undecided:
        raise Refusal("ELIGIBILITY-OPEN", f"Not decided yet: {', '.join(undecided)}.", "Decide every criterion first.")
    against = standing_against(now.plan, participant)
    if against:
        raise Refusal(
            "ELIGIBILITY-FAILED",
            f"Not eligible by {', '.join(against)}.",
            "Record the screening failure; the protocol allows no waiver.",
        )
    decisions = {criterion: participant.criteria[criterion].fulfilled for criterion in now.plan.criteria}
    return (EligibilitySigned(participant.number, ELIGIBILITY_MEANING, digest(decisions)),)


def standing_against(plan: Plan, participant: Participant) -> tuple[str, ...]:
    """The decided criteria by which a person is not eligible, in the protocol's order."""
    return tuple(
        criterion
        for criterion in plan.criteria
        if criterion in participant.criteria
        and participant.criteria[criterion].fulfilled == plan.is_unwanted(criterion)
    )


def fail_screening(now: Situation, command: FailScreening) -> tuple[ScreeningFailed]:
    """End a screening; a person who is not eligible needs the criterion that says so."""
    participant = now.participant(command.participant)
    against = standing_against(now.plan, participant)
    if command.reason is ScreenFailure.NOT_ELIGIBLE and not against:
        raise Refusal("SCREENING-REASON", "No criterion stands against this person.", "Decide the criterion first.")
    if command.reason is ScreenFailure.OTHER:
        require_text(command.detail, "detail")
    return (ScreeningFailed(participant.number, command.reason, against, command.detail.strip() or None),)


def enrol(now: Situation, command: Enrol) -> tuple[ParticipantEnrolled]:
    """Enrol an eligible participant, and fix the values of the stratification factors (K13)."""
    participant = now.participant(command.participant)
    return (ParticipantEnrolled(participant.number, now.today, _strata_of(now.plan, participant)),)


def _strata_of(plan: Plan, participant: Participant) -> tuple[str, ...]:
    return tuple(_level(participant, stratum.item, stratum.levels) for stratum in plan.definition.randomisation.strata)


def _level(participant: Participant, item: str, levels: tuple[str, ...]) -> str:
    found = {answer.value for page in participant.pages if (answer := participant.answers(page).get(item)) is not None}
    if len(found) != 1:
        raise Refusal("STRATUM-VALUE", f"The stratification factor {item} has no single answer.", "Capture it first.")
    (level,) = found
    if level not in levels:
        raise Refusal("STRATUM-VALUE", f"The answer to {item} is no stratum of the study.", "Check the answer.")
    return level


def randomise(now: Situation, command: Randomise) -> tuple[SlotAssigned | DeviationRecorded, ...]:
    """Give the next slot of the signed stratum; asked again, there is nothing to write (K8).

    Consent, the signed eligibility and enrolment are what the stage stands for; the sealed and anchored list is the
    allocation's own condition.  Encounters before day 1 must lie in their windows, or a reason is recorded.
    """
    participant = now.participant(command.participant)
    if participant.randomised_on is not None:
        return ()
    if participant.stage is not Stage.ENROLLED:
        raise Refusal("STEP-ORDER", "The participant left before randomisation.", "Nothing more is to be done.")
    slot = next_slot(now.state.allocation, participant.number, now.plan.strata.index(participant.strata))
    late = [
        encounter
        for encounter in now.plan.encounters
        if (started := participant.started(encounter)) and is_outside_window(now.plan, started, now.today)
    ]
    if not late:
        return slot
    reason = require_reason(command.window_reason, "SCREENING-WINDOW", f"Outside its window: {', '.join(late)}.")
    return (*slot, *deviations(now, participant, [(DeviationKind.WINDOW, each, reason) for each in late]))


def correct_stratum(now: Situation, command: CorrectStratum) -> tuple[StratumCorrected | DeviationRecorded, ...]:
    """Record the true stratum of a randomised participant; the slot stays and the analysis knows (M10)."""
    participant = now.participant(command.participant)
    reason = require_text(command.reason, "reason")
    if command.strata not in now.plan.strata:
        raise Refusal("STRATUM-VALUE", "The study has no such stratum.", "Give one level of each factor.")
    corrected = correct_slot_stratum(now.state.allocation, participant.number, now.plan.strata.index(command.strata))
    return (*corrected, *deviations(now, participant, [(DeviationKind.PROCEDURE, None, reason)]))
