"""The addresses at which providers reach us."""

from django.urls import path

from registrations.payments.views import webhook

urlpatterns = [path("<slug:provider>/webhook/", webhook, name="payment_webhook")]
