"""The pages as a Django application."""

from django.apps import AppConfig


class VaultPages(AppConfig):
    """Accounts of the vault, and its pages."""

    name = "equipoise_vault.pages"
    label = "vault_pages"
    default_auto_field = "django.db.models.BigAutoField"
