"""The addresses of the phones at the doors, all below `/door/`, which the service worker's scope ends at."""

from django.urls import path

from registrations.door import shell

urlpatterns = [
    path("", shell.shell, name="door"),
    path("service-worker.js", shell.service_worker, name="door_worker"),
]
