"""The site's own settings, with mails that leave by SMTP as in production."""

from config.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
