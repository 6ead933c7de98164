"""Documents that the vault makes for the printer; their own style sheet is let in by its digest, and nothing else."""

import base64
import hashlib
import re

from django.http import HttpResponse

from equipoise_vault.pages.settings import CONTENT_SECURITY_POLICY

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def printed(page: str) -> HttpResponse:
    """A page to print."""
    response = HttpResponse(page)
    digests = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in _STYLE.findall(page)]
    response._csp_update = {  # type: ignore[attr-defined]  # read by django-csp
        "style-src": [*CONTENT_SECURITY_POLICY["DIRECTIVES"]["style-src"], *(f"'sha256-{each}'" for each in digests)]
    }
    return response
