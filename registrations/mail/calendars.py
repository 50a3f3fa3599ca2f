"""The calendar entries of a mail, with what earlier mails left wrong."""

from __future__ import annotations

from email.mime.image import MIMEImage

from django.core.mail import EmailMultiAlternatives
from django.utils.safestring import SafeString

from registrations.calendar import told_wrongly
from registrations.mail.facts import Letter, MailFacts
from registrations.models import CalendarEntry
from sessions_app.models import Session


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
