"""Settings, read from the environment and safe when nothing is set.

Three profiles (`SEATWISE_PROFILE`): `production` (default: refuses to start without a secret, https only),
`demo` (makes its own secret, keeps everything under `.demo/`), `test`.
"""

import os
import secrets
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.caches import SECONDS_TO_ANSWER
from config.databases import database_from_environment, replica_from_environment
from config.for_systems import *  # noqa: F403
from config.languages import *  # noqa: F403
from config.limits import *  # noqa: F403
from config.limits import TRUSTED_PROXIES
from config.monitoring import logging_from_environment, metrics_from_environment
from config.payments import *  # noqa: F403
from config.reports import report_errors

BASE_DIR = Path(__file__).resolve().parent.parent
PROFILE = os.environ.get("SEATWISE_PROFILE", "production")
if PROFILE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"SEATWISE_PROFILE is {PROFILE!r}; it may be production, demo or test.")
IS_PRODUCTION = PROFILE == "production"
DATA_DIR = Path(os.environ.get("SEATWISE_DATA", BASE_DIR / ".demo" if PROFILE == "demo" else BASE_DIR))


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def _demo_secret() -> str:
    """Return the demo's own secret, made once and kept beside its database."""
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    path = DATA_DIR / "secret"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


def _secret() -> str:
    given = os.environ.get("SECRET_KEY", "")
    if given:
        return given
    if PROFILE == "demo":
        return _demo_secret()
    if PROFILE == "test":
        return "only-for-tests"
    raise ImproperlyConfigured("Set SECRET_KEY: there is no default outside the demo. See .env.example.")


SECRET_KEY = _secret()
SECRET_KEY_FALLBACKS = _list("SECRET_KEY_FALLBACKS")
DEBUG = False
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "" if IS_PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS")
# Where mails and printed links point to; a worker has no request to ask.
SITE_URL = os.environ.get("SITE_URL", "" if IS_PRODUCTION else "http://127.0.0.1:8000").rstrip("/")
if not SITE_URL:
    raise ImproperlyConfigured(
        "Set SITE_URL, such as https://events.example.org: links in mails begin with it."
    )

