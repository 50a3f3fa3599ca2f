import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0005_no_index_that_nobody_uses")]

    operations = [
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["contact", "event"], name="activity_of_contact_at_event"),
        ),
        migrations.AlterField(
            model_name="activity",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="activities",
                to="events.contact",
                verbose_name="contact",
            ),
        ),
    ]
