"""Writes mappings: a source value means one thing on a day, so an existing one is changed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Upper
from django.utils import timezone

from exceptions.problems import NotPossible
from integration.accounts.models import User
from integration.audit import trail
from integration.mapping.models import (
    EffectiveMapping,
    ProductMapping,
    PromotionMapping,
    ValueMapping,
)


def map_product(sku: str, prima_sku: str, *, actor: User, note: str = "") -> ProductMapping:
    row: ProductMapping = _write(
        ProductMapping, {"source_sku": sku}, {"prima_sku": prima_sku, "note": note}, actor
    )
    return row


def map_promotion(code: str, values: dict[str, Any], *, actor: User) -> PromotionMapping:
    row: PromotionMapping = _write(PromotionMapping, {"source_code": code}, values, actor)
    return row


def map_value(
    domain: str, source: str, target: str, *, actor: User, note: str = ""
) -> ValueMapping:
    where = {"domain": domain, "source": source}
    row: ValueMapping = _write(ValueMapping, where, {"target": target, "note": note}, actor)
    return row


def current(model: type[Any], source: dict[str, str]) -> Any:
    """The mapping of this source value in force today, or the newest; None when there is none."""
    found = model.objects.all()
    for name, value in source.items():
        found = found.annotate(**{f"upper_{name}": Upper(name)}).filter(
            **{f"upper_{name}": value.strip().upper()}
        )
    today = timezone.localdate()
    rows = sorted(found, key=lambda row: (_holds(row, today), row.valid_from))
    return rows[-1] if rows else None


def _holds(row: EffectiveMapping, today: Any) -> bool:
    return row.valid_from <= today and (row.valid_to is None or row.valid_to >= today)


def _write(model: type[Any], source: dict[str, str], values: dict[str, Any], actor: User) -> Any:
    with transaction.atomic():
        row = current(model, source)
        before = _told(row, values) if row else {}
        row = row or model(**{name: value.strip() for name, value in source.items()})
        for name, value in values.items():
            setattr(row, name, value)
        try:
            row.full_clean()
            with transaction.atomic():
                row.save()
        except ValidationError as error:
            raise NotPossible(" ".join(error.messages)) from error
        except IntegrityError as error:
            raise NotPossible(
                "Somebody mapped this value a moment ago. Look at it again."
            ) from error
        action = f"{model._meta.verbose_name} {'changed' if before else 'added'}"
        trail.record(action, actor=actor, target=row, before=before, after=_told(row, values))
        return row


def _told(row: Any, values: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in values}
