"""Settings of what other systems talk to: tokens, the REST API and its description."""

import os

OAUTH2_PROVIDER_APPLICATION_MODEL = "events.ApiClient"
# The package's own, named because Django looks for each by its setting where no migration is read (tests, with -v).
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth2_provider.AccessToken"
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "oauth2_provider.DeviceGrant"
OAUTH2_PROVIDER_GRANT_MODEL = "oauth2_provider.Grant"
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "oauth2_provider.IDToken"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "oauth2_provider.RefreshToken"
OAUTH2_PROVIDER = {
    # Tokens hashed; none of the grants and token transports that RFC 9700 advises against.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 1800,
    # Client credentials and nothing else; each client has its own scopes.
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "events.api.secrets.ClientSecrets",
    "SCOPES_BACKEND_CLASS": "events.api.scopes.ClientScopes",
    "APPLICATION_ADMIN_CLASS": "events.admin.people.ApiClientAdmin",
    "ACCESS_TOKEN_ADMIN_CLASS": "events.admin.people.NotOnTheDesk",
    "REFRESH_TOKEN_ADMIN_CLASS": "events.admin.people.NotOnTheDesk",
    "ID_TOKEN_ADMIN_CLASS": "events.admin.people.NotOnTheDesk",
    "GRANT_ADMIN_CLASS": "events.admin.people.NotOnTheDesk",
    "SCOPES": {"read": "Read", "write": "Write", "override": "Register past capacity"},
}

# The REST API. One request of a client is one of its budget of the minute.
API_REQUESTS_PER_MINUTE = int(os.environ.get("API_REQUESTS_PER_MINUTE", "1200"))
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["events.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["events.api.permissions.HasScopes"],
    "DEFAULT_PARSER_CLASSES": [
        "events.api.parsers.JsonParser",
        "events.api.parsers.UrlencodedParser",
        "events.api.parsers.MultipartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["events.api.rendering.Json"],
    "DEFAULT_SCHEMA_CLASS": "registrations.api.openapi.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "events.api.errors.answer_to",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Seatwise",
    "DESCRIPTION": "Sessions, seats and waitlists for other systems.",
    "VERSION": "v1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True},
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "registrations.api.openapi.whole.complete",
    ],
    "OAUTH2_FLOWS": ["clientCredentials"],
    "OAUTH2_TOKEN_URL": "/oauth2/token",
    "OAUTH2_SCOPES": OAUTH2_PROVIDER["SCOPES"],
    "ENUM_NAME_OVERRIDES": {
        "WebhookEventEnum": "registrations.models.WebhookEvent",
        "SessionRegistrationStatusEnum": "registrations.api.seat_record.STATUSES",
        "WaitlistItemStatusEnum": "waitlists.models.WaitlistItem.Status",
        "LanguageEnum": "config.languages.LANGUAGES",
        "VerbEnum": "registrations.models.Activity.Verb",
        "FlagEnum": [(0, 0), (1, 1)],
        "RegistrationStatusEnum": "registrations.api.reading.REGISTRATION_STATUSES",
        "NewRegistrationStatusEnum": ["confirmed"],
        "OrderStateEnum": "registrations.models.Order.State",
        "PaymentStateEnum": "registrations.models.Payment.State",
        "RefundStateEnum": "registrations.models.Refund.State",
        "OrderWayEnum": "registrations.models.Order.Way",
        "NewOrderWayEnum": "registrations.api.order_requests.WAYS",
        "WrittenRegistrationStatusEnum": ["confirmed", "cancelled", "attended"],
    },
}
