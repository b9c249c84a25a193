"""The usual policy as rows, so that admins see what holds and change it."""

from django.db import migrations

_USUAL = (
    ("name", "prima", "propose", "", "The legal name, once verified."),
    ("tax_number", "prima", "propose", "", "Prima's, once verified."),
    ("address", "prima", "propose", "", "Invoices go there."),
    ("email", "sfmc", "propose", "", "The capture forms verify it; an opt-out follows the address."),
    ("phone", "prima", "fill", "", ""),
    ("currency", "prima", "put_back", "", ""),
    ("payment_terms", "prima", "put_back", "terms", ""),
    ("account", "prima", "put_back", "", "Marketing Cloud reads it."),
    ("price_list", "prima", "put_back", "", "Marketing Cloud reads it."),
    ("hold", "prima", "put_back", "", "Marketing Cloud reads it."),
    ("mobile", "sfmc", "put_back", "", "Prima has no place for it."),
    ("interests", "sfmc", "put_back", "", "Prima has no place for it."),
)


def seed(apps, schema_editor):
    model = apps.get_model("ownership", "FieldPolicy")
    for field, owner, on_other, domain, note in _USUAL:
        model.objects.create(
            field=field, owner=owner, on_other=on_other, value_domain=domain, note=note
        )
    apps.get_model("ownership", "ContactPolicy").objects.create()


class Migration(migrations.Migration):
    dependencies = [("ownership", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
