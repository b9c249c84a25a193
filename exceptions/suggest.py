"""Likely answers with their reasons: products, accounts, promotion codes and other codes of Prima.

A suggestion is never taken without a person: a similar name is no proof.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from django.db.models import Count, Max, Q
from django.db.models.functions import Upper
from rapidfuzz import fuzz, process

from exceptions.fingerprint import plain
from exceptions.models import ExceptionCase
from integration.core import searching
from integration.mapping.models import ValueMapping
from integration.mirror import texts
from integration.mirror.models import CampaignOrder, PrimaCode, PrimaCustomer, PrimaItem

LIKELY = 62
"""Below this likeness, in percent, nothing is suggested."""

SAME_NAME = 80
"""Below this likeness a name alone suggests nobody: half the first names of a country agree."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A code of Prima that may be meant. `score` of 100 is the surest."""

    code: str
    label: str
    reason: str
    score: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """What an order tells of its buyer."""

    name: str = ""
    company: str = ""
    email: str = ""
    tax_number: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class _Product:
    code: str
    description: str
    gtin: str
    bare: str
    plain_code: str
    plain_description: str


def products(sku: str, description: str = "", limit: int = 20) -> list[Hit]:
    """Products that may be meant by the campaign's code and description, best first."""
    known = _catalogue(*_state_of_catalogue())
    near = _nearest(sku, known, lambda item: item.plain_code) | _nearest(
        description or sku, known, lambda item: item.plain_description
    )
    digits = bare(sku)
    near |= {
        place for place, item in enumerate(known) if digits and digits in (item.bare, item.gtin)
    }
    hits = [_product_hit(known[place], sku, description) for place in near]
    return _best(hits, limit)


def accounts(buyer: Buyer, limit: int = 20) -> list[Hit]:
    """Accounts that may be this buyer, best first. Pool accounts stand for nobody."""
    name = buyer.company or buyer.name
    rows = PrimaCustomer.objects.order_by()
    ways = [_named(word) for word in _telling_words(name)]
    if buyer.email:
        ways.append(_with_email(buyer.email))
    if buyer.tax_number:
        ways.append(rows.filter(vat_number=bare(buyer.tax_number).upper()).values("pk"))
    if buyer.postcode:
        ways.append(_with_postcode(buyer.postcode))
    if not ways:
        return []
    rows = PrimaCustomer.objects.filter(
        pk__in=ways[0].union(*ways[1:]), is_pool=False, status="active", deleted_at__isnull=True
    )[:500]
    return _best([_account_hit(row, buyer, name) for row in rows], limit)


def find_accounts(text: str, limit: int = 20) -> list[Hit]:
    """Accounts by what a person typed: code, name, e-mail, postcode or tax number."""
    told = searching.narrowed(PrimaCustomer.objects.order_by(), text, texts.ACCOUNTS).filter(
        Q(account_code__istartswith=text) | Q(name__icontains=text) | Q(email__iexact=text)
    )
    taxed = PrimaCustomer.objects.order_by().filter(vat_number=bare(text).upper())
    ways = told.values("pk").union(taxed.values("pk"), _with_postcode(text))
    found = PrimaCustomer.objects.filter(pk__in=ways, is_pool=False, deleted_at__isnull=True)
    return [Hit(row.account_code, account_label(row), "found", 50) for row in found[:limit]]


def codes(list_: str, text: str, limit: int = 20) -> list[Hit]:
    """Entries of one of Prima's lists, the most similar first and none left out."""
    rows = PrimaCode.objects.filter(list=list_).values_list("code", "description")
    return _scored(rows, text)[:limit]


def values(domain: str, text: str, limit: int = 20) -> list[Hit]:
    """What a value of this domain may be in Prima."""
    if domain in (
        ValueMapping.Domain.CHARGE,
        ValueMapping.Domain.PAYMENT_METHOD,
        ValueMapping.Domain.SOURCE_MEDIA,
    ):
        return codes(domain, text, limit)
    if domain == ValueMapping.Domain.TAX_CODE:
        return codes(PrimaCode.List.TAX, text, limit)
    if domain == ValueMapping.Domain.COUNTRY:
        return _scored(_countries(), text)[:limit]
    if domain == ValueMapping.Domain.TERMS:
        terms = PrimaCustomer.objects.values_list("data__payment_terms", flat=True).distinct()
        return _scored([(term, "") for term in terms if term], text)[:limit]
    return []


def buyer_of(case: ExceptionCase) -> Buyer:
    """The buyer behind a case, from the newest order."""
    key = case.occurrences.order_by("-last_seen_at").values_list("external_id", flat=True).first()
    order = CampaignOrder.objects.filter(key=key).first() if key else None
    if order is None:
        return Buyer(name=case.facts.get("name", ""), email=case.facts.get("email", ""))
    return buyer(order)


def buyer(order: CampaignOrder) -> Buyer:
    """The buyer as the order tells."""
    told = order.payload.get("order", {})
    return Buyer(
        name=order.customer_name or f"{told.get('first_name', '')} {told.get('last_name', '')}",
        company=str(told.get("company_name") or ""),
        email=order.email,
        tax_number=str(told.get("tax_number") or ""),
        postcode=str(told.get("invoice_postcode") or ""),
    )


def account_label(row: PrimaCustomer) -> str:
    """Name and postcode, to tell two of one name apart."""
    return ", ".join(part for part in (row.name, row.postcode) if part)


