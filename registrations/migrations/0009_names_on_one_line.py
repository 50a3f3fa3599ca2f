from importlib import import_module

from django.db import migrations


def clean_registrations(apps, schema_editor):
    cleaning = import_module("events.migrations.0011_names_on_one_line")
    cleaning.clean(apps.get_model("registrations", "EventRegistration"))


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0011_names_on_one_line'),
        ('registrations', '0008_kept_answers_sink'),
    ]

    operations = [migrations.RunPython(clean_registrations, migrations.RunPython.noop)]
