"""Who gets what an organizer writes, and who does not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from events.models import Contact, Event
from registrations.models import EventRegistration, MessageOptOut
from waitlists.models import WaitlistItem


@dataclass(frozen=True)
class Recipients:
    """Some people of an event, told apart: who gets a message, and how many do not because of what."""

    # By contact; none for somebody who waits and was never registered.
    registrations: dict[int, int | None]
    erased: int
    gone: int
    declined: int


def recipients_among(event: Event, contacts: Collection[int]) -> Recipients:
    """Tell apart who of these contacts gets a message of the event's organizers.

    Nobody does who was erased, who is neither registered nor waiting there any more, or who wants no messages.
    """
    erased = set(
        Contact.objects.filter(pk__in=contacts, erased_at__isnull=False).values_list("pk", flat=True)
    )
    live = EventRegistration.objects.active().filter(event=event, contact__in=contacts)
    registered: dict[int, int | None] = dict(live.values_list("contact_id", "pk"))
    items = WaitlistItem.objects.open().filter(event=event, contact__in=contacts)
    there = registered.keys() | set(items.values_list("contact_id", flat=True))
    opted_out = MessageOptOut.objects.filter(event=event, contact__in=contacts)
    declined = set(opted_out.values_list("contact_id", flat=True)) & there
    told = sorted(there - declined - erased)
    return Recipients(
        {pk: registered.get(pk) for pk in told},
        erased=len(erased),
        gone=len(set(contacts) - there - erased),
        declined=len(declined - erased),
    )
