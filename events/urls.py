"""The addresses of pictures: the hash of what is there, so that it never changes."""

from django.urls import path

from events.views.pictures import picture

urlpatterns = [path("<str:picture>", picture, name="picture")]
