from django.db import migrations

from events.names import clean_name, holds_address


def clean(model):
    """Keep each name on one line without what cannot be seen; drop those that hold a web address."""
    for row in model.objects.exclude(first_name="", last_name="").iterator(2_000):
        names = ["" if holds_address(name) else clean_name(name) for name in (row.first_name, row.last_name)]
        if names != [row.first_name, row.last_name]:
            model.objects.filter(pk=row.pk).update(first_name=names[0], last_name=names[1])


def clean_contacts(apps, schema_editor):
    clean(apps.get_model("events", "Contact"))


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0014_worker_heartbeats'),
    ]

    operations = [migrations.RunPython(clean_contacts, migrations.RunPython.noop)]
