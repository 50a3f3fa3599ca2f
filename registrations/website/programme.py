"""Pages of an event's programme: as a list, and as a grid by room and time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from events.middleware import allow_compression
from events.models import Event
from events.replica import newcomers_read_replica
from registrations.website.excerpts import excerpt_of
