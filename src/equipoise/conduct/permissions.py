"""Who may do what: one table for the whole trial, and the pairs of roles that no one person may hold (S08).

The commands of later rooms stand here too, by name, so that an inspector reads one table.  Sponsor, data manager and
monitor never change what the site entered (A16, E6R3-3.16.1(i)); the pharmacist, who knows the arms, writes nothing
that masked people read (M14); committee and auditor only read.
"""

from collections.abc import Mapping

from equipoise.conduct.actor import Actor
from equipoise.conduct.command import command_name
from equipoise.vocabulary import Refusal, Role

_LEAD = frozenset({Role.SPONSOR, Role.INVESTIGATOR})
_INVESTIGATOR = frozenset({Role.INVESTIGATOR})
_BEDSIDE = frozenset({Role.INVESTIGATOR, Role.CARE_PROVIDER})
_SITE = _BEDSIDE | {Role.OUTCOMES_ASSESSOR}
_ENTRY = _SITE | {Role.SYSTEM}
_REVIEWING = frozenset({Role.INVESTIGATOR, Role.DATA_MANAGER, Role.STATISTICIAN})
_SIGNING = _REVIEWING | {Role.SPONSOR, Role.QUALITY_OFFICER}
_ASKING = frozenset({Role.DATA_MANAGER, Role.MONITOR})

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "open_trial": _LEAD,
    "amend_definition": _LEAD,
    "close_data_entry": frozenset({Role.DATA_MANAGER}),
    "reopen_data_entry": _INVESTIGATOR,
    "appoint": _LEAD | {Role.ADMINISTRATOR},
    "end_appointment": _LEAD | {Role.ADMINISTRATOR},
    "screen": _BEDSIDE,
    "record_consent": _BEDSIDE,
    "decide_criterion": _BEDSIDE,
    "sign_eligibility": _INVESTIGATOR,
    "fail_screening": _BEDSIDE,
    "enrol": _BEDSIDE,
    "randomise": _BEDSIDE,
    "correct_stratum": _INVESTIGATOR,
    "withdraw": _INVESTIGATOR,
    "complete": _INVESTIGATOR,
    "start_encounter": _SITE,
    "miss_encounter": _SITE,
    "dispense": _BEDSIDE,
    "administer_dose": _BEDSIDE,
    "omit_dose": _BEDSIDE,
    "capture": _ENTRY,
    "correct": _ENTRY,
    "mark_not_done": _ENTRY,
    "confirm_answer": _ENTRY,
    "attach_file": _SITE,
    "retract_file": _SITE,
    "enter_again": _SITE,
    "reconcile": _SITE,
    "raise_query": _ASKING,
    "answer_query": _SITE,
    "close_query": _ASKING,
    "record_deviation": _BEDSIDE | _ASKING,
    # safety: the investigator decides
    "report_adverse_event": _INVESTIGATOR,
    "follow_up_adverse_event": _INVESTIGATOR,
    "attach_to_adverse_event": _INVESTIGATOR,
    "decline_candidate": _INVESTIGATOR,
    "assess_code_break": _INVESTIGATOR,
    "record_expedited_report": _LEAD,
    # closure: masked until the release
    "classify_deviation": _REVIEWING,
    "decide_membership": _REVIEWING,
    "sign_blind_review": _REVIEWING,
    "register_signing_key": _SIGNING,
    "lock_database": frozenset({Role.DATA_MANAGER}),
    "unlock_database": _INVESTIGATOR,
    "receive_release": frozenset({Role.STATISTICIAN}),
}

_HANDS_ON_DATA = frozenset(
    {
        Role.INVESTIGATOR,
        Role.CARE_PROVIDER,
        Role.OUTCOMES_ASSESSOR,
        Role.DATA_MANAGER,
        Role.MONITOR,
        Role.STATISTICIAN,
        Role.SPONSOR,
    }
)
KEPT_APART: frozenset[frozenset[Role]] = frozenset(
    frozenset({knows, works})
    for knows in (Role.PHARMACIST, Role.DMC_MEMBER, Role.ADMINISTRATOR)
    for works in _HANDS_ON_DATA
) | {
    frozenset({Role.INVESTIGATOR, Role.MONITOR}),
    frozenset({Role.INVESTIGATOR, Role.DATA_MANAGER}),
    frozenset({Role.CARE_PROVIDER, Role.MONITOR}),
    frozenset({Role.CARE_PROVIDER, Role.DATA_MANAGER}),
    frozenset({Role.OUTCOMES_ASSESSOR, Role.MONITOR}),
    frozenset({Role.OUTCOMES_ASSESSOR, Role.DATA_MANAGER}),
}
"""Pairs of roles that one person never holds: who knows an arm or runs the machine has no hand on the data, and who
enters data does not check them.  Source: EMA A3.3-A3.5; E6R3-4.3.8."""


def may(role: Role, name: str) -> bool:
    """True if `role` may give the command called `name`."""
    return role in PERMISSIONS[name]


def permit(actor: Actor, command: object, roles_held: frozenset[Role]) -> None:
    """Refuse a command that the actor's role may not give, or a role that clashes with one the person has acted in."""
    name = command_name(command)
    if not may(actor.role, name):
        allowed = " or ".join(sorted(role.value.replace("_", " ") for role in PERMISSIONS[name]))
        raise Refusal(
            "ROLE-PERMISSION",
            f"The role {actor.role.value.replace('_', ' ')} may not {name.replace('_', ' ')}.",
            f"Ask the {allowed}.",
        )
    require_apart(roles_held, actor.role)


def require_apart(roles_held: frozenset[Role], role: Role) -> None:
    """Refuse a role that is kept apart from one that the person holds (S08)."""
    for held in sorted(roles_held):
        if frozenset({held, role}) in KEPT_APART:
            raise Refusal(
                "ROLE-CONFLICT",
                f"One person cannot act as {held.value.replace('_', ' ')} and as {role.value.replace('_', ' ')}.",
                "Another person must do this.",
            )
