"""Blind review: who is in which analysis set and why, decided while everybody is masked (ICH E9 5.2, 7.1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.closure.commands import ClassifyDeviation, DecideMembership, SignBlindReview
from equipoise.closure.data_cut import cut_data
from equipoise.closure.events import BlindReviewSigned, DeviationClassified, Membership, MembershipDecided
from equipoise.closure.facts import participant_facts
from equipoise.closure.obstacles import obstacles
from equipoise.closure.trial import Trial
from equipoise.conduct import Plan, Situation
from equipoise.conduct.situation import require_text
from equipoise.protocol.analysis_plan import AnalysisSet, SetId
from equipoise.protocol.expression import Value, compile_expression, is_true
from equipoise.vocabulary import Finding, Refusal

BLIND_MEANING = "These analysis sets were decided on masked data."
OPEN_MEANING = "These analysis sets were decided after the allocation was released: this review was not blind."


@dataclass(frozen=True, slots=True)
class BlindReview:
    """The state of the review: memberships decided by rule or by people, those still open, and all findings."""

    data_digest: str
    memberships: tuple[Membership, ...]
    undecided: tuple[tuple[str, SetId], ...]
    findings: tuple[Finding, ...]

    def members(self, analysis_set: SetId) -> tuple[str, ...]:
        """The participants in a set, in the order of randomisation."""
        return tuple(
            each.participant for each in self.memberships if each.analysis_set == analysis_set and each.included
        )


def review(plan: Plan, trial: Trial) -> BlindReview:
    """Apply the plan's rules and the reviewers' decisions to everybody who was randomised.  Pure."""
    memberships: list[Membership] = []
    undecided: list[tuple[str, SetId]] = []
    for number in trial.conduct.allocation.slot_of:
        facts = participant_facts(plan, trial, trial.conduct.participants[number])
        for analysis_set in plan.definition.analysis.sets:
            decided = trial.closure.decided.get((number, analysis_set.id)) or _by_rule(number, analysis_set, facts)
            if decided is None:
                undecided.append((number, analysis_set.id))
            else:
                memberships.append(decided)
    digest = cut_data(plan, trial).data_digest
    return BlindReview(digest, tuple(memberships), tuple(undecided), obstacles(plan, trial))


def _by_rule(number: str, analysis_set: AnalysisSet, facts: Mapping[str, Value]) -> Membership | None:
    rule = compile_expression(analysis_set.where)
    included = is_true(rule, facts)
    if included is None:
        return None
    ground = ", ".join(f"{name} = {_word(facts[name])}" for name in sorted(rule.names) if name in facts)
    return Membership(number, analysis_set.id, included, ground)


def _word(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def classify_deviation(now: Situation, trial: Trial, command: ClassifyDeviation) -> tuple[DeviationClassified]:
    """Say whether a deviation is important, and why; a later judgement takes the earlier one's place."""
    holder = now.state.deviations.get(command.deviation)
    if holder is None:
        raise Refusal("DEVIATION", "There is no such deviation in this trial.", "Check the number.")
    _before_lock(trial)
    reason = require_text(command.reason, "reason")
    return (DeviationClassified(command.deviation, holder, command.important, reason),)


def decide_membership(now: Situation, trial: Trial, command: DecideMembership) -> tuple[MembershipDecided]:
    """Decide who is in a set, against the plan's rule or where it cannot decide; the reason stands in the report."""
    if command.participant not in now.state.allocation.slot_of:
        raise Refusal("SET-PARTICIPANT", "Only randomised participants are in an analysis set.", "Check the number.")
    if command.analysis_set not in {each.id for each in now.plan.definition.analysis.sets}:
        raise Refusal("SET", "The analysis plan has no such set.", "Choose a set of the plan.")
    _before_lock(trial)
    reason = require_text(command.reason, "reason")
    decided = Membership(command.participant, command.analysis_set, command.included, reason, now.actor.who)
    return (MembershipDecided(decided),)


def sign_blind_review(now: Situation, trial: Trial, command: SignBlindReview) -> tuple[BlindReviewSigned]:
    """Sign the analysis sets; every membership is decided, and the signature names the data that it rests on.

    After an unlocking that followed the release, the signature says that the review was not blind any more (A18).
    """
    _before_lock(trial)
    found = review(now.plan, trial)
    if found.undecided:
        raise Refusal(
            "REVIEW-OPEN",
            f"{len(found.undecided)} memberships of analysis sets are undecided.",
            "Classify the deviations, or decide them with a reason.",
        )
    meaning = OPEN_MEANING if trial.closure.release else BLIND_MEANING
    return (BlindReviewSigned(found.data_digest, found.memberships, meaning),)


def _before_lock(trial: Trial) -> None:
    """The sets are final once the database is locked; a lock comes before anybody can know an arm."""
    if trial.closure.certificate is not None:
        raise Refusal("REVIEW-LOCKED", "The database is locked: the analysis sets are final.", "Unlock it first.")
