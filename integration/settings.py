"""The one settings file; `.env.example` lists every variable it reads."""

from contextlib import suppress
from typing import Any

import structlog
from csp.constants import NONCE, NONE, SELF
from django.contrib.messages import constants as message_levels

from integration import embedded
from integration.env import (
    ROOT,
    VAR,
    SettingRefused,
    box_keys,
    env,
    flag,
    kept_secret,
    log_level,
    must_be_set,
    names,
    number,
    time_zone,
    whole,
)
from integration.log_lines import without_addresses

# --- Where and how it runs -----------------------------------------------------------------------
PRODUCTION = flag("PRODUCTION")
DEBUG = flag("DEBUG")
if PRODUCTION:
    # What one machine makes up for itself, several must share and backups must hold.
    must_be_set("DATABASE_URL", "SECRET_KEY", "SECRET_BOX_KEYS", "SUPPRESSION_KEY", "ALLOWED_HOSTS")
    if DEBUG:
        raise SettingRefused("DEBUG shows secrets to whoever finds a fault; not in production.")
SECRET_KEY = kept_secret("SECRET_KEY")
SECRET_BOX_KEYS = box_keys("SECRET_BOX_KEYS")
ALLOWED_HOSTS = names("ALLOWED_HOSTS", ["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = names("CSRF_TRUSTED_ORIGINS", [])
ROOT_URLCONF = "integration.urls"
WSGI_APPLICATION = "integration.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
# Stored in UTC whatever this says; days and times on the pages are those of the business.
TIME_ZONE = DISPLAY_TIME_ZONE = time_zone("DISPLAY_TIME_ZONE", "Europe/London")
LANGUAGE_CODE = "en-gb"
USE_I18N = True

# --- Apps ----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "integration.core",
    "integration.accounts",
    "integration.audit",
    "integration.identity",
    "integration.consent",
    "integration.mapping",
    "integration.ownership",
    "integration.mirror",
    "connectors",
    "connectors.sync",
    "reconciliation",
    "exceptions",
    "integration.accounts.desk_admin.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_q",
    "django_tables2",
    "django_filters",
    "django_htmx",
    "js_lib_bootstrap5",
    "import_export",
    "rest_framework",
    "drf_spectacular",
    "csp",
]
PROBLEM_SINK = "exceptions.intake.file_findings"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "integration.health.HealthMiddleware",
    "integration.request_log.RequestMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "integration.accounts.middleware.SignInMiddleware",
    "integration.accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "integration.core.pages.navigation",
            ],
        },
    }
]

# --- Database ------------------------------------------------------------------------------------


def _from_url(url: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if url.startswith(("postgres://", "postgresql://")):
        with suppress(ValueError):
            found = dict(env.db_url_config(url))
    if not found.get("NAME"):
        raise SettingRefused(
            "DATABASE_URL must look like postgres://user:password@host:5432/desk; signs such as "
            "/ : @ in the password are written %2F %3A %40."
        )
    return found


def _database() -> dict[str, Any]:
    """DATABASE_URL when given, else the embedded PostgreSQL (started when it is not running)."""
    if url := env.str("DATABASE_URL", default=""):
        found: dict[str, Any] = _from_url(url)
    else:
        name = env.str("DATABASE_NAME", default="desk")
        host = embedded.start()
        embedded.ensure_database(name, host)
        found = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": "postgres",
            "HOST": host,
        }
    found["CONN_MAX_AGE"] = whole("CONN_MAX_AGE", 600, least=0)
    found["CONN_HEALTH_CHECKS"] = True
    # A machine that is gone gives no answer at all; nobody waits minutes to be told so.
    found["OPTIONS"] = {"connect_timeout": 10, **found.get("OPTIONS", {})}
    return found


DATABASES = {"default": _database()}

# --- People --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["integration.accounts.backend.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_AGE = whole("SESSION_HOURS", 10) * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
REQUIRE_SECOND_FACTOR = flag("REQUIRE_SECOND_FACTOR", default=PRODUCTION)

# --- Transport and content security --------------------------------------------------------------
SECURE_SSL_REDIRECT = flag("SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz(/background)?$"]  # Monitors ask from inside.
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_PROXY = flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# --- Remote systems ------------------------------------------------------------------------------
# Hosts a connection may name although they are private or plain http (the sandbox on loopback).
CONNECTION_PRIVATE_HOSTS = names(
    "CONNECTION_PRIVATE_HOSTS", [] if PRODUCTION else ["127.0.0.1", "localhost"]
)
INBOUND_REPLAY_SECONDS = whole("INBOUND_REPLAY_SECONDS", 300)
SYNC_LEASE_SECONDS = whole("SYNC_LEASE_SECONDS", 120)

