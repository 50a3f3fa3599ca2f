# Every seat and every check-in names its event. Nullable, so that the version before can run beside the new tables.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0012_event_of_every_row'),
        ('registrations', '0008_kept_answers_sink'),
    ]

    operations = [
        migrations.AddField(
            model_name='checkin',
            name='event',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='sessionregistration',
            name='event',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event', verbose_name='event'),
        ),
    ]
