"""What a person reads when there is nothing to show: never an internal of the machine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: what failed may be what the frame needs."""
    return render(None, "errors/500.html", status=500)  # no context processor runs
