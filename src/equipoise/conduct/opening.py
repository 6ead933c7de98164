"""Open the trial, follow an amended definition, close data entry and open it again."""

from equipoise.conduct.commands import AmendDefinition, CloseDataEntry, OpenTrial, ReopenDataEntry
from equipoise.conduct.events import DataEntryClosed, DataEntryReopened, DefinitionAmended, TrialOpened
from equipoise.conduct.situation import Situation, require_text
from equipoise.vocabulary import Refusal


def open_trial(now: Situation, command: OpenTrial) -> tuple[TrialOpened]:
    """Bind the ledger to the definition's digest; done once."""
    if now.state.opened is not None:
        raise Refusal("TRIAL-OPEN", "This trial is open already.", "Amend the definition to change it.")
    study = now.plan.definition
    return (TrialOpened(study.id, study.version, now.plan.digest, command.synthetic, study.time_zone),)


def amend_definition(now: Situation, command: AmendDefinition) -> tuple[DefinitionAmended]:
    """Follow the plan's version from now on, if its parent is the version followed so far.

    Source: E6R3-3.4.5 (amendments); DESIGN section 2 (a new version names its parent's digest).
    """
    now.not_in_future(command.approved_on)
    study = now.plan.definition
    if study.parent != now.state.study_digest:
        raise Refusal(
            "AMENDMENT-PARENT",
            "The new definition does not name the one that the trial follows as its parent.",
            "Draft the amendment from the current version.",
        )
    if now.state.opened and study.time_zone != now.state.opened.time_zone:
        raise Refusal("AMENDMENT-PLACE", "An amendment cannot move the trial to another time zone.", "Keep the zone.")
    _keep_what_was_done(now)
    reason = require_text(command.reason, "reason")
    return (DefinitionAmended(study.version, now.plan.digest, now.state.study_digest, command.approved_on, reason),)


def _keep_what_was_done(now: Situation) -> None:
    """Doses that were given keep their numbers, signed strata stay strata: packs and slots hang on them."""
    for participant in now.state.participants.values():
        if any(now.plan.dose_numbers.get(each.encounter) != number for number, each in participant.doses.items()):
            raise Refusal(
                "AMENDMENT-DOSES",
                "The new schedule numbers doses that were given in another way.",
                "Add doses at the end.",
            )
        if participant.enrolled_on is not None and participant.strata not in now.plan.strata:
            raise Refusal("AMENDMENT-STRATA", "The new version has other strata than were signed.", "Keep the strata.")


def close_data_entry(now: Situation, command: CloseDataEntry) -> tuple[DataEntryClosed]:
    """Accept no further entry that changes data."""
    return (DataEntryClosed(require_text(command.reason, "reason")),)


def reopen_data_entry(now: Situation, command: ReopenDataEntry) -> tuple[DataEntryReopened]:
    """Let closed data be changed, with the investigator's reason; every change is marked from here on (A18)."""
    if not now.state.is_closed:
        raise Refusal("DATA-ENTRY-OPEN", "Data entry is open.", "Nothing needs to be reopened.")
    if now.state.is_locked:
        raise Refusal("DATABASE-LOCKED", "The database is locked.", "The investigator unlocks it with a signature.")
    return (DataEntryReopened(require_text(command.reason, "reason")),)
