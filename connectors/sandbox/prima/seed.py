"""Puts a scenario's part `prima` into the store. The shapes, all members optional unless marked *:

    "prima": {
      "companies": ["main"],               the first one is meant where a record names no "company"
      "api_key": "text",                   accepted in X-Api-Key; absent: only tokens
      "clients": [{"client_id"*, "client_secret"*, "name"}],   absent: the "packages" of part "sfmc"
      "token_seconds": 1200,               the life of a token
      "capabilities": {...},               laid over the defaults of `capabilities.py`, member by member
      "tax_codes": [{"code"*, "description", "rate"*, "valid_from", "valid_to"}],  rate in percent: "20"
      "charge_codes": [{"code"*, "description", "tax_code", "valid_from", "valid_to"}],
      "promotion_codes": [{"code"*, "description", "valid_from", "valid_to"}],
      "source_media": [{"code"*, "description", "valid_from", "valid_to"}],
      "payment_methods": [{"code"*, "description", "kind", "valid_from", "valid_to"}],
                                           kind: "card" (default), "voucher", "credit", "other"
      "vouchers": [{"number"*, "balance"*, "currency", "valid_to"}],   absent: every number is good
      "customers": [{
        "account_code"*, "name"*, "id", "type": "company"|"person", "vat_number", "eori",
        "company_number", "email", "phone", "currency": "GBP", "price_list", "payment_terms",
        "credit_limit": "5000.00"|null, "balance": "0.00", "credit_status": "ok"|"warn"|"stopped",
        "hold": "none"|"ship"|"invoice"|"all", "hold_reason", "is_pool": false,
        "status": "active"|"inactive"|"merged", "merged_into": account code,
        "external_keys": [{"system"*, "key"*}],
        "addresses": [{"id", "role": "invoice"|"delivery"|"both", "name", "attention",
                       "lines": ["1 High Street"], "city", "county", "postcode", "country": "GB",
                       "phone", "is_default": true}],
        "contacts": [{"id", "first_name", "last_name", "email", "phone", "mobile", "role"}]}],
      "items": [{
        "sku"*, "description"*, "kind": "stock"|"service"|"non_stock"|"charge"|"voucher"|"kit",
        "tax_code", "variant": {"m1", "m2", "m3", "m4"}, "gtin", "uom": "EA", "pack_size",
        "price": "9.99", "currency": "GBP", "status": "active"|"blocked"|"discontinued",
        "blocked_reason", "season", "brand"}],
      "prices": [{"price_list"*, "sku_key"*, "unit_price"*, "currency": "GBP", "basis": "net"}],
      "availability": {sku_key: {"free_stock"*: "12", "available_date", "warehouse": "MAIN"}},
                                           a sku_key that is not here is unknown, never 0
      "orders": [...],                     as posted to /sales-orders, and also "order_number",
                                           "order_status", "fulfilment_status", "invoice_status",
                                           "payment_status", "created_at"; stored as they are,
                                           without checks
      "invoices": [...], "credit_notes": [...], "receipts": [...], "shipments": [...],
                                           as answered by the contract, "number"* in each
      "consents": [...]                    as posted to /consent-events
    }

Every record may carry "company". A sku_key is the sku and its non-empty matrix codes joined by "|".
Money, rates and quantities are text; dates "2026-11-23"; times "2026-11-23T09:05:00Z".
A store that already holds a company's data is left as it is, so that a restart loses nothing.
"""