def country_name(code: str) -> str:
    """ "Jersey" for "JE"; the code itself when it is none."""
    return str(Locale("en", "GB").territories.get(code, code))


def bare(text: str) -> str:
    """Letters and digits alone."""
    return re.sub(r"[\W_]+", "", plain(text))


def _state_of_catalogue() -> tuple[int, datetime | None]:
    state = PrimaItem.objects.aggregate(number=Count("id"), newest=Max("read_at"))
    return state["number"], state["newest"]


@lru_cache(maxsize=1)
def _catalogue(number: int, newest: datetime | None) -> tuple[_Product, ...]:
    """Everything that can be sold. The arguments make the cache notice a change."""
    rows = PrimaItem.objects.filter(status="active", deleted_at__isnull=True).values_list(
        "sku_key", "description", "gtin"
    )
    return tuple(
        _Product(code, said, gtin, bare(code), plain(code), plain(said))
        for code, said, gtin in rows
    )


def _nearest(
    text: str, known: Sequence[_Product], field: Callable[[_Product], str], limit: int = 30
) -> set[int]:
    if not text.strip():
        return set()
    found = process.extract(
        plain(text),
        [field(item) for item in known],
        scorer=fuzz.token_sort_ratio,
        limit=limit,
        score_cutoff=LIKELY - 20,
    )
    return {place for _, _, place in found}


def _product_hit(item: _Product, sku: str, description: str) -> Hit:
    score, reason = max(_product_reasons(item, sku, description))
    return Hit(item.code, item.description, reason, score)


def _product_reasons(item: _Product, sku: str, description: str) -> Iterable[tuple[int, str]]:
    code, words = bare(sku), description or sku.replace("-", " ").replace("_", " ")
    if item.gtin and code == item.gtin:
        yield 100, "same barcode"
    if code and code == item.bare:
        yield 99, "differs only in punctuation or case"
    if _words(words) and _words(words) == _words(item.description):
        yield 96, "same words in the description"
    if code and item.bare and (code.startswith(item.bare) or item.bare.startswith(code)):
        yield 85, "one code begins with the other"
    alike = int(fuzz.ratio(code, item.bare))
    yield min(alike, 94), f"similar code ({alike} %)"
    alike = int(fuzz.token_sort_ratio(plain(words), plain(item.description)))
    yield min(alike, 94), f"similar description ({alike} %)"


def _account_hit(row: PrimaCustomer, buyer: Buyer, name: str) -> Hit:
    score, reason = max(_account_reasons(row, buyer, name))
    return Hit(row.account_code, account_label(row), reason, score)


def _account_reasons(row: PrimaCustomer, buyer: Buyer, name: str) -> Iterable[tuple[int, str]]:
    alike = int(fuzz.token_sort_ratio(plain(name), plain(row.name))) if name else 0
    same_postcode = bool(row.postcode) and bare(row.postcode) == bare(buyer.postcode)
    if row.vat_number and bare(row.vat_number) == bare(buyer.tax_number):
        yield 98, "same tax number"
    if row.email and plain(row.email) == plain(buyer.email):
        yield (96, "same e-mail and similar name") if alike >= 70 else (88, "same e-mail")
    if same_postcode and alike >= LIKELY:
        yield 90, f"same postcode and similar name ({alike} %)"
    if alike >= SAME_NAME:
        yield 80, f"similar name ({alike} %)"
    yield 0, ""


def _scored(rows: Iterable[tuple[str, str]], text: str) -> list[Hit]:
    hits = [_code_hit(code, said, text) for code, said in rows]
    return sorted(hits, key=lambda hit: (-hit.score, hit.code))


def _code_hit(code: str, said: str, text: str) -> Hit:
    if bare(code) == bare(text):
        return Hit(code, said, "differs only in punctuation or case", 99)
    if said and _words(said) == _words(text):
        return Hit(code, said, "same words", 96)
    alike = int(
        max(fuzz.ratio(plain(code), plain(text)), fuzz.token_set_ratio(plain(said), plain(text)))
    )
    return Hit(code, said, f"similar ({alike} %)" if alike >= LIKELY else "", min(alike, 94))


def _best(hits: Iterable[Hit], limit: int) -> list[Hit]:
    likely = [hit for hit in hits if hit.score >= LIKELY]
    return sorted(likely, key=lambda hit: (-hit.score, hit.code))[:limit]


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", plain(text)))


def _telling_words(name: str) -> list[str]:
    words = sorted(_words(name) - {"ltd", "limited", "gmbh", "plc", "the", "and"}, key=len)
    return [word for word in words[-3:] if len(word) > 2]


def _named(word: str) -> Any:
    found = searching.narrowed(PrimaCustomer.objects.order_by(), word, texts.ACCOUNTS)
    return found.filter(name__icontains=word).values("pk")


def _with_postcode(postcode: str) -> Any:
    found = PrimaCustomer.objects.order_by().annotate(upper=Upper("postcode"))
    return found.filter(upper=postcode.strip().upper()).exclude(postcode="").values("pk")


def _with_email(email: str) -> Any:
    found = PrimaCustomer.objects.order_by().annotate(upper=Upper("email"))
    return found.filter(upper=email.strip().upper()).exclude(email="").values("pk")


def _countries() -> list[tuple[str, str]]:
    territories = Locale("en", "GB").territories
    return [
        (code, str(name)) for code, name in territories.items() if len(code) == 2 and code.isalpha()
    ]
