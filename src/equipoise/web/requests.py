"""Names of requests: each drawn form carries one, so that sending it twice writes once."""

from uuid import uuid4


def new_request() -> str:
    """A name that no other request has."""
    return uuid4().hex
