"""Until the website's own addresses of orders are there."""

from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("<slug:slug>/orders/<str:token>/", lambda *_a, **_k: HttpResponse(), name="order"),
    path("<slug:slug>/orders/<str:token>/back/", lambda *_a, **_k: HttpResponse(), name="order_back"),
    path(
        "<slug:slug>/orders/<str:token>/test/<uuid:key>/", lambda *_a, **_k: HttpResponse(), name="order_test"
    ),
    path("payments/", include("registrations.payments.urls")),
    path("", include("config.urls")),
]
