"""Rows of uploads that were never tried name their address as well: by it somebody who is erased is found there."""

from django.db import migrations

BATCH = 500


def name_addresses(apps, schema_editor):
    rows = apps.get_model("registrations", "ImportRow").objects.filter(email="").exclude(cells=[])
    found = []
    for row in rows.only("cells", "email").iterator(chunk_size=BATCH):
        row.email = next((cell.strip().lower()[:254] for cell in row.cells if "@" in cell), "")
        if row.email:
            found.append(row)
        if len(found) >= BATCH:
            rows.model.objects.bulk_update(found, ["email"])
            found = []
    rows.model.objects.bulk_update(found, ["email"])


class Migration(migrations.Migration):
    dependencies = [("registrations", "0029_portions_of_messages")]
    operations = [migrations.RunPython(name_addresses, migrations.RunPython.noop, elidable=True)]
