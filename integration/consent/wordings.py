"""Wordings by the name under which other systems know them: "newsletter 3"."""

from collections.abc import Collection

from django.db.models import Value
from django.db.models.functions import Concat

from integration.consent.models import Wording


def by_name(names: Collection[str]) -> dict[str, int]:
    """The ids of those that are kept here; what is not cannot prove anything."""
    if not names:
        return {}
    return dict(
        Wording.objects.annotate(named=Concat("name", Value(" "), "version"))
        .filter(named__in=names)
        .values_list("named", "pk")
    )
