from django.db import migrations, models


def keep_what_they_saw(apps, schema_editor):
    """Until now a client without events saw all of them."""
    clients = apps.get_model("events", "ApiClient").objects
    clients.filter(events=None).update(sees_every_event=True)


class Migration(migrations.Migration):
    dependencies = [("events", "0005_dates_of_places")]

    operations = [
        migrations.AddField(
            model_name="apiclient",
            name="sees_every_event",
            field=models.BooleanField(
                default=False,
                help_text="On: it sees all events, and may make others. Off: only those chosen below.",
                verbose_name="every event",
            ),
        ),
        migrations.AlterField(
            model_name="apiclient",
            name="events",
            field=models.ManyToManyField(
                blank=True,
                help_text="What it sees where it does not see every event; none chosen: nothing.",
                related_name="api_clients",
                to="events.event",
                verbose_name="events",
            ),
        ),
        migrations.RunPython(keep_what_they_saw, migrations.RunPython.noop, elidable=True),
    ]
