"""The WSGI entry point for granian and any other server."""

import gc
import os

import django

from config.handler import Site

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)
application = Site()
# What was made until now stays for as long as the process does: the collector need not look at it again and again.
gc.freeze()
