"""The addresses of the whole site."""

from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.static import serve

from config.security_txt import security_txt
from events.api.errors import unknown_address
from events.api.tokens import ClientTokenView, RevocationView
from sessions_app.views.schedule_upload import upload_schedule

urlpatterns = [
    path("admin/schedule/upload/", upload_schedule, name="upload_schedule"),
    path("admin/schedule/upload/<int:event_id>/", upload_schedule, name="upload_schedule"),
    path("admin/", admin.site.urls),
    path("accounts/", include("config.accounts.urls")),
    path("oauth2/token", ClientTokenView.as_view(), name="oauth2_token"),
    path("oauth2/revoke", RevocationView.as_view(), name="oauth2_revoke"),
    path("api/v1/", include("config.api")),
    # Without it Django would look for the address with a slash, and call “api” an event.
    re_path(r"^(api|oauth2)(/|$)", unknown_address),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("pictures/", include("events.urls")),
    # Until the next version: pictures as the one before shows them. A web server in front may answer these itself.
    path("media/events/<path:path>", serve, {"document_root": Path(settings.MEDIA_ROOT) / "events"}),
    path("door/", include("registrations.door.urls")),
    path("payments/", include("registrations.payments.urls")),
    # Last: an event's readable ID may be any word that is not taken above.
    path("", include("registrations.website.urls")),
    path("", include("sessions_app.urls")),
]

handler400 = "events.api.errors.bad_request"
handler404 = "events.api.errors.page_not_found"
handler500 = "events.api.errors.server_error"
