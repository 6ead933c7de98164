"""The pages' settings: own accounts file, own cookie, no script anywhere, nothing kept by a browser."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from equipoise_vault.pages.desk import Desk
from equipoise_vault.pages.place import ACCOUNTS_FILE, Place

IDLE_SECONDS = 15 * 60
LIFETIME = timedelta(hours=8)
"""A web session ends after so long without a request, and after so long altogether (ASVS 7.3.1, 7.3.2)."""
LARGEST_UPLOAD = 16 << 20
_HERE = Path(__file__).parent
_TRANSLATED = [
    (code, name)
    for code, name in [("id", "Bahasa Indonesia")]
    if (_HERE / "locale" / code / "LC_MESSAGES" / "django.mo").exists()
]
"""A language is offered once its catalogue is there: a page half in another language misleads, also a screen reader."""
_LOOPBACK = ["127.0.0.1", "[::1]", "localhost", "vault.localhost"]

_NOTHING, _OURS = ["'none'"], ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": _NOTHING,
        "script-src": _NOTHING,
        "style-src": _OURS,
        "img-src": _OURS,
        "form-action": _OURS,
        "base-uri": _NOTHING,
        "frame-ancestors": _NOTHING,
        "object-src": _NOTHING,
    }
}


def configure(place: Place, desk: Desk) -> None:
    """Set Django up for this process.  The secret key lives as long as the process: a restart signs everybody out."""
    host = urlsplit(place.origin).hostname
    settings.configure(
        PLACE=place,
        DESK=desk,
        DEBUG=False,
        SECRET_KEY=place.entropy(32).hex(),
        ALLOWED_HOSTS=[host] if host else _LOOPBACK,
        ROOT_URLCONF="equipoise_vault.pages.urls",
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "axes",
            "equipoise_vault.pages.apps.VaultPages",
        ],
        MIDDLEWARE=[
            "equipoise_vault.pages.keeper.Headers",
            "django.middleware.security.SecurityMiddleware",
            "csp.middleware.CSPMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "equipoise_vault.pages.keeper.Keeper",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [_HERE / "templates"],
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "equipoise_vault.pages.frame.frame",
                    ],
                    "builtins": ["django.templatetags.i18n", "equipoise_vault.pages.shown"],
                },
            }
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": place.folder / ACCOUNTS_FILE,
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF",
                },
            }
        },
        USE_TZ=True,
        TIME_ZONE="UTC",
        USE_I18N=True,
        LANGUAGE_CODE="en",
        LANGUAGES=[("en", "English"), *_TRANSLATED],
        LANGUAGE_COOKIE_NAME="equipoise_vault_language",
        LOCALE_PATHS=[_HERE / "locale"],
        DATA_UPLOAD_MAX_MEMORY_SIZE=LARGEST_UPLOAD,
        FILE_UPLOAD_HANDLERS=["django.core.files.uploadhandler.MemoryFileUploadHandler"],
        FILE_UPLOAD_MAX_MEMORY_SIZE=LARGEST_UPLOAD,
        CONTENT_SECURITY_POLICY=CONTENT_SECURITY_POLICY,
        LOGGING=_LOGGING,
        LOGGING_CONFIG="logging.config.dictConfig",
        AXES_COOLOFF_MESSAGE=_("Too many attempts. Wait a quarter of an hour, then try again."),
        **_sessions(place),
        **_AUTHENTICATION,
    )


def _sessions(place: Place) -> dict[str, object]:
    """Cookies: with https the host prefix, and strict transport; on this machine alone, plain names."""
    prefix = "__Host-" if place.is_https else ""
    https: dict[str, object] = {
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SECURE_SSL_REDIRECT": True,
    }
    return {
        "SESSION_COOKIE_NAME": f"{prefix}equipoise_vault",
        "SESSION_COOKIE_SECURE": place.is_https,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_AGE": IDLE_SECONDS,
        "SESSION_SAVE_EVERY_REQUEST": True,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "CSRF_USE_SESSIONS": True,
        "CSRF_FAILURE_VIEW": "equipoise_vault.pages.frame.forged",
        "LANGUAGE_COOKIE_SECURE": place.is_https,
        "LANGUAGE_COOKIE_SAMESITE": "Strict",
        # not `no-referrer`: with it a browser calls the origin of our own forms “null”, and they are refused as forged
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        **(https if place.is_https else {}),
    }


_CHECKS = "django.contrib.auth.password_validation."
_AUTHENTICATION: dict[str, object] = {
    "AUTH_USER_MODEL": "vault_pages.Account",
    "AUTHENTICATION_BACKENDS": [
        "axes.backends.AxesStandaloneBackend",
        "equipoise_vault.pages.signing_in.TwoComponents",
    ],
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
    "AUTH_PASSWORD_VALIDATORS": [
        {"NAME": _CHECKS + "MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
        {"NAME": _CHECKS + "CommonPasswordValidator"},
        {
            "NAME": _CHECKS + "UserAttributeSimilarityValidator",
            "OPTIONS": {"user_attributes": ["name", "full_name"], "max_similarity": 0.6},
        },
        {"NAME": "equipoise_vault.pages.signing_in.NoContextWords"},
    ],
    "LOGIN_URL": "sign_in",
    "AXES_FAILURE_LIMIT": 5,
    "AXES_COOLOFF_TIME": timedelta(minutes=15),
    "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
    "AXES_USERNAME_FORM_FIELD": "name",
    "AXES_SENSITIVE_PARAMETERS": ["name", "code"],
    "AXES_RESET_ON_SUCCESS": True,
    "AXES_ENABLE_ADMIN": False,
    "AXES_VERBOSE": False,
    "SILENCED_SYSTEM_CHECKS": ["axes.W002"],  # the pages answer a lock-out themselves
}
_LOGGING: dict[str, object] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"bare": {"()": "equipoise_vault.pages.logs.Bare"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["bare"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
