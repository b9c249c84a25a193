"""Rows that are no order: words for numbers, parts missing, signs that do not belong there."""

from datetime import timedelta
from decimal import Decimal

from connectors.sandbox.worlds.orders import Order, line_of
from connectors.sandbox.worlds.wrongs.wrong import Spoil, Stage, Wrong

KIND = ("unreadable_order",)


def line_says(**cells: str) -> Spoil:
    def spoil(order: Order, stage: Stage) -> None:
        stage.random.choice(order.lines).cells |= cells

    return spoil


def header_says(**cells: str) -> Spoil:
    def spoil(order: Order, stage: Stage) -> None:
        order.cells |= cells

    return spoil


def line_twice(order: Order, stage: Stage) -> None:
    """Two different lines of the same number."""
    order.add_line("SRV-GIFTWRAP", "Gift wrapping", 474).line_no = order.lines[0].line_no


def no_lines(order: Order, stage: Stage) -> None:
    order.lines_kept = False


def no_header(order: Order, stage: Stage) -> None:
    order.header_kept = False


def ten_thousand_lines(order: Order, stage: Stage) -> None:
    order.promotions = []
    goods = stage.catalogue.sellable
    for place in range(len(order.lines), 10_000):
        item = goods[place % len(goods)]
        buyer = (order.customer, order.basis, order.currency)
        order.lines.append(line_of(place + 1, item, Decimal(1), buyer))


def long_ago(order: Order, stage: Stage) -> None:
    order.ordered_at = order.ordered_at.replace(year=1899, day=1)


def far_ahead(order: Order, stage: Stage) -> None:
    order.ordered_at += timedelta(days=365 * 73)


def too_exact(order: Order, stage: Stage) -> None:
    order.cells["TotalPaid"] = "45.6789"


SPOILS: tuple[tuple[str, Spoil], ...] = (
    ("quantity in words", line_says(Quantity="two")),
    ("quantity missing", line_says(Quantity="")),
    ("quantity negative", line_says(Quantity="-3")),
    ("quantity absurd", line_says(Quantity="1000000000000")),
    ("quantity not a number", line_says(Quantity="NaN")),
    ("price in words", line_says(UnitPrice="TBC")),
    ("price too exact", line_says(UnitPrice="12.3456789")),
    ("SKU missing", line_says(SKU="")),
    ("control characters", header_says(LastName="Bro\u0007wn\u001b[31m")),
    ("a zero character", header_says(FirstName="An\u0000n")),
    ("basis unknown", header_says(PriceBasis="inclusive-ish")),
    ("total missing", header_says(TotalPaid="")),
    ("total in words", header_says(TotalPaid="£45,67 approx.")),
    ("total too exact", too_exact),
    ("line numbered twice", line_twice),
    ("header without lines", no_lines),
    ("ordered long ago", long_ago),
    ("ordered in the future", far_ahead),
    ("HTML in a name", header_says(FirstName="<b>Tom</b>", LastName="<script>alert(1)</script>")),
)
# Text that looks hostile and is none: it has to arrive in Prima as it is.
ODD: tuple[tuple[str, Spoil], ...] = (
    ("emoji", header_says(FirstName="Jo 🎉", DeliveryName="Jo 🎉 Party HQ")),
    ("right to left", header_says(LastName="\u202eכהן\u202c", InvoiceName="\u202eכהן\u202c")),
)
STRAY = Wrong("lines without header", KIND, no_header)
GIANT = Wrong("ten thousand lines", KIND, ten_thousand_lines)
WRONGS = (
    *(Wrong(name, KIND, spoil) for name, spoil in SPOILS),
    *(Wrong(name, (), spoil) for name, spoil in ODD),
)
