"""The part of Django's settings that concerns what is kept: database, accounts, passwords, second factors, lockout."""

from typing import Any

from equipoise.store.installation import Installation
from equipoise.store.keeping import site_database


def store_settings(installation: Installation) -> dict[str, Any]:
    """Settings as a function of the installation's folder; the web room adds pages and headers."""
    return {
        "SECRET_KEY": installation.secret_key,
        "DATABASES": {"default": site_database(installation)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.humanize",
            "equipoise.store.apps.StoreConfig",
            "allauth",
            "allauth.account",
            "allauth.mfa",
            "allauth.usersessions",
            "axes",
        ],
        "AUTH_USER_MODEL": "store.Account",
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {
                "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
                "OPTIONS": {"min_length": 12},
            },
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        ],
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "allauth.account.auth_backends.AuthenticationBackend",
        ],
        **_ALLAUTH,
        **_AXES,
    }


_ALLAUTH: dict[str, Any] = {
    "ACCOUNT_ADAPTER": "equipoise.store.adapter.AccountAdapter",
    "ACCOUNT_LOGIN_METHODS": {"username"},
    "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*"],
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "ACCOUNT_USER_MODEL_EMAIL_FIELD": None,
    "ACCOUNT_USERNAME_MIN_LENGTH": 3,
    "ACCOUNT_PREVENT_ENUMERATION": True,
    "ACCOUNT_REAUTHENTICATION_TIMEOUT": 300,
    "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": False,
    "ACCOUNT_SESSION_REMEMBER": False,
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_TOTP_ISSUER": "Equipoise",
    "USERSESSIONS_TRACK_ACTIVITY": True,
}

_AXES: dict[str, Any] = {
    "AXES_FAILURE_LIMIT": 5,
    "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
    "AXES_COOLOFF_TIME": 0.25,  # hours
    "AXES_RESET_ON_SUCCESS": True,
    "AXES_USERNAME_FORM_FIELD": "login",
    "AXES_VERBOSE": False,
    "AXES_ENABLE_ACCESS_FAILURE_LOG": True,
    "AXES_DISABLE_ACCESS_LOG": False,
    "AXES_IPWARE_PROXY_COUNT": 0,
}
