from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0020_people_by_file'),
    ]

    operations = [
        migrations.AddField(
            model_name='eventregistration',
            name='calendar_key',
            field=models.UUIDField(editable=False, null=True, unique=True),
        ),
    ]
