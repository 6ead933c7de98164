"""The site as one callable: configured for an installation, with its tables made, ready for a web server or a test."""

from collections.abc import Callable
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from equipoise.store.installation import Installation
from equipoise.vocabulary import Clock
from equipoise.vocabulary.head_requests import without_content_for_head
from equipoise.web.settings import site_settings

HERE_ALONE = ("localhost", "127.0.0.1", "[::1]")
"""The names by which a site is asked for on its own machine."""


def configure(
    installation: Installation,
    clock: Clock,
    *,
    hosts: tuple[str, ...] = HERE_ALONE,
    is_secure: bool = False,
    setup_code: str = "",
) -> None:
    """Make Django serve this installation in this process, by this clock.

    `setup_code` lets whoever knows it make the first account, while there is none.

    A second time in a process, for the same folder, only the clock and the code are taken.
    """
    if not settings.configured:
        settings.configure(**site_settings(installation, hosts=hosts, is_secure=is_secure))
        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
    from equipoise.store.running import run_trials  # noqa: PLC0415  # needs Django to be configured

    run_trials(installation, clock, setup_code=setup_code)


def application() -> Callable[..., Any]:
    """The WSGI application of the configured site."""
    return without_content_for_head(get_wsgi_application())
