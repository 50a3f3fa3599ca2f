"""The nouns of the description: what the API's records are called, and what each part of it is for."""

from __future__ import annotations

# What one record of a view is called, and several.
NOUNS = {
    "event": ("an event", "events"),
    "session": ("a session", "sessions"),
    "track": ("a session track", "session tracks"),
    "speaker": ("a speaker", "speakers"),
    "location": ("a room", "rooms"),
    "pass": ("a pass", "passes"),
    "contact": ("a contact", "contacts"),
    "registrant": ("a registrant", "registrants"),
    "ledger": ("a line of a registrant's ledger", "the lines of a registrant's ledger"),
    "session-registration": ("a session registration", "session registrations"),
    "waitlist-item": ("a place in line", "places in line"),
    "check-in": ("a check-in", "check-ins"),
    "registration-field": ("a registration question", "registration questions"),
    "draw": ("a draw", "draws"),
    "draw-decision": ("a decision of a draw", "the decisions of a draw"),
    "import": ("an upload of people", "uploads of people"),
    "import-row": ("a row of an upload", "the rows of an upload"),
    "webhook": ("a webhook", "webhooks"),
    "webhook-delivery": ("a message to a webhook", "the messages to a webhook"),
}
TAGS = {
    "events": "What is planned: when and where it is, who may register, and by which rules.",
    "sessions": "What can be attended. Each session has its own capacity and its own line.",
    "tracks": "Threads through an event's programme.",
    "speakers": "Who speaks, event by event.",
    "locations": "Rooms with their building and layouts; the most specific capacity pre-fills a session's.",
    "passes": "What an event offers at event level. The first one turns own agendas off.",
    "contacts": "People, known by their e-mail address.",
    "registrants": "People at an event: registering, their sessions, their ledger.",
    "registration-fields": "The questions that an event asks whoever registers.",
    "session-registrations": "Seats in sessions, held or given back, with whoever gave them and why.",
    "waitlist-items": "People who wait: joining, leaving, inviting, registering from the line.",
    "draws": "Seats for wishes: people rank what they want, and a draw that anybody can run again decides.",
    "check-ins": "Entries at the event's door or a session's, with check-out and undoing.",
    "imports": "People by file: tried row by row first, carried out by the worker, undone as a whole.",
    "feed": "Every change in order and without gaps, for systems that keep a copy.",
    "webhooks": "The same as it happens, signed as Standard Webhooks say, sent until it is taken.",
}
