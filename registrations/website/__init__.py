"""The public website: events, programmes, agendas, registering, personal pages."""
