"""The part of Django's settings that concerns pages, and the whole of them for one installation."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from equipoise.store.installation import Installation
from equipoise.store.settings import store_settings

_HERE = Path(__file__).parent
LONGEST_HOURS = 12
"""How long the browser keeps its cookie; `equipoise.web.session` ends a session sooner where it is left alone."""


def site_settings(installation: Installation, *, hosts: tuple[str, ...], is_secure: bool) -> dict[str, Any]:
    """All settings of the site.  `is_secure`: it is reached by HTTPS, and its cookies go nowhere else."""
    stored = store_settings(installation)
    return {
        **stored,
        "DEBUG": False,
        "ALLOWED_HOSTS": list(hosts),
        "INSTALLED_APPS": [
            *stored["INSTALLED_APPS"],
            "django.contrib.staticfiles",
            "csp",
            "equipoise.web.apps.WebConfig",
        ],
        "ROOT_URLCONF": "equipoise.web.urls",
        "MIDDLEWARE": _MIDDLEWARE,
        "TEMPLATES": [_TEMPLATES],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "my_trials",
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "LANGUAGE_CODE": "en",
        "LANGUAGES": [("en", "English"), ("id", "Bahasa Indonesia")],
        "LOCALE_PATHS": [str(_HERE / "locale")],
        "USE_I18N": True,
        "STATIC_URL": "/static/",
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        "SESSION_ENGINE": "django.contrib.sessions.backends.db",
        "SESSION_COOKIE_NAME": "__Host-equipoise" if is_secure else "equipoise",
        "SESSION_COOKIE_SECURE": is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": LONGEST_HOURS * 3600,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "CSRF_COOKIE_NAME": "__Host-csrf" if is_secure else "csrf",
        "CSRF_COOKIE_SECURE": is_secure,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_FAILURE_VIEW": "equipoise.web.views.errors.forged",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": 31_536_000 if is_secure else 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": is_secure,
        "X_FRAME_OPTIONS": "DENY",
        "CONTENT_SECURITY_POLICY": _POLICY,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 1 << 20,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 500,
        "DATA_UPLOAD_MAX_NUMBER_FILES": 5,
        "SILENCED_SYSTEM_CHECKS": [],
    }


_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "equipoise.web.session.SessionLimits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "equipoise.web.access.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
]

_TEMPLATES: dict[str, Any] = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [str(_HERE / "templates")],
    "APP_DIRS": True,
    "OPTIONS": {
        "context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
            "django.template.context_processors.i18n",
            "equipoise.web.context.page",
        ],
    },
}

_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the QR code of a new second factor is drawn into its page
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
