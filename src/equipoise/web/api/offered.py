"""Which commands the API takes, and what each asks of a program that sends it: one table, read off the commands.

A command's own fields are the fields of the request, and no others (no mass assignment).  Numbers of entries, queries
and prompts are replaced by names that say nothing of what a role does not see (`conduct.naming`).
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import equipoise.closure  # noqa: F401  # declares its commands, and those of the rooms before it
from equipoise.conduct import declared_commands
from equipoise.web.api.shapes import NAMES, shape_of

NOT_OFFERED: Mapping[str, str] = {
    "open_trial": "A trial is opened on the machine that runs it, where its study definition lies.",
    "amend_definition": "Another version is followed on the page on which its file is handed in and compared.",
    "receive_release": "The released list is handed in on the page of the release, as its holders bring it.",
}
"""Command -> why it is not taken."""

_TOPICS: Mapping[str, tuple[str, ...]] = {
    "delegation": ("appoint", "end_appointment"),
    "recruitment": (
        "screen",
        "record_consent",
        "decide_criterion",
        "sign_eligibility",
        "fail_screening",
        "enrol",
        "randomise",
        "correct_stratum",
        "withdraw",
        "complete",
    ),
    "encounters and doses": ("start_encounter", "miss_encounter", "dispense", "administer_dose", "omit_dose"),
    "data": (
        "capture",
        "correct",
        "mark_not_done",
        "confirm_answer",
        "enter_again",
        "reconcile",
        "attach_file",
        "retract_file",
    ),
    "queries and deviations": ("raise_query", "answer_query", "close_query", "record_deviation"),
    "safety": (
        "report_adverse_event",
        "follow_up_adverse_event",
        "attach_to_adverse_event",
        "decline_candidate",
        "assess_code_break",
        "record_expedited_report",
    ),
    "closure": (
        "close_data_entry",
        "reopen_data_entry",
        "classify_deviation",
        "decide_membership",
        "sign_blind_review",
        "register_signing_key",
        "lock_database",
        "unlock_database",
    ),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One command of the API.  `shape` is the request's body; `is_about_one` puts the participant into the address."""

    name: str
    kind: type
    topic: str
    shape: type[Any]
    is_about_one: bool

    @property
    def path(self) -> str:
        place = "/participants/{participant}" if self.is_about_one else ""
        return f"/trials/{{slug:trial}}{place}/{self.name.replace('_', '-')}"

    @property
    def summary(self) -> str:
        return self.name.replace("_", " ").capitalize()

    @property
    def description(self) -> str:
        """The command's own docstring, unless it is the one that dataclasses write themselves."""
        written = self.kind.__doc__ or ""
        return "" if written.startswith(f"{self.kind.__name__}(") else " ".join(written.replace("`", "").split())


def _offer(name: str, topic: str) -> Offer:
    kind = declared_commands()[name]
    fields = {field.name for field in dataclasses.fields(kind)}
    return Offer(name, kind, topic, shape_of(kind), bool(fields & {"participant", *NAMES}))


OFFERED: Mapping[str, Offer] = {name: _offer(name, topic) for topic, names in _TOPICS.items() for name in names}
"""Command -> how it is offered."""
