"""The addresses of the API. Paths have no trailing slash."""

from __future__ import annotations

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from events.api.contacts import ContactViewSet
from events.api.description import Description, Explorer
from events.api.errors import unknown_address
from events.api.events import EventViewSet
from events.api.locations import LocationViewSet
from events.api.passes import PassViewSet
from events.api.sale import SaleView
from events.api.views import ID
from registrations.api.catalogue import errors
from registrations.api.guide import guide
from registrations.webhooks.view import FeedView
from sessions_app.api.programme import SpeakerViewSet, TrackViewSet
from sessions_app.api.sessions import SessionViewSet

router = SimpleRouter(trailing_slash=False)
router.register("events", EventViewSet, basename="event")
router.register("sessions", SessionViewSet, basename="session")
router.register("tracks", TrackViewSet, basename="track")
router.register("speakers", SpeakerViewSet, basename="speaker")
router.register("locations", LocationViewSet, basename="location")
router.register("passes", PassViewSet, basename="pass")
router.register("contacts", ContactViewSet, basename="contact")

urlpatterns = [
    path("schema", Description.as_view(), name="api_schema"),
    path("docs", Explorer.as_view(), name="api_docs"),
    path("guide", guide, name="api_guide"),
    path("errors", errors, name="api_errors"),
    path("errors/<slug:code>", errors, name="api_error"),
    # The addresses that Swoogo's clients know.
    path("sessions/create", SessionViewSet.as_view({"post": "create"})),
    re_path(rf"^sessions/update/(?P<pk>{ID})$", SessionViewSet.as_view({"put": "update"})),
    re_path(rf"^sessions/delete/(?P<pk>{ID})$", SessionViewSet.as_view({"delete": "destroy"})),
    path("events/<int:id>/sale", SaleView.as_view(), name="event-sale"),
    path("", include(router.urls)),
    path("", include("registrations.api.urls")),
    path("feed", FeedView.as_view(), name="feed"),
    re_path(r"", unknown_address),
]
