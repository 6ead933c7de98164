"""The names of a demonstration's accounts, and the password of all of them."""

from equipoise.vocabulary import Role
from equipoise_vault.pages.roles import ROLES

PASSWORD = "no secret in a rehearsal"  # noqa: S105  # shown on the sign-in page of a synthetic trial
NAMES = {f"demo.{role.value}": role for role in ROLES} | {"demo.pharmacist.2": Role.PHARMACIST}
"""The second pharmacist checks, releases and witnesses: those take another person."""
