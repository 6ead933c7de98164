"""Run the pages: settings, accounts file, the line to the keys, and waitress on the socket that was handed over."""

import json
import os
import select
import socket
import sys
import threading

from equipoise.vocabulary.head_requests import without_content_for_head
from equipoise_vault.pages.desk import Desk
from equipoise_vault.pages.place import Place

_THREADS = 6


def show(place: Place, desk: socket.socket, listening: socket.socket) -> None:
    """Serve until the process that holds the keys is gone, or ends this one."""
    threading.Thread(target=_end_with, args=(desk,), daemon=True).start()
    # below, and not above: Django reads its settings when these are imported
    import django  # noqa: PLC0415
    import waitress  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    from equipoise_vault.pages import settings  # noqa: PLC0415

    settings.configure(place, Desk(desk))
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    is_new = _prepare(place)
    server = waitress.create_server(
        without_content_for_head(get_wsgi_application()),
        sockets=[listening],
        threads=_THREADS,
        ident="",
        max_request_body_size=settings.LARGEST_UPLOAD,
        **_proxy(place),
    )
    sys.stdout.write(json.dumps({"is_new": is_new}) + "\n")
    sys.stdout.flush()
    server.run()


def _prepare(place: Place) -> bool:
    """The accounts of a demonstration; True where nobody has an account yet."""
    from equipoise_vault.pages.demonstration import make_accounts  # noqa: PLC0415  # as above
    from equipoise_vault.pages.models import Account  # noqa: PLC0415

    if place.is_demonstration:
        make_accounts(place.entropy)
    return not Account.objects.exists()


def _proxy(place: Place) -> dict[str, object]:
    """Behind a proxy on this machine, the address that it says the request came from: lock-out counts by address."""
    if not place.is_https:
        return {}
    headers = {"x-forwarded-for", "x-forwarded-proto"}
    return {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": headers, "clear_untrusted_proxy_headers": True}


def _end_with(desk: socket.socket) -> None:
    """End at once when the other end of the desk is closed: without the keys there is nothing to show."""
    poll = select.poll()
    poll.register(desk, select.POLLHUP)
    poll.poll()
    os._exit(0)
