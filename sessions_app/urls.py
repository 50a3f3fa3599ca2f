"""The website's addresses: an event's programme."""

from django.urls import path

from sessions_app.views import programme

urlpatterns = [
    path("<slug:slug>/sessions/", programme.session_list, name="session_list"),
    path("<slug:slug>/sessions/grid/", programme.session_grid, name="session_grid"),
    path("<slug:slug>/sessions/<uuid:uuid>/", programme.session_page, name="session_page"),
]
