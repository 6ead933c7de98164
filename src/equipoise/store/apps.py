"""The store as a Django app."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "equipoise.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the models that stand in modules of their own."""
        from equipoise.store import tokens  # noqa: F401, PLC0415  # needs the models of `store.models` to be loaded
