"""Which address of the API leads where. Paths have no trailing slash."""

from __future__ import annotations

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from events.api.description import Description, Explorer
from events.api.errors import unknown_address
from sessions_app.api.programme import SpeakerViewSet, TrackViewSet

router = SimpleRouter(trailing_slash=False)
router.register("tracks", TrackViewSet, basename="track")
router.register("speakers", SpeakerViewSet, basename="speaker")

urlpatterns = [
    path("schema", Description.as_view(), name="api_schema"),
    path("docs", Explorer.as_view(), name="api_docs"),
    path("", include(router.urls)),
    path("", include("registrations.api.urls")),
    re_path(r"", unknown_address),
]
