"""Adding to an event from its Agenda tab, each by the least it needs: a session, a track, a speaker, a room."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from events.actors import Actor
from events.models import Event
from events.roles import events_named_to
from registrations.actions import new_seat_count, within_form_note_planned
from sessions_app.forms import QuickRoomForm, QuickSessionForm, QuickSpeakerForm, QuickTrackForm
from sessions_app.models import Session
from sessions_app.queries import warnings_of


class QuickAdding:
    """One kind of thing that can be added: what it asks for, its form, and its words.

    `said` has a place for the new thing's name; `seen_on` is the view of the Agenda tab that lists it.
    """

    permission: ClassVar[str]
    title: ClassVar[Any]
    button: ClassVar[Any]
    said: ClassVar[Any]
    seen_on: ClassVar[str] = ""
    form_class: ClassVar[Any]

    def form(self, request: HttpRequest, event: Event, data: Any) -> Any:
        """The form, unbound when `data` is None."""
        return self.form_class(event, data)

    def save(self, request: HttpRequest, form: Any) -> Any:
        """The new row."""
        return form.save()

    def warnings(self, request: HttpRequest, added: Any) -> list[str]:
        """What the new thing runs into."""
        return []


class AddingSession(QuickAdding):
    """A session in one line."""

    permission = "sessions_app.add_session"
    title = gettext_lazy("Add a session to %(event)s")
    button = gettext_lazy("Add session")
    said = gettext_lazy("{} was added. It is not live yet.")
    form_class = QuickSessionForm

    def save(self, request: HttpRequest, form: Any) -> Session:
        return save_quick(form, Actor.staff(request.user))  # type: ignore[arg-type]

    def warnings(self, request: HttpRequest, added: Any) -> list[str]:
        return [warning.detail for warning in warnings_of(added, sees=events_named_to(request.user))]


class AddingTrack(QuickAdding):
    """A track."""

    permission = "sessions_app.add_sessiontrack"
    title = gettext_lazy("Add a track to %(event)s")
    button = gettext_lazy("Add track")
    said = gettext_lazy("The track {} was added.")
    seen_on = "tracks"
    form_class = QuickTrackForm


class AddingSpeaker(QuickAdding):
    """A speaker."""

    permission = "sessions_app.add_speaker"
    title = gettext_lazy("Add a speaker to %(event)s")
    button = gettext_lazy("Add speaker")
    said = gettext_lazy("{} was added to the speakers.")
    seen_on = "speakers"
    form_class = QuickSpeakerForm


class AddingRoom(QuickAdding):
    """A room, which events share."""

    permission = "events.add_room"
    title = gettext_lazy("Add a room for %(event)s")
    button = gettext_lazy("Add room")
    said = gettext_lazy("The room {} was added.")

    def form(self, request: HttpRequest, event: Event, data: Any) -> QuickRoomForm:
        return QuickRoomForm(event, data, may_add_building=request.user.has_perm("events.add_building"))


KINDS: dict[str, type[QuickAdding]] = {
    "session": AddingSession,
    "track": AddingTrack,
    "speaker": AddingSpeaker,
    "room": AddingRoom,
}


@transaction.atomic
def save_quick(form: QuickSessionForm, actor: Actor) -> Session:
    """The session with its seat count, both or neither."""
    session = form.save(commit=False)
    session.seats = new_seat_count(form.cleaned_data["capacity"], session.event)
    session.save()
    within_form_note_planned([session], actor=actor)
    return session
