"""Messages on the desk: how far each has come, and the words of all mails of an event."""
