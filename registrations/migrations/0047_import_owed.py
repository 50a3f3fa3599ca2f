"""What the people of an upload owe for their passes, by currency."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0046_orders_credited")]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="owed",
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name="will be owed"),
        ),
    ]
