"""The addresses these tests need, whatever else the site has."""

from django.contrib import admin
from django.http import HttpResponse
from django.urls import path

from sessions_app.views.schedule_export import schedule_json, schedule_xml
from sessions_app.views.schedule_upload import upload_schedule


def page(request, **names):
    """Stand for a page of the website."""
    return HttpResponse()


urlpatterns = [
    path("admin/schedule/upload/", upload_schedule, name="upload_schedule"),
    path("admin/schedule/upload/<int:event_id>/", upload_schedule, name="upload_schedule"),
    path("admin/", admin.site.urls),
    path("", page, name="event_list"),
    path("<slug:slug>/", page, name="event_page"),
    path("<slug:slug>/schedule.xml", schedule_xml, name="schedule_xml"),
    path("<slug:slug>/schedule.json", schedule_json, name="schedule_json"),
    path("<slug:slug>/sessions/", page, name="session_list"),
    path("<slug:slug>/sessions/<uuid:uuid>/", page, name="session_page"),
]
