# Every seat count names its event. Nullable, so that the version before can run beside the new table.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0011_most_sessions_of_one_person'),
    ]

    operations = [
        migrations.AddField(
            model_name='seatcount',
            name='event',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='events.event', verbose_name='event'),
        ),
    ]
