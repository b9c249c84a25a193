"""The field policy in force on a day, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from integration.ownership.fields import FIELDS, OnOther, Owner, Rule
from integration.ownership.models import ContactPolicy, FieldPolicy

_OWNERS: Mapping[str, Owner] = {"prima": "prima", "sfmc": "sfmc", "hub": "hub"}
_ON_OTHER: Mapping[str, OnOther] = {"put_back": "put_back", "propose": "propose", "fill": "fill"}


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule for every field, and for whom accounts are opened."""

    rules: Mapping[str, Rule]
    opens_accounts: str = ContactPolicy.Opens.EVERYBODY

    @classmethod
    def on(cls, day: date) -> "Policy":
        """In two queries. A field without a row on the day has its usual rule."""
        rows = FieldPolicy.objects.filter(valid_from__lte=day).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )
        told = {
            row.field: Rule(_OWNERS[row.owner], _ON_OTHER[row.on_other], row.value_domain)
            for row in rows
        }
        usual = {slug: field.default for slug, field in FIELDS.items()}
        opens = ContactPolicy.objects.values_list("opens_accounts", flat=True).first()
        return cls({**usual, **told}, opens or ContactPolicy.Opens.EVERYBODY)
