"""Which address leads where."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    # Last: an event's readable ID may be any word that is not taken above.
    path("", include("sessions_app.urls")),
    path("", include("registrations.urls")),
    path("", include("events.urls")),
]
