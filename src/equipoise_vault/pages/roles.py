"""Whom the vault knows: the holders of its key, and everybody who has something to do here."""

from equipoise.vocabulary import Role

HOLDERS = (Role.STATISTICIAN, Role.PHARMACIST, Role.QUALITY_OFFICER)
"""Who keeps a share of the vault's key; two of them make an account."""
ROLES = (*HOLDERS, Role.TREATING_PHYSICIAN, Role.DMC_MEMBER)
"""The roles of accounts.  Nobody has two of them."""
