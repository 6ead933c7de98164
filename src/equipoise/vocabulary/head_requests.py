"""Answers to a question for the head alone (RFC 9110, 9.3.2), which neither Django nor waitress leaves empty."""

from collections.abc import Callable
from typing import Any


def without_content_for_head(application: Callable[..., Any]) -> Callable[..., Any]:
    """A WSGI application that answers HEAD without content: else the next answer on the connection is misread."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        content = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return content
        content.close()
        return ()

    return answer
