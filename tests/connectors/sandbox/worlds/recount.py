"""Adds an order up again from its rows alone, with fractions and another method than the worlds."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

PENNY = Decimal("0.01")


class World:
    """The rows of a scenario by order, and Prima's tax rates by what the campaigns call an item."""

    def __init__(self, scenario):
        tables = {table["key"]: table for table in scenario["sfmc"]["data_extensions"]}
        self.headers = {row["OrderKey"]: row for row in tables["Campaign_Order"]["rows"]}
        self.lines = _grouped(tables["Campaign_Order_Line"]["rows"])
        self.promotions = _grouped(tables["Campaign_Order_Promotion"]["rows"])
        self.truth = scenario["truth"]
        self.right = [key for key in self.headers if key not in self.truth]
        prima, mappings = scenario["prima"], scenario["mappings"]
        rate = {tax["code"]: Decimal(tax["rate"]) for tax in prima["tax_codes"]}
        items = {sku_key(item): item for item in prima["items"]}
        self.items = items | {m["source_sku"]: items[m["prima_sku"]] for m in mappings["products"]}
        self.rate_of = {sku: rate[item["tax_code"]] for sku, item in self.items.items()}
        charges = {charge["code"]: rate[charge["tax_code"]] for charge in prima["charge_codes"]}
        self.charge_rate = {
            value["source"]: charges[value["target"]]
            for value in mappings["values"]
            if value["domain"] == "charge"
        }


def sku_key(item):
    variant = item.get("variant") or {}
    return "|".join([item["sku"], *(variant[m] for m in ("m1", "m2") if variant.get(m))])


def total_paid(world, key):
    """What the customer should have paid, and what each promotion should have taken off."""
    header, lines = world.headers[key], world.lines[key]
    left = {line["LineNo"]: to_penny(amount(line)) for line in lines}
    shipping, taken = Decimal(header["ShippingAmount"]), []
    for promotion in sorted(world.promotions.get(key, ()), key=lambda row: int(row["Sequence"])):
        kind = promotion["PromotionType"]
        if kind == "free_shipping":
            taken.append(shipping)
            shipping = Decimal(0)
        elif kind in ("voucher", "store_credit"):
            taken.append(Decimal(promotion["Value"]))
        else:
            taken.append(take_off(promotion, lines, left))
    paid = sum(left.values()) + shipping
    if header["PriceBasis"] == "net" and header["InvoiceCountry"] in ("GB", "UK"):
        paid += sum(tax(left[x["LineNo"]], world.rate_of[x["SKU"]]) for x in lines)
        paid += tax(shipping, world.charge_rate[header["ShippingCode"]])
    return paid, taken


def take_off(promotion, lines, left):
    """Takes the discount off `left`, and says how much it was."""
    chosen = [line for line in lines if is_for(promotion, line)]
    there = {line["LineNo"]: left[line["LineNo"]] for line in chosen}
    off = worth(promotion, chosen, sum(there.values()))
    for line_no, share in shared(off, there).items():
        left[line_no] -= share
    return off


def worth(promotion, lines, there):
    kind, value = promotion["PromotionType"], Decimal(promotion["Value"])
    if kind == "percent":
        return to_penny(there * value / 100)
    if kind == "amount":
        return min(value, there)
    if kind in ("bundle", "fixed_price"):
        return sum(Decimal(line["UnitPrice"]) for line in lines) - value
    return to_penny(free(promotion, lines) * value / 100)


def amount(line):
    return Decimal(line["Quantity"]) * Decimal(line["UnitPrice"])


def is_for(promotion, line):
    numbers, skus = promotion.get("LineNos"), promotion.get("SKUs")
    if numbers:
        return line["LineNo"] in numbers.split(",")
    return not skus or line["SKU"] in skus.split(",")


def free(promotion, lines):
    """The money of the free units: every unit laid out, dearest first."""
    buy, get = int(promotion["BuyQuantity"]), int(promotion["GetQuantity"])
    units = [Decimal(x["UnitPrice"]) for x in lines for _ in range(int(Decimal(x["Quantity"])))]
    units.sort(reverse=True)
    groups = len(units) // (buy + get)
    return sum(
        (unit for place, unit in enumerate(units[: groups * (buy + get)])
         if place % (buy + get) >= buy),
        Decimal(0),
    )  # fmt: skip


def shared(off, weights):
    whole = sum(Fraction(weight) for weight in weights.values())
    exact = {no: Fraction(off) * Fraction(weight) / whole for no, weight in weights.items()}
    shares = {no: Decimal(int(share * 100)) / 100 for no, share in exact.items()}
    rank = sorted(weights, key=lambda no: (Fraction(shares[no]) - exact[no], -weights[no]))
    for no in rank[: int((off - sum(shares.values())) * 100)]:
        shares[no] += PENNY
    return shares


def tax(net, rate):
    return to_penny(net * rate / 100)


def to_penny(money):
    return money.quantize(PENNY, rounding=ROUND_HALF_UP)


def _grouped(rows):
    grouped = defaultdict(list)
    for row in rows:
        grouped[row["OrderKey"]].append(row)
    return grouped
