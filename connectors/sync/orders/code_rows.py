"""Rows of Prima's code lists as records."""

from decimal import Decimal
from typing import cast

from integration.mirror.models import PrimaCode
from integration.records.item import Code, CodeList, TaxCode


def code(row: PrimaCode) -> Code:
    return Code(
        list=cast(CodeList, row.list),
        code=row.code,
        description=row.description,
        tax_code=row.tax_code,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def tax_code(row: PrimaCode) -> TaxCode:
    return TaxCode(
        code=row.code,
        description=row.description,
        rate=row.rate or Decimal(0),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
