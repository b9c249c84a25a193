"""What Prima holds, to look at: orders, accounts, items and codes, for training."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any
from urllib.parse import quote, urlencode

from werkzeug.wrappers import Request, Response

from connectors.sandbox.prima import records
from connectors.sandbox.prima.installation import CODE_LISTS, Company, Installation
from connectors.sandbox.prima.records import Record

PREFIX = "/prima/"
PAGE = 50
SECTIONS = (("orders", "Orders"), ("accounts", "Accounts"), ("items", "Items"), ("codes", "Codes"))
_STYLE = (
    "body{font-family:system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;color:#1b1b1b}"
    "nav a{margin-right:1rem}table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc}td.n{text-align:right}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}a{color:#0b4f8a}"
)
Cells = Sequence[str]


class Pages:
    def __init__(self, prima: Installation) -> None:
        self._prima = prima

    def answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return _page("Not done here", "<p>These pages are only for reading.</p>", status=405)
        company = self._prima.companies.get(request.args.get("company", ""))
        company = company or next(iter(self._prima.companies.values()))
        section, _, name = request.path.removeprefix(PREFIX.rstrip("/")).strip("/").partition("/")
        if section == "orders" and name:
            return self._order(company, name)
        lists: dict[str, Callable[[Company, Request], Response]] = {
            "": self._orders,
            "orders": self._orders,
            "accounts": self._accounts,
            "items": self._items,
            "codes": self._codes,
        }
        show = lists.get(section) if not name else None
        if show is None:
            return _page("Not found", "<p>Nothing has this address.</p>", status=404)
        return show(company, request)

    def _orders(self, company: Company, request: Request) -> Response:
        def cells(order: Record) -> Cells:
            number = escape(order["order_number"])
            link = f"{PREFIX}orders/{quote(order['order_number'], safe='')}?company={company.name}"
            return (
                f'<a href="{link}">{number}</a>',
                escape(order["external_ref"]["ref"]),
                escape(str((order.get("customer") or {}).get("account_code") or "")),
                _money(order),
                escape(order["order_status"].replace("_", " ")),
                escape(order["fulfilment_status"].replace("_", " ")),
                escape(order["invoice_status"]),
            )

        heads = ("Order", "Reference", "Account", "Gross", "Status", "Fulfilment", "Invoiced")
        return self._listed(company, request, ("sales-orders", "Orders"), heads, cells)

    def _accounts(self, company: Company, request: Request) -> Response:
        def cells(customer: Record) -> Cells:
            return (
                escape(customer["account_code"]),
                escape(customer["name"]),
                escape(customer["vat_number"]),
                escape(customer["email"]),
                escape(customer["payment_terms"]),
                escape(customer["hold"]),
                escape(customer["status"]),
            )

        heads = ("Account", "Name", "VAT number", "E-mail", "Terms", "Hold", "Status")
        return self._listed(company, request, ("customers", "Accounts"), heads, cells)

    def _items(self, company: Company, request: Request) -> Response:
        def cells(item: Record) -> Cells:
            return (
                escape(item["sku_key"]),
                escape(item["description"]),
                escape(item["kind"].replace("_", "-")),
                escape(item["tax_code"]),
                escape(item["price"] or ""),
                escape(item["status"]),
            )

        heads = ("Code", "Description", "Kind", "Tax", "Price", "Status")
        return self._listed(company, request, ("items", "Items"), heads, cells)

    def _codes(self, company: Company, request: Request) -> Response:
        tables = []
        with self._prima.store.read() as db:
            for resource in CODE_LISTS:
                rows = [
                    (
                        escape(entry["code"]),
                        escape(entry["description"]),
                        escape(entry.get("rate") or ""),
                        escape(entry.get("valid_from") or ""),
                        escape(entry.get("valid_to") or ""),
                    )
                    for entry in records.every(db, company.at(resource))
                ]
                title = resource.replace("-", " ").capitalize()
                tables.append(_table(title, ("Code", "Description", "Rate", "From", "To"), rows))
        return _page("Codes", "".join(tables))

    def _order(self, company: Company, number: str) -> Response:
        with self._prima.store.read() as db:
            order = records.by_code(db, company.at("sales-orders"), number)
        if order is None:
            return _page("Not found", "<p>There is no such order.</p>", status=404)
        facts = {
            "Reference": f"{order['external_ref']['system']} {order['external_ref']['ref']}",
            "Account": (order.get("customer") or {}).get("account_code") or "guest",
            "Date": order.get("order_date") or "",
            "Status": order["order_status"].replace("_", " "),
            "Fulfilment": order["fulfilment_status"].replace("_", " "),
            "Invoiced": order["invoice_status"],
            "Paid": order["payment_status"],
        }
        terms = "".join(
            f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in facts.items()
        )
        return _page(f"Order {number}", f"<dl>{terms}</dl>{_parts(order)}")

    def _listed(
        self,
        company: Company,
        request: Request,
        what: tuple[str, str],
        heads: Cells,
        cells: Callable[[Record], Cells],
    ) -> Response:
        resource, title = what
        text, number = request.args.get("q", "").strip(), _page_number(request)
        found, total = self._found(company, resource, text, number)
        last = max(1, -(-total // PAGE))
        links = "".join(
            f'<a href="?{escape(urlencode({"q": text, "page": page, "company": company.name}))}">'
            f"{label}</a> "
            for label, page in (("Previous", number - 1), ("Next", number + 1))
            if 1 <= page <= last
        )
        table = _table(f"{total} found, page {number} of {last}", heads, [cells(r) for r in found])
        return _page(title, f"{_search(text)}{table}<p>{links}</p>")

    def _found(
        self, company: Company, resource: str, text: str, number: int
    ) -> tuple[list[Record], int]:
        pattern = "%" + text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        where = (*company.at(resource), pattern)
        narrowed = "company = ? AND resource = ? AND deleted = 0 AND data LIKE ? ESCAPE '\\'"
        with self._prima.store.read() as db:
            row = db.execute(f"SELECT count(*) FROM records WHERE {narrowed}", where).fetchone()  # noqa: S608 - fixed text
            rows = db.execute(
                f"SELECT data, version FROM records WHERE {narrowed}"  # noqa: S608 - fixed text
                " ORDER BY code DESC LIMIT ? OFFSET ?",
                (*where, PAGE, (number - 1) * PAGE),
            ).fetchall()
        return [records.loaded(row) for row in rows], int(row[0])


def _parts(order: Record) -> str:
    names = ("line_ref", "sku", "quantity", "unit_price", "net_amount", "tax_code", "tax_amount")
    heads = ("Line", "Item", "Quantity", "Unit price", "Net", "Tax code", "Tax")
    lines = [[escape(str(line.get(name) or "")) for name in names] for line in order["lines"]]
    charges = [
        [escape(str(each.get(name) or "")) for name in ("code", "net_amount", "tax_amount")]
        for each in order.get("charges") or []
    ]
    discounts = [
        [escape(str(each.get(name) or "")) for name in ("code", "name", "amount")]
        for each in order.get("discounts") or []
    ]
    payments = [
        [escape(str(each.get(name) or "")) for name in ("method", "transaction_id", "amount")]
        for each in order.get("payments") or []
    ]
    totals: dict[str, Any] = order.get("totals") or {}
    sums = [
        [escape(name.replace("_", " ")), escape(str(totals.get(name) or ""))]
        for name in ("goods_net", "charges_net", "discount_total", "tax_total", "gross")
    ]
    return (
        _table("Lines", heads, lines)
        + _table("Discounts", ("Code", "Name", "Amount"), discounts)
        + _table("Charges", ("Code", "Net", "Tax"), charges)
        + _table("Payments", ("Method", "Transaction", "Amount"), payments)
        + _table("Totals", ("Total", "Amount"), sums)
    )


def _page_number(request: Request) -> int:
    text = request.args.get("page", "1")
    return max(1, int(text[:6])) if text.isascii() and text.isdigit() else 1


def _money(order: Record) -> str:
    gross = (order.get("totals") or {}).get("gross") or ""
    return escape(f"{gross} {order['currency']}")


def _search(text: str) -> str:
    return (
        '<form role="search"><label for="q">Search</label> '
        f'<input id="q" name="q" type="search" value="{escape(text)}"> <button>Search</button></form>'
    )


def _table(caption: str, heads: Cells, rows: Sequence[Cells]) -> str:
    """Cells are HTML already; captions and heads are text."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    if not rows:
        body = f'<tr><td colspan="{len(heads)}">Nothing here.</td></tr>'
    else:
        body = "".join(
            "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in rows
        )
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _page(title: str, content: str, *, status: int = 200) -> Response:
    links = "".join(f'<a href="{PREFIX}{name}">{words}</a>' for name, words in SECTIONS)
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Prima'
        f'</title><meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f'<body><header><nav aria-label="Prima">{links}</nav></header><main>'
        f"<h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    return Response(html, status=status, content_type="text/html; charset=utf-8")
