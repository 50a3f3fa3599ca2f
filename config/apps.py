"""The app that puts the desk in place of Django's admin site."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's admin, with our own site in place of its default one."""

    default_site = "config.admin.Desk"
