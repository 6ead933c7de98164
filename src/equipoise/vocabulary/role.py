"""The roles of a trial, and which of them are masked."""

from enum import StrEnum


class Role(StrEnum):
    """Who acts.  The words are ICH E6(R3) and SPIRIT; `system` signs what a program derives (E6R3-4.2.4)."""

    PARTICIPANT = "participant"
    INVESTIGATOR = "investigator"
    CARE_PROVIDER = "care_provider"
    OUTCOMES_ASSESSOR = "outcomes_assessor"
    DATA_MANAGER = "data_manager"
    MONITOR = "monitor"
    STATISTICIAN = "statistician"
    PHARMACIST = "pharmacist"
    QUALITY_OFFICER = "quality_officer"
    DMC_MEMBER = "dmc_member"
    TREATING_PHYSICIAN = "treating_physician"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    SPONSOR = "sponsor"
    SYSTEM = "system"


MASKED_ROLES: frozenset[Role] = frozenset(Role) - {
    Role.PHARMACIST,  # prepares the dose
    Role.DMC_MEMBER,  # closed report only
    Role.TREATING_PHYSICIAN,  # one code, one participant, in an emergency
    Role.SYSTEM,
}
