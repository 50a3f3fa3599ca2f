from importlib import import_module

from django.db import migrations


def clean_registrations(apps, schema_editor):
    cleaning = import_module("events.migrations.0015_names_on_one_line")
    cleaning.clean(apps.get_model("registrations", "EventRegistration"))


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0015_names_on_one_line'),
        ('registrations', '0011_mails_sent_again_in_the_ledger'),
    ]

    operations = [migrations.RunPython(clean_registrations, migrations.RunPython.noop)]
