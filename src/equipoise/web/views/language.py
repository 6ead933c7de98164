"""Choose the language of the pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from equipoise.store.models import Account


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the choice with the account, and in a cookie for who is not logged in."""
    chosen = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    answer = redirect(back)
    if chosen in dict(settings.LANGUAGES):
        if isinstance(request.user, Account):
            Account.objects.filter(pk=request.user.pk).update(language=chosen)
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, samesite="Lax", httponly=True)
    return answer
