"""Doses by pack number: the pack says nothing of the arm, and only the right pack is accepted.

No preparation time, lot or product is recorded here: what precedes the bedside belongs to the pharmacy and could
betray the arm (leak L5).
"""

from datetime import datetime
from decimal import Decimal

from equipoise.allocation.randomise import pack_for_dose, spare_packs
from equipoise.conduct.commands import AdministerDose, Dispense, OmitDose
from equipoise.conduct.deviating import deviations
from equipoise.conduct.events import DeviationRecorded, DoseAdministered, DoseOmitted, PackDispensed
from equipoise.conduct.participant import Participant
from equipoise.conduct.situation import Situation, require_text
from equipoise.conduct.words import DeviationKind, WithdrawalFrom
from equipoise.vocabulary import Refusal, parse_reported

_WRONG_PACK = Refusal(
    "PACK-WRONG",
    "This pack is not for this participant and dose.",
    "Do not give it. Compare the label with the screen, and call the pharmacy.",
)


def dispense(now: Situation, command: Dispense) -> tuple[PackDispensed]:
    """Accept the pack that belongs to this participant's slot and dose, and no other.

    A spare of the same slot is accepted with a reason; spares are used in their order.
    """
    participant, dose = _due(now, command.participant, command.encounter)
    state = now.state.allocation
    used = {pack for packs in participant.packs.values() for pack in packs}
    if command.pack in used:
        raise Refusal("PACK-USED", "This pack was dispensed before.", "Take another pack; call the pharmacy.")
    if command.pack != pack_for_dose(state, participant.number, dose):
        unused = [pack for pack in spare_packs(state, participant.number) if pack not in used]
        if command.pack not in unused[:1]:
            raise _WRONG_PACK
        require_text(command.spare_reason, "reason why a spare pack is used")
    return (PackDispensed(participant.number, dose, command.pack, command.spare_reason.strip() or None),)


def administer_dose(now: Situation, command: AdministerDose) -> tuple[DoseAdministered | DeviationRecorded, ...]:
    """Record a dose that was given, from the pack that was dispensed for it.

    What departed from the protocol - another pack, another volume, another day - is accepted with a reason and
    recorded as a deviation: a record that refused the truth would be a false one.
    """
    participant, dose = _due(now, command.participant, command.encounter)
    started = participant.started(command.encounter)
    assert started is not None, "a due dose has a started encounter"
    _in_time(now, participant, command.given_at)
    volume = _volume(command.volume_ml)
    departures = []
    if command.pack != participant.packs.get(dose, [""])[-1]:
        departures.append("another pack than the dispensed one")
    if _planned_volume(now) not in (None, volume):
        departures.append("another volume than planned")
    if now.plan.local_date(command.given_at) != started.on:
        departures.append("another day than the encounter")
    given = DoseAdministered(
        participant.number,
        command.encounter,
        dose,
        command.pack,
        command.given_at,
        volume,
        require_text(command.body_site, "injection site"),
    )
    if not departures:
        return (given,)
    what = ", ".join(departures)
    if not command.deviation_reason.strip():
        raise Refusal(
            "DOSE-DEVIATION", f"This dose departs from the protocol: {what}.", "Check it, or say how it came about."
        )
    text = f"{what}: {require_text(command.deviation_reason, 'reason')}"
    on = now.plan.local_date(command.given_at)
    return (given, *deviations(now, participant, [(DeviationKind.DOSING, command.encounter, text)], on))


def omit_dose(now: Situation, command: OmitDose) -> tuple[DoseOmitted]:
    """Record that a planned dose was not given and will not be."""
    participant, dose = _due(now, command.participant, command.encounter)
    return (DoseOmitted(participant.number, command.encounter, dose, require_text(command.reason, "reason")),)


def _due(now: Situation, number: str, encounter_id: str) -> tuple[Participant, int]:
    """The participant and the dose of this encounter, if it is the next one (S13)."""
    participant = now.participant(number)
    encounter = now.plan.encounter(encounter_id)
    dose = now.plan.dose_numbers.get(encounter.id)
    if dose is None:
        raise Refusal("DOSE-PLAN", "No dose is planned at this encounter.", "Choose an encounter with a dose.")
    if dose in participant.doses:
        raise Refusal("DOSE-TWICE", "The dose of this encounter is recorded already.", "Do not give another one.")
    if participant.started(encounter.id) is None:
        raise Refusal("DOSE-ENCOUNTER", "This encounter has not started.", "Start the encounter first.")
    if dose > 1 and dose - 1 not in participant.doses:
        raise Refusal("DOSE-ORDER", f"Dose {dose - 1} is not accounted for.", "Record it, or why it was omitted.")
    if participant.randomised_on is None:
        raise Refusal("DOSE-SLOT", "The participant is not randomised.", "Randomise first.")
    return participant, dose


def _in_time(now: Situation, participant: Participant, given_at: datetime) -> None:
    if given_at > now.moment:
        raise Refusal("DATE-FUTURE", "This time lies in the future.", "Enter the time at which it was given.")
    day = now.plan.local_date(given_at)
    stopped = participant.stopped(WithdrawalFrom.TREATMENT)
    if stopped is not None and day > stopped.on:
        raise Refusal("WITHDRAWN", "The participant had stopped the doses by that day.", "Do not give it.")
    if participant.randomised_on is not None and day < participant.randomised_on:
        raise Refusal("DOSE-SLOT", "This time lies before randomisation.", "Check the time.")


def _planned_volume(now: Situation) -> Decimal | None:
    """The one volume that every arm's interventions share; None where it is undecided or they differ."""
    planned = {intervention.dose_ml for intervention in now.plan.definition.interventions}
    (volume, *others) = planned
    return volume if not others and isinstance(volume, Decimal) else None


def _volume(typed: str) -> Decimal:
    reported = parse_reported(typed, "mL")
    if reported.comparator or reported.value <= 0:
        raise Refusal("DOSE-VOLUME", "A given volume is a number above zero.", "Enter what was given, in mL.")
    return reported.value
