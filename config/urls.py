"""Which address leads where."""

from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.static import serve

from sessions_app.views.schedule_upload import upload_schedule

urlpatterns = [
    path("admin/schedule/upload/", upload_schedule, name="upload_schedule"),
    path("admin/schedule/upload/<int:event_id>/", upload_schedule, name="upload_schedule"),
    path("admin/", admin.site.urls),
    # Pictures of events. In production the web server in front may answer these itself.
    path("media/events/<path:path>", serve, {"document_root": Path(settings.MEDIA_ROOT) / "events"}),
    # Last: an event's readable ID may be any word that is not taken above.
    path("", include("sessions_app.urls")),
    path("", include("registrations.urls")),
    path("", include("events.urls")),
]
