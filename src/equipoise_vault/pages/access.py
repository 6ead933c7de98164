"""Who may open which page: one table, one middleware that holds it, and nothing else (ASVS 8.3.1).

A route without a row is not found, whoever asks; a test goes through every row with every role.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.vocabulary import Role
from equipoise_vault.pages.roles import HOLDERS, ROLES

READ = frozenset({"GET", "HEAD"})
ENTER = READ | {"POST"}
POST = frozenset({"POST"})

_PHARMACIST = frozenset({Role.PHARMACIST})
_PHYSICIAN = frozenset({Role.TREATING_PHYSICIAN})
_COMMITTEE = frozenset({Role.DMC_MEMBER})


@dataclass(frozen=True, slots=True)
class Row:
    """`roles` None: for everybody, signed in or not."""

    roles: frozenset[Role] | None
    methods: frozenset[str] = ENTER


ROUTES: Mapping[str, Row] = {
    "style": Row(None, READ),
    "language": Row(None, POST),
    "setup": Row(None),
    "enrol": Row(None),
    "sign_in": Row(None),
    "sign_out": Row(frozenset(ROLES), POST),
    "home": Row(frozenset(ROLES), READ),
    "accounts": Row(frozenset(HOLDERS)),
    "key": Row(frozenset(HOLDERS)),
    "ceremony": Row(frozenset({Role.STATISTICIAN, Role.PHARMACIST})),
    "commitments": Row(frozenset(HOLDERS), READ),
    "doses": Row(_PHARMACIST),
    "labels": Row(_PHARMACIST, POST),
    "stock": Row(_PHARMACIST),
    "log": Row(_PHARMACIST, READ),
    "code_break": Row(_PHYSICIAN),
    "breaks": Row(_PHARMACIST | _PHYSICIAN),
    "envelopes": Row(_PHARMACIST),
    "committee": Row(_PHARMACIST | _COMMITTEE),
    "closed_report": Row(_COMMITTEE),
    "release": Row(frozenset(HOLDERS)),
    "opening": Row(frozenset(HOLDERS), POST),
}
