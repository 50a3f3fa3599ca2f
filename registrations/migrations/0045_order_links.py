from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0044_orders_in_full'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='link_version',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, editable=False),
        ),
    ]
