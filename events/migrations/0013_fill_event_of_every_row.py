# Seat counts of before this release are told their event. Not in one transaction: whoever registers meanwhile would wait
# for its end, and after a failure it goes on where it was.

from django.db import migrations
from django.db.models.functions import Coalesce

from events.migrations._filling import event_by, fill_event


def fill(apps, schema_editor):
    owners = [("events", "Event"), ("events", "Pass"), ("sessions_app", "Session")]
    found = Coalesce(*(event_by(apps.get_model(*owner), seats="pk") for owner in owners))
    # One by one: several rows locked in the database's own order could hold up a claim that locks them in ours.
    fill_event(apps.get_model("events", "SeatCount"), found, at_once=1)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('events', '0012_event_of_every_row'),
        ('sessions_app', '0002_dates_of_tracks_and_speakers'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
