# Seats and check-ins of before this release are told their event. Not in one transaction: whoever registers meanwhile would
# wait for its end, and after a failure it goes on where it was.

from django.db import migrations

from events.migrations._filling import event_by, fill_event


def fill(apps, schema_editor):
    session = event_by(apps.get_model("sessions_app", "Session"), pk="session_id")
    fill_event(apps.get_model("registrations", "SessionRegistration"), session, at_once=2_000)
    registration = event_by(
        apps.get_model("registrations", "EventRegistration"), pk="event_registration_id"
    )
    fill_event(apps.get_model("registrations", "CheckIn"), registration, at_once=2_000)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('events', '0012_event_of_every_row'),
        ('registrations', '0009_event_of_every_row'),
        ('sessions_app', '0002_dates_of_tracks_and_speakers'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
