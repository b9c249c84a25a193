"""The links that were kept among the mappings, as keys of customers."""

from django.db import migrations


def bring_over(apps, schema_editor):
    old = apps.get_model("mapping", "CustomerLink")
    customer = apps.get_model("identity", "Customer")
    link = apps.get_model("identity", "CustomerLink")
    owners = {}
    for row in old.objects.order_by("pk").iterator():
        known = {"method": row.method, "linked_by": row.linked_by, "evidence": {}}
        owner = owners.get(row.account_code.upper())
        if owner is None:
            owner = owners[row.account_code.upper()] = customer.objects.create()
            link.objects.create(
                customer=owner, system="prima", key=row.account_code, state="active", **known
            )
        if row.retired_at is not None:
            state = "retired"
        elif link.objects.filter(customer=owner, system="sfmc", state="active").exists():
            state = "alias"
        else:
            state = "active"
        made = link.objects.create(
            customer=owner, system="sfmc", key=row.contact_key, state=state,
            retired_at=row.retired_at, **known,
        )
        link.objects.filter(pk=made.pk).update(linked_at=row.linked_at)


class Migration(migrations.Migration):

    dependencies = [
        ("identity", "0001_initial"),
        ("mapping", "0001_initial"),
    ]

    operations = [migrations.RunPython(bring_over, migrations.RunPython.noop)]
