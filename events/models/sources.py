"""The ways by which a registration comes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """The way by which a registration came."""

    WEBSITE = "website", _("Website")
    STAFF = "staff", _("Staff")
    WAITLIST = "waitlist", _("Waitlist")
    API = "api", _("API")
    IMPORT = "import", _("Import")
    STANDBY = "standby", _("Standby at the door")
