from django.db import migrations

from events.slugs import RESERVED_SLUGS, free_slug


def rename_reserved(apps, schema_editor):
    """Give events another readable ID whose own is an address of the site; say which."""
    Event = apps.get_model("events", "Event")
    slugs = dict(Event.objects.values_list("pk", "slug"))
    for pk, slug in slugs.items():
        if slug.lower() in RESERVED_SLUGS:
            slugs[pk] = free_slug(slug, {other.lower() for other in slugs.values()})
            Event.objects.filter(pk=pk).update(slug=slugs[pk])
            print(f"  The event at /{slug}/ is now at /{slugs[pk]}/: the old address is the site's own.")


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0015_names_on_one_line'),
    ]

    operations = [migrations.RunPython(rename_reserved, migrations.RunPython.noop)]
