"""The website's addresses: an event's programme as files that other programs read."""

from django.urls import path

from sessions_app.views import schedule_export

urlpatterns = [
    path("<slug:slug>/schedule.xml", schedule_export.schedule_xml, name="schedule_xml"),
    path("<slug:slug>/schedule.json", schedule_export.schedule_json, name="schedule_json"),
]
