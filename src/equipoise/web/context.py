"""What every page's frame shows: where one is, in which role, and whether the data are synthetic."""

from typing import Any

from django.http import HttpRequest

from equipoise.store.admitting import is_new_site
from equipoise.store.founding import DEMONSTRATION_PASSWORD, demonstration_accounts
from equipoise.store.running import installation
from equipoise.store.vaults import open_rooms
from equipoise.web.here import Here


def page(request: HttpRequest) -> dict[str, Any]:
    """`here` inside a trial, `account` once logged in, `is_synthetic` for the band.

    A synthetic site names its demonstration accounts to whoever comes; there are none anywhere else.
    """
    here: Here | None = getattr(request, "here", None)
    shown = {"demonstration": demonstration_accounts, "demonstration_password": DEMONSTRATION_PASSWORD}
    return {
        **(shown if installation().is_synthetic else {}),
        "here": here,
        "sealed_rooms": open_rooms,
        "is_new_site": is_new_site,
        "account": getattr(request, "account", None),
        "is_synthetic": installation().is_synthetic or (here is not None and here.trial.is_synthetic),
    }
