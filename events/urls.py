"""The website's addresses: events. Programme and registrations bring their own, below each event's."""

from django.urls import path

from events.views import website

urlpatterns = [
    path("", website.event_list, name="event_list"),
    path("<slug:slug>/", website.event_page, name="event_page"),
]