# --- Consent -------------------------------------------------------------------------------------
# Keys the hashes of suppressed addresses: never changed, or nobody is recognised any more.
SUPPRESSION_KEY = kept_secret("SUPPRESSION_KEY")
# Where an opt-in with evidence may come from, as the sources name themselves.
CONSENT_SOURCES = names("CONSENT_SOURCES", ["prima portal", "preference centre", "desk"])
# Whether marketing needs a known opt-in, or only that nobody said no.
MARKETING_NEEDS_OPT_IN = flag("MARKETING_NEEDS_OPT_IN")

# --- Files of gateways and banks ------------------------------------------------------------------
COMPANIES = names("COMPANIES", ["main"]) or ["main"]
PAYOUT_FOLDER = env.str("PAYOUT_FOLDER", default="")
PAYOUT_MAX_MB = whole("PAYOUT_MAX_MB", 2048)
PAYOUT_BACKGROUND_MB = whole("PAYOUT_BACKGROUND_MB", 20)

# --- Background work (django-q2 on the same database) --------------------------------------------
Q_CLUSTER: dict[str, Any] = {
    "name": "desk",
    "orm": "default",
    "workers": whole("CLUSTER_WORKERS", 2),
    "recycle": 500,
    "timeout": whole("TASK_TIMEOUT", 600),
    "retry": whole("TASK_TIMEOUT", 600) + 120,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "poll": number("CLUSTER_POLL", 1.0),
    "queue_limit": 20,
    "save_limit": 500,
    "label": "Background tasks",
    "ALT_CLUSTERS": {"consent": {"workers": 4, "poll": 0.2}},
}

# --- API -----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Prima desk API",
    "DESCRIPTION": "Orders pushed by journeys, and reconciliation for programs of finance.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

# --- Pages ---------------------------------------------------------------------------------------
STATIC_URL = "static/"
# Hashed file names that browsers keep for ever; needs `manage.py collectstatic` first.
HASHED_STATIC = flag("HASHED_STATIC", default=PRODUCTION)
STATIC_ROOT = ROOT / "staticfiles" if HASHED_STATIC else None
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC
# The menu: upper floors are named by string. `permission` is one of accounts.roles.May.
# Entries of one group fold into a menu with its name; alone, an entry stands by itself.
NAVIGATION: list[dict[str, str]] = [
    {"label": "Home", "view": "home"},
    {"label": "Exceptions", "view": "cases", "permission": "view cases"},
    {"label": "Orders", "view": "orders", "permission": "view cases"},
    {
        "label": "All customers",
        "view": "customers",
        "permission": "view customers",
        "group": "Customers",
    },
    {
        "label": "Links to review",
        "view": "link-reviews",
        "permission": "view customers",
        "group": "Customers",
    },
    {
        "label": "Proposals",
        "view": "proposals",
        "permission": "view customers",
        "group": "Customers",
    },
    {"label": "Campaigns", "view": "campaigns", "permission": "view campaigns"},
    {"label": "Reconciliation", "view": "reconciliation", "permission": "view reconciliation"},
    {"label": "Consent", "view": "consent", "permission": "view consent"},
    {"label": "Approvals", "view": "approvals"},
    {"label": "Activity", "view": "jobs", "group": "More"},
    {"label": "Syncs", "view": "syncs", "group": "More"},
    {"label": "Audit", "view": "audit", "permission": "see the audit trail", "group": "More"},
    {
        "label": "Admin",
        "view": "admin:index",
        "permission": "look at the admin site",
        "group": "More",
    },
]
MEDIA_ROOT = VAR / "files"
FORMAT_MODULE_PATH = ["integration.formats"]
DJANGO_TABLES2_TEMPLATE = "tables/table.html"
MESSAGE_TAGS = {message_levels.ERROR: "danger", message_levels.DEBUG: "secondary"}
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# --- Logs: one JSON object a line, or coloured lines on a terminal --------------------------------
LOG_LEVEL = log_level("LOG_LEVEL", "INFO")
_LOG_STEPS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_addresses,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": _LOG_STEPS,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django-q": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        # What is refused or not found stands in the line of its request.
        "django.request": {"level": "ERROR"},
        # Those who try every address of the internet; what they get is “not understood”.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_LOG_STEPS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
