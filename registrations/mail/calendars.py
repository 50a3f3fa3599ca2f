"""The calendar entries of a mail, with what earlier mails left wrong."""

from __future__ import annotations

from email.mime.image import MIMEImage

from django.core.mail import EmailMultiAlternatives
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from registrations.calendar import told_wrongly
from registrations.mail.facts import Letter, MailFacts, name_and_time
from registrations.mail.order_words import WORDS
from registrations.models import CalendarEntry, Notification
from sessions_app.models import Session

Kind = Notification.Kind


class CalendarMail(EmailMultiAlternatives):
    """One mail, with the sessions that it puts into a calendar and those that it takes out.

    `written_html` is what an organizer wrote in it, as safe HTML without the mail's frame; `picture` is the door code
    that its HTML shows.
    """

    written_html: SafeString = SafeString("")
    entries: list[Session] = []
    cancelled_entries: list[Session] = []
    # The outbox rows that this mail tells of besides its own.
    told_with: list[int] = []
    picture: MIMEImage | None = None

    @property
    def html_alone(self) -> str:
        """The HTML with its picture in it, for a page that shows the mail."""
        html = str(self.alternatives[0][0])
        if self.picture is None:
            return html
        data = str(self.picture.get_payload()).replace("\n", "")
        return html.replace(f"cid:{self.picture['Content-ID'].strip('<>')}", f"data:image/png;base64,{data}")


# Mails about seats: where what one would say is not so any more, another is sent if the calendar is wrong.
_OF_SEATS = (
    frozenset(Kind) - {Kind.ADDRESS_CODE, Kind.MESSAGE, Kind.REMINDER, Kind.LINK_REQUESTED} - WORDS.keys()
)


def correction(facts: MailFacts) -> Letter | None:
    """The letter that only puts the person's calendar right; None where nothing is wrong, or another mail will.

    Changes that came to nothing are not told, but a session given up for some minutes may have moved meanwhile.
    """
    if facts.notification.kind not in _OF_SEATS or _is_more_to_come(facts):
        return None
    letter = Letter(_("Your agenda is up to date again: %(event)s") % {"event": name_and_time(facts.event)})
    put_right(facts, letter)
    if not (letter.entries or letter.cancelled_entries):
        return None
    now = {session.pk for session in letter.entries}
    letter.template = "agenda_changed"
    letter.context = {
        "is_correction": True,
        "seats": letter.entries,
        "given_up": letter.cancelled_entries,
        "others": facts.sessions(facts.held_ids - now),
    }
    return letter


def _is_more_to_come(facts: MailFacts) -> bool:
    row = facts.notification
    unsent = Notification.objects.filter(event=row.event_id, contact=row.contact_id)
    unsent = unsent.filter(sent_at=None, given_up_at=None, kind__in=_OF_SEATS)
    return unsent.exclude(pk__in=[row.pk, *facts.told_with]).exists()


def put_right(facts: MailFacts, letter: Letter) -> None:
    """Let the letter also tell of what the person's calendar was told before and is not so any more.

    A mail that would have said it may have been dropped, since by then it was not the whole truth.
    """
    if facts.registration is None or not facts.checked:
        return
    held = facts.held_ids
    sessions = {session.pk: session for session in (*facts.standing.held_sessions, *facts.opened)}
    said = {session.pk for session in (*letter.entries, *letter.cancelled_entries)}
    gone = [entry.session_id for entry in told_wrongly(facts.registration, sessions.values())]
    letter.cancelled_entries = [
        *letter.cancelled_entries,
        *facts.sessions(pk for pk in gone if pk not in said),
    ]
    told = CalendarEntry.objects.filter(contact=facts.registration.contact_id, session__in=list(held))
    wrong = [entry.session_id for entry in told if entry.is_cancelled or _is_old(entry, sessions)]
    letter.entries = [*letter.entries, *facts.sessions(pk for pk in wrong if pk not in said)]


def _is_old(entry: CalendarEntry, sessions: dict[int, Session]) -> bool:
    session = sessions.get(entry.session_id)
    return session is not None and entry.sequence < session.calendar_sequence