INSTALLED_APPS = [
    "events",
    "sessions_app",
    "waitlists",
    "registrations",
    "config.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "rest_framework",
    "oauth2_provider",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "config.probes.Probes",
    "config.proxies.TrustedProxies",
    "events.middleware.RequestLog",
    "events.languages.Language",
    "events.api.aliases.Aliases",
    "events.api.transfer.Transfer",
    "django.middleware.security.SecurityMiddleware",
    "config.storms.SignInGuard",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.content_policy.ContentPolicy",
    "events.middleware.Compressed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.storms.LongWait",
    "django.middleware.common.CommonMiddleware",
    "events.middleware.TooLongFields",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.accounts.second_factor.SecondFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "events.middleware.DatabaseTrouble",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
# Our templates/ folder overrides the form widgets too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

DATABASES = {
    "default": database_from_environment(DATA_DIR / "db.sqlite3", durable=IS_PRODUCTION),
    **replica_from_environment(),
}
DATABASE_ROUTERS = ["events.replica.Router"] if "replica" in DATABASES else []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What is counted to limit abuse. One process counts for itself; several count together only in a shared cache.
CACHE_URL = os.environ.get("CACHE_URL", "")
if CACHE_URL and not CACHE_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("CACHE_URL begins with redis://, rediss:// or unix://.")
CACHES = {
    "default": {
        "BACKEND": "config.caches.ForgivingRedis",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_connect_timeout": SECONDS_TO_ANSWER, "socket_timeout": SECONDS_TO_ANSWER},
    }
    if CACHE_URL
    # Room for a counter for everybody of a large audience, so that none is forgotten for another.
    else {
        "BACKEND": "config.caches.OwnMemory",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

AUTH_USER_MODEL = "events.User"
AUTHENTICATION_BACKENDS = ["events.signing_in.LimitedBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Staff sign in at the desk; django-allauth asks for the second factor and keeps the list of sessions.
ACCOUNT_ADAPTER = "config.accounts.adapters.StaffAccounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Seatwise] "
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "config.accounts.adapters.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A code is taken half a minute early or late: clocks of telephones differ.
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Browsers give passkeys to https alone, but for one's own machine.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION
# Whether those whose role sees people's data, or adds past capacity, must have a second factor.
REQUIRE_2FA = os.environ.get("REQUIRE_2FA", "") == "1"

# Our own words for what libraries call otherwise.
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
MEDIA_URL = "media/"
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", DATA_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What waits to be imported is nobody's to fetch: never below MEDIA_ROOT, which a web server may hand out whole.
    "uploads": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "uploads"},
    },
    "staticfiles": {
        "BACKEND": "config.static_files.StaticFiles"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = False

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Mail. The demo writes each message to a folder; production speaks SMTP.
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Seatwise <seatwise@localhost>")
EMAIL_BACKEND = {
    "production": "django.core.mail.backends.smtp.EmailBackend",
    "demo": "registrations.mail.folder.FolderBackend",
    "test": "django.core.mail.backends.locmem.EmailBackend",
}[PROFILE]
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "") == "1"
# Seconds to wait for each of the server's answers.
EMAIL_TIMEOUT = int(os.environ.get("EMAIL_TIMEOUT", "20"))
# How many mails a second one worker hands over, 0 for as many as it can: some mail servers take only so many.
MAILS_PER_SECOND = float(os.environ.get("MAILS_PER_SECOND", "0"))

# Safe by default: https, strict policy, no framing. Plain http stays possible for the demo and the tests only.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = IS_PRODUCTION
CSRF_COOKIE_SECURE = IS_PRODUCTION
SECURE_SSL_REDIRECT = IS_PRODUCTION and os.environ.get("SECURE_SSL_REDIRECT", "1") == "1"
SECURE_HSTS_SECONDS = 31_536_000 if IS_PRODUCTION else 0
# Both bind every other site below this name as well, the second for months: whoever wants them says so.
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION and os.environ.get("HSTS_INCLUDE_SUBDOMAINS") == "1"
SECURE_HSTS_PRELOAD = IS_PRODUCTION and os.environ.get("HSTS_PRELOAD") == "1"
# `check --deploy` would have both.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if TRUSTED_PROXIES != "0":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# Webhooks are sent to the public internet by https. Networks named here may be called too, and without TLS: name
# only those in which no service trusts its neighbours.
WEBHOOK_ALLOWED_NETWORKS = _list(
    "WEBHOOK_ALLOWED_NETWORKS", "127.0.0.0/8,::1/128" if PROFILE == "demo" else ""
)
# How many messages a second one worker begins to send, 0 for as many as it can.
WEBHOOKS_PER_SECOND = float(os.environ.get("WEBHOOKS_PER_SECOND", "0"))

# Seconds after which each process adds the tries it refused to the table of demand; 0: only when it is told to.
REFUSED_TRIES_ADDED_EVERY = 0 if PROFILE == "test" else 60
# For how many seconds pages that stay open are told the same figures; what decides a claim is always read anew.
LIVE_FIGURES_KEPT = float(os.environ.get("LIVE_FIGURES_KEPT", "0" if PROFILE == "test" else "1"))
# How many drawn rows of programmes each process keeps, about 6 KB each; 0: each is drawn anew for every request.
FRAGMENTS_KEPT = int(os.environ.get("FRAGMENTS_KEPT", "8000"))

# Whoever takes this instance out of service makes this file first: /readyz then answers 503.
DRAIN_FILE = Path(os.environ.get("DRAIN_FILE", DATA_DIR / "draining"))

METRICS_TOKEN, METRICS_HOST, METRICS_PORT = metrics_from_environment(DATA_DIR / "metrics")
METRICS_ARE_ON = bool(METRICS_TOKEN or METRICS_PORT)
LOGGING = logging_from_environment("json" if IS_PRODUCTION else "line")
if os.environ.get("SENTRY_DSN", ""):
    report_errors(os.environ["SENTRY_DSN"])
