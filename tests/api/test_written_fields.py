"""What other systems may write reaches a form: a form drops in silence what it has no field for."""

from __future__ import annotations

import pytest

from events.api.event_record import FORM_NAMES as OF_EVENTS
from events.api.event_record import EventSerializer
from events.api.passes import API_NAMES, PassSerializer
from events.forms.from_api import EventFromApi, PassFromApi
from sessions_app.api.session_record import SessionSerializer
from sessions_app.api.writing import FORM_NAMES as OF_SESSIONS
from sessions_app.forms.from_api import SessionFromApi

OF_PASSES = {api: form for form, api in API_NAMES.items()}
# Said by a command, put into another word, or written beside the form.
APART = {
    EventSerializer: {"publish_status"},
    SessionSerializer: {
        *("event_id", "session_status", "session_included", "use_event_timezone", "timezone"),
        "custom_fields",
    },
    PassSerializer: {"event_id", "session_ids"},
}


@pytest.mark.parametrize(
    ("serializer", "names", "form"),
    [
        (EventSerializer, OF_EVENTS, EventFromApi),
        (SessionSerializer, OF_SESSIONS, SessionFromApi),
        (PassSerializer, OF_PASSES, PassFromApi),
    ],
)
def test_every_field_that_may_be_written_has_a_field_of_the_form(serializer, names, form):
    written = {name for name, field in serializer().fields.items() if not field.read_only}
    assert {name for name in written if names.get(name, name) not in form.base_fields} == APART[serializer]


def test_form_of_a_session_takes_every_column_but_those_that_commands_change():
    left_out = {"event", "session_status", "custom_fields", "starts_at", "ends_at"}
    columns = {
        field.name for field in SessionFromApi._meta.model._meta.get_fields() if vars(field).get("editable")
    }
    written = {"own_timezone", "own_standby_minutes"}
    settings = {name for name in columns if name.startswith("own_") and name not in written}
    assert columns - set(SessionFromApi.base_fields) - {"id"} == left_out | settings
