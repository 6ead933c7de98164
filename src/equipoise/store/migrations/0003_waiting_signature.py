from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    dependencies = [("store", "0002_personal_token")]

    operations = [
        migrations.CreateModel(
            name="WaitingSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username", models.CharField(max_length=64)),
                ("certificate", models.TextField()),
                ("trial", models.ForeignKey(on_delete=PROTECT, related_name="+", to="store.trial")),
            ],
        ),
        migrations.AddConstraint(
            model_name="waitingsignature",
            constraint=models.UniqueConstraint(fields=("trial", "username"), name="one_waiting_signature"),
        ),
    ]
