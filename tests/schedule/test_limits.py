"""A limit that an organizer set on a track outlives the programme's next import."""

from __future__ import annotations

import pytest

from sessions_app.models import SessionTrack
from tests.schedule.files import SMALL_XML, imported

pytestmark = pytest.mark.django_db


def test_import_keeps_the_limit_of_a_track():
    imported(SMALL_XML.read_bytes())
    SessionTrack.objects.update(most_sessions=1)
    imported(SMALL_XML.read_bytes())
    assert set(SessionTrack.objects.values_list("most_sessions", flat=True)) == {1}
