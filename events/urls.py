"""The addresses of pictures: all that makes a picture stands in its address, so that it never changes."""

from django.urls import path

from events.views.drawings import icon, pattern
from events.views.pictures import picture

urlpatterns = [
    path("pattern-1-<slug:seed>-<slug:colour>.svg", pattern, name="pattern"),
    path("icon-1-<slug:colour>.svg", icon, name="icon"),
    path("<str:picture>", picture, name="picture"),
]
