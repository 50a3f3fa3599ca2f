"""The app that puts the desk in place of Django's admin site."""

from django.apps import apps
from django.contrib.admin import site
from django.contrib.admin.apps import AdminConfig
from django.core.checks import register

from config.checks import check_payments


class DeskConfig(AdminConfig):
    """Django's admin, with our own site in place of its default one."""

    default_site = "config.admin.Desk"

    def ready(self) -> None:
        """Leave out what allauth would show: nothing there is for staff to change, and it names secrets."""
        super().ready()
        register(check_payments)
        for model in apps.get_models():
            if model._meta.app_label in {"account", "mfa", "usersessions"} and site.is_registered(model):
                site.unregister(model)
