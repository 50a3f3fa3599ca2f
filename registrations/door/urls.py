"""The addresses of the phones at the doors, all below `/door/`, which the service worker's scope ends at."""

from django.urls import path

from registrations.door import answers, form, pages, shell

urlpatterns = [
    path("", shell.shell, name="door"),
    path("service-worker.js", shell.service_worker, name="door_worker"),
    path("app.webmanifest", shell.manifest, name="door_manifest"),
    path("pair/<str:secret>/", pages.pair, name="door_pair"),
    path("form/", form.form, name="door_form"),
    path("leave/", pages.leave, name="door_leave"),
    path("api/doors", answers.doors, name="door_api_doors"),
    path("api/roster", answers.roster, name="door_api_roster"),
    path("api/leave", answers.leave, name="door_api_leave"),
    path("api/scans", answers.scans, name="door_api_scans"),
]
