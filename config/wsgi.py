"""The WSGI entry point for granian and any other server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# What was made until now stays for as long as the process does: the collector need not look at it again and again.
gc.freeze()
