"""PayPal's activity download in its languages: column titles and words for kinds of movement."""

import re
from decimal import Decimal

from connectors.gateways.problems import unknown_row_type
from connectors.gateways.row import Row
from integration.records.payout import LineKind

TITLES = {
    "date": ("date", "datum", "fecha", "data"),
    "time": ("time", "uhrzeit", "heure", "hora", "ora", "tijd"),
    "zone": ("time zone", "timezone", "zeitzone", "fuseau horaire", "zona horaria", "tijdzone",
             "fuso orario"),
    "type": ("type", "description", "typ", "beschreibung", "tipo", "descripción", "descrizione",
             "omschrijving"),
    "currency": ("currency", "währung", "devise", "divisa", "moneda", "valuta"),
    "gross": ("gross", "brutto", "brut", "avant commission", "bruto", "importe bruto", "lordo"),
    "fee": ("fee", "gebühr", "entgelt", "commission", "comisión", "tarifa", "tariffa", "kosten",
            "frais"),
    "net": ("net", "netto", "neto"),
    "balance": ("balance", "guthaben", "solde", "saldo"),
    "transaction": ("transaction id", "transaktionscode", "numéro de transaction",
                    "id. de transacción", "id de transacción", "id de la transacción",
                    "codice transazione", "transactiereferentie", "transactie id"),
    "parent": ("reference txn id", "zugehöriger transaktionscode", "txn referenzkennung",
               "numéro de la transaction de référence", "id. de referencia de trans",
               "id de referencia de la transacción", "codice transazione di riferimento",
               "id referentietransactie"),
    "invoice": ("invoice id", "invoice number", "rechnungsnummer", "numéro de facture",
                "número de factura", "id de factura", "numero fattura", "factuurnummer"),
    "email": ("from email address", "absender e mail adresse", "de l adresse email",
              "adresse email de l expéditeur", "correo electrónico del remitente",
              "indirizzo email mittente", "van e mailadres"),
    "name": ("name", "nom", "nombre", "nome", "naam"),
    "status": ("status", "état", "estado", "stato"),
    "impact": ("balance impact", "auswirkung auf guthaben", "impact sur le solde",
               "impacto en el saldo", "effetto sul saldo", "effect op saldo"),
}  # fmt: skip
CANONICAL = {title: name for name, titles in TITLES.items() for title in titles}
MEMOS = frozenset(["memo", "mémo", "nota"])
PENDING = frozenset(
    ["pending", "denied", "voided", "expired", "canceled", "cancelled", "ausstehend", "abgelehnt",
     "storniert", "en attente", "refusé", "annulé", "pendiente", "denegado", "cancelado",
     "in sospeso", "in attesa", "annullato", "in behandeling", "geweigerd", "geannuleerd"]
)  # fmt: skip
"""States of a row that moved nothing, when it leads to no balance either."""
ENGLISH = frozenset(["date", "gross", "fee", "net", "currency"])

_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (r"conver|umrechnung|wisselkoers|valutaomre", LineKind.CONVERSION),
        (r"chargeback (?:reversal|cancel)|revers.*chargeback", LineKind.CHARGEBACK_REVERSAL),
        (r"chargeback fee|rückbuchungsgebühr", LineKind.FEE),
        (r"chargeback|rückbuchung|rückbelastung|rétrofacturation|contracargo|terugvordering",
         LineKind.CHARGEBACK),
        ((r"(?:release|cancell?ation|reversal|freigabe|aufhebung|libera|vrijgave|levée)"
         r".*(?:hold|reserve|einbehalt|retenc|blocc|reserver)"), LineKind.RESERVE_RELEASE),
        (r"reserve release|payment release|hold release", LineKind.RESERVE_RELEASE),
        (r"hold|reserve|einbehalt|einbehaltung|blocage|retenci|trattenut|inhouding",
         LineKind.RESERVE),
        ((r"withdraw|transfer to bank|abbuchung auf|auszahlung|allgemeine abbuchung|virement"
         r"|retiro|retirada|prelievo|opname|overboeking"), LineKind.PAYOUT),
        (r"refund|rückzahlung|rückerstattung|erstattung|rembours|reembolso|rimborso|terugbetal",
         LineKind.REFUND),
        (r"\bfees?\b|gebühr|commission|comisi|tariff|\bkosten", LineKind.FEE),
        (r"reversal|storn|annul|ajust|adjust|anpassung|correct|korrektur|rettific",
         LineKind.ADJUSTMENT),
        ((r"deposit|bank transfer|einzahlung|bankgutschrift|dépôt|depósito|ingreso|versamento"
         r"|storting|transfer|gutschrift|allgemeine"), LineKind.TRANSFER),
        ((r"payment|checkout|zahlung|paiement|pago|pagamento|betaling|purchase|kauf|sale|donation"
         r"|spende|invoice|rechnung|subscription|abonnement|order|mass pay|money received"
         r"|tax collected"), LineKind.CHARGE),
        (r"credit|debit|loan|darlehen|bonus|interest|authori[sz]ation|general", LineKind.OTHER),
    )
)  # fmt: skip


def kind_of(row: Row, gross: Decimal) -> LineKind:
    """Refused when no word of the row's type is known. What we paid ourselves is "other"."""
    said = row.text("type")
    for pattern, kind in _WORDS:
        if pattern.search(said):
            if kind is LineKind.CHARGE and gross < 0:
                return LineKind.OTHER
            if kind is LineKind.RESERVE and gross > 0:
                return LineKind.RESERVE_RELEASE
            return kind
    raise unknown_row_type(said, row.number, "type")
