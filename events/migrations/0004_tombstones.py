import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0003_revision_of_seat_counts")]

    operations = [
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("kind", models.CharField(max_length=100, verbose_name="kind")),
                ("row_id", models.BigIntegerField(verbose_name="ID")),
                (
                    "deleted_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="deleted"),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "verbose_name": "tombstone",
                "verbose_name_plural": "tombstones",
                "ordering": ["deleted_at", "id"],
                "indexes": [models.Index(fields=["kind", "deleted_at"], name="tombstone_of_kind_by_time")],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "row_id"), name="tombstone_once_per_row")
                ],
            },
        ),
    ]
