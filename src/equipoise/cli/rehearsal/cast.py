"""The people of a rehearsal: one synthetic person per role, named after the role so that nobody takes them for real."""

from equipoise.conduct.actor import Actor
from equipoise.vocabulary import Role

ADMINISTRATOR = Actor("synthetic.administrator", Role.ADMINISTRATOR)
SPONSOR = Actor("synthetic.sponsor", Role.SPONSOR)
INVESTIGATOR = Actor("synthetic.investigator", Role.INVESTIGATOR)
CARE_PROVIDER = Actor("synthetic.nurse", Role.CARE_PROVIDER)
ASSESSOR = Actor("synthetic.assessor", Role.OUTCOMES_ASSESSOR)
DATA_MANAGER = Actor("synthetic.data.manager", Role.DATA_MANAGER)
MONITOR = Actor("synthetic.monitor", Role.MONITOR)
STATISTICIAN = Actor("synthetic.statistician", Role.STATISTICIAN)
PHARMACIST = Actor("synthetic.pharmacist", Role.PHARMACIST)
AUDITOR = Actor("synthetic.auditor", Role.AUDITOR)
SYSTEM = Actor("equipoise", Role.SYSTEM)

APPOINTED_BY = {
    SPONSOR: ADMINISTRATOR,
    INVESTIGATOR: SPONSOR,
    DATA_MANAGER: SPONSOR,
    MONITOR: SPONSOR,
    STATISTICIAN: SPONSOR,
    AUDITOR: SPONSOR,
    PHARMACIST: SPONSOR,
    CARE_PROVIDER: INVESTIGATOR,
    ASSESSOR: INVESTIGATOR,
}
"""Who puts whom on the delegation log, in this order."""
