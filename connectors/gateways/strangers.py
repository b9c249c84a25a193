"""Files that are no report the desk reads, but are known: what they are, and what to fetch."""

from connectors.gateways.head import Head

_STATEMENT = "Fetch the end-of-day statement instead: camt.053 or MT940."
_LOOKED_AT = 4000
_MAGIC = (
    (b"%PDF", "This is a PDF, for people to read. Download the same report as CSV, XML or MT940."),
    (
        b"\xd0\xcf\x11\xe0",
        "This is a workbook of an old Excel (.xls). Download the report as CSV or XLSX.",
    ),
)
_TEXTS = (
    (("<!doctype html", "<html"), ("This is a web page, perhaps a sign-in page, and no report. "
     "Sign in to the gateway or bank and download the file again.")),
    (("camt.052", "<bktocstmracctrpt"), ("This is the bank's report during the day (camt.052), "
     f"which is not final. {_STATEMENT}")),
    (("camt.054", "<bktocstmrdbtcdtntfctn"), ("This is a notice of single bookings (camt.054), "
     f"which states no balances. {_STATEMENT}")),
    (("xsd:pain.",), f"These are orders to a bank (pain), not what it booked. {_STATEMENT}"),
    (("ofxheader", "<ofx>", "!type:bank"), ("This is an OFX or QIF file, which states no opening "
     f"balance. {_STATEMENT}")),
    (("\n:34f:", "\n:90c:", "\n:90d:"), ("This is the bank's interim report (MT942), which states "
     f"no balances. {_STATEMENT}")),
)  # fmt: skip
_TABLES = (
    (
        frozenset(["payout date", "status", "charges", "refunds", "fees", "total"]),
        (
            "This is Shopify's list of payouts, without their transactions. Open Finances, then "
            "Payouts, and export the transactions."
        ),
    ),
    (
        frozenset(["reporting category", "count", "gross", "fee", "net"]),
        "This is a summary of Stripe's. Download the itemised report instead.",
    ),
    (
        frozenset(["id", "amount refunded", "captured", "status", "card id"]),
        (
            "This is Stripe's list of payments, which does not tell what was paid out. Download the "
            "itemised payout reconciliation or the balance history."
        ),
    ),
    (
        frozenset(["item", "qty", "gross sales", "net sales", "transaction id"]),
        "This is Square's list of sold items, without fees. Export the transactions instead.",
    ),
    (
        frozenset(["company account", "merchant account", "psp reference", "record type"]),
        "This is another report of Adyen's. Download the settlement detail report.",
    ),
)


def told(head: Head) -> str:
    """What a known stranger is; empty for any other."""
    for magic, sentence in _MAGIC:
        if head.data.startswith(magic):
            return sentence
    text = head.text[:_LOOKED_AT].casefold()
    for marks, sentence in _TEXTS:
        if any(mark in text for mark in marks):
            return sentence
    for wanted, sentence in _TABLES:
        if any(wanted <= titles for titles in head.titles):
            return sentence
    return ""
