"""The website's addresses: an event's programme."""

from django.urls import path

from sessions_app.views import programme, schedule_export

urlpatterns = [
    path("<slug:slug>/schedule.xml", schedule_export.schedule_xml, name="schedule_xml"),
    path("<slug:slug>/schedule.json", schedule_export.schedule_json, name="schedule_json"),
    path("<slug:slug>/sessions/", programme.session_list, name="session_list"),
    path("<slug:slug>/sessions/grid/", programme.session_grid, name="session_grid"),
    path("<slug:slug>/sessions/<uuid:uuid>/", programme.session_page, name="session_page"),
]
