from importlib import import_module

from django.db import migrations
from django.utils import timezone

from events.pictures import MEDIA_TYPES, PictureRefused, rework


def keep_images(apps, schema_editor):
    """Make the picture that each event shows one that the database keeps; say which could not be read."""
    Event, Picture, PictureFile = (apps.get_model("events", name) for name in ("Event", "Picture", "PictureFile"))
    for event in Event.objects.exclude(image="").filter(header_picture=None):
        try:
            with event.image.open() as file:
                found = rework(file)
        except (OSError, PictureRefused) as error:
            print(f"  The picture of “{event.name}” ({event.image.name}) could not be read: {error}")
            continue
        file, _is_new = PictureFile.objects.get_or_create(
            sha256=found.sha256,
            defaults={
                "media_type": MEDIA_TYPES[found.extension],
                "content": found.content,
                "small": found.small,
                "uploaded_at": timezone.now(),
            },
        )
        event.header_picture = Picture.objects.create(
            event=event, file=file, extension=found.extension, width=found.width, height=found.height
        )
        event.save(update_fields=["header_picture"])


def rename_reserved(apps, schema_editor):
    """“pictures” is an address of the site from now on."""
    import_module("events.migrations.0016_reserved_slugs").rename_reserved(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0027_pictures'),
    ]

    operations = [
        migrations.RunPython(keep_images, migrations.RunPython.noop),
        migrations.RunPython(rename_reserved, migrations.RunPython.noop),
    ]
