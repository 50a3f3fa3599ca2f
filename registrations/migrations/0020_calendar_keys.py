from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0019_newest_of_an_event'),
    ]

    operations = [
        migrations.AddField(
            model_name='eventregistration',
            name='calendar_key',
            field=models.UUIDField(editable=False, null=True, unique=True),
        ),
    ]
