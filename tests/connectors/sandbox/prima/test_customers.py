"""Accounts: found, opened, changed, merged."""

import pytest


def problems(answer):
    return {(each["pointer"], each["code"]) for each in answer.json()["errors"]}


def read(prima, code):
    return prima.get(f"/customers/by-account/{code}").json()


def test_an_account_is_found_by_id_code_and_external_key(prima):
    by_code = read(prima, "ACME01")

    assert prima.get(f"/customers/{by_code['id']}").json() == by_code
    assert prima.get("/customers/by-external/sfmc/C-1").json() == by_code
    assert by_code["addresses"][0]["fingerprint"]
    assert by_code["version"] == "1"


def test_who_is_not_there_is_not_found(prima):
    answer = prima.get("/customers/by-account/NOBODY")

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["code"] == "customer.not_found"


def test_companies_keep_their_own_accounts(prima):
    assert prima.get("/customers/by-account/OUT01").status_code == 404
    prima.company = "outlet"
    assert prima.get("/customers/by-account/OUT01").status_code == 200


def test_an_account_is_opened_once_for_a_key(prima):
    body = {"name": "New Ltd", "external_keys": [{"system": "sfmc", "key": "C-9"}]}

    first, again = (
        prima.post("/customers", body, "open-1"),
        prima.post("/customers", body, "open-1"),
    )

    assert first.status_code == 201
    assert first.json()["account_code"] == "C000001"
    assert first.headers["ETag"] == '"1"'
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json() == first.json()
    assert prima.get("/customers/by-external/sfmc/C-9").json()["id"] == first.json()["id"]


def test_a_key_used_for_something_else_is_refused(prima):
    prima.post("/customers", {"name": "One"}, "open-2")

    answer = prima.post("/customers", {"name": "Two"}, "open-2")

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:prima:problem:idempotency-key-reused"


def test_without_a_key_no_account_is_opened(prima):
    answer = prima.send("POST", "/customers", {"name": "New Ltd"})

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:prima:problem:idempotency-key-missing"


def test_codes_and_external_keys_are_given_once(prima):
    code = prima.post("/customers", {"name": "X", "account_code": "ACME01"})
    key = prima.post(
        "/customers", {"name": "X", "external_keys": [{"system": "sfmc", "key": "C-1"}]}
    )

    assert (code.status_code, code.json()["existing_account_code"]) == (409, "ACME01")
    assert (key.status_code, key.json()["existing_account_code"]) == (409, "ACME01")


def test_everything_wrong_with_an_account_is_told_at_once(prima):
    answer = prima.post(
        "/customers",
        {
            "name": "N" * 61,
            "account_code": "acme 2",
            "vat_number": "GB980780685",
            "email": "nobody",
            "currency": "XYZ",
            "credit_limit": 100,
            "balance": "5.00",
            "addresses": [
                {"lines": [], "postcode": "LS1 4DL", "country": "UK"},
                {"lines": ["A" * 61], "postcode": "JE2 3AB", "country": "GB"},
                {"lines": ["1 Road"], "postcode": "NOPE", "country": "GB"},
            ],
        },
    )

    assert answer.status_code == 422
    assert problems(answer) == {
        ("#/name", "field.too_long"),
        ("#/account_code", "field.invalid"),
        ("#/vat_number", "vat.checksum"),
        ("#/email", "field.invalid"),
        ("#/currency", "currency.unsupported"),
        ("#/credit_limit", "field.invalid"),
        ("#/balance", "field.unknown"),
        ("#/addresses/0/lines", "field.required"),
        ("#/addresses/0/country", "address.country_unknown"),
        ("#/addresses/1/lines/0", "address.line_too_long"),
        ("#/addresses/1/country", "address.crown_dependency"),
        ("#/addresses/2/postcode", "address.postcode_invalid"),
    }


@pytest.mark.parametrize(
    ("address", "pointer", "code"),
    [
        ({"lines": [], "postcode": "LS1 4DL", "country": "GB"}, "lines", "field.required"),
        (
            {"lines": ["1 Road"] * 7, "postcode": "LS1 4DL", "country": "GB"},
            "lines",
            "field.too_long",
        ),
        ({"lines": ["1 Road"], "country": "UK"}, "country", "address.country_unknown"),
        ({"lines": ["1 Road"], "country": "GB"}, "postcode", "address.postcode_invalid"),
        (
            {"lines": ["1 Road"], "postcode": "N0PE", "country": "GB"},
            "postcode",
            "address.postcode_invalid",
        ),
        (
            {"lines": ["1 Road"], "postcode": "JE2 3AB", "country": "GB"},
            "country",
            "address.crown_dependency",
        ),
    ],
)
def test_an_address_prima_cannot_use_is_refused(prima, address, pointer, code):
    answer = prima.post("/customers", {"name": "X", "addresses": [address]})

    assert problems(answer) == {(f"#/addresses/0/{pointer}", code)}


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("GB980780684", None),
        ("gb 980 7806 84", None),
        ("XI980780684", None),
        ("DE136695976", None),
        ("GB980780685", "vat.checksum"),
        ("GB000000000", "vat.checksum"),
        ("GB12", "vat.format"),
        ("980780684", "vat.format"),
    ],
)
def test_a_vat_number_needs_its_prefix_and_check_digits(prima, number, code):
    answer = prima.post("/customers", {"name": "X", "vat_number": number})

    expected = {("#/vat_number", code)} if code else set()
    assert (answer.status_code == 201) is (code is None)
    assert (problems(answer) if code else set()) == expected


def test_a_change_needs_the_version_that_was_read(prima):
    acme = read(prima, "ACME01")
    path = f"/customers/{acme['id']}"

    blind = prima.send("PATCH", path, {"phone": "1"})
    good = prima.send("PATCH", path, {"vat_number": "GB220430231"}, If_Match='"1"')
    stale = prima.send("PATCH", path, {"phone": "2"}, If_Match='"1"')

    assert blind.status_code == 428
    assert (good.status_code, good.json()["version"]) == (200, "2")
    assert good.json()["vat_number"] == "GB220430231"
    assert (stale.status_code, stale.json()["current_version"]) == (412, "2")
    assert read(prima, "ACME01")["phone"] == acme["phone"]


def test_a_change_with_null_clears(prima):
    acme = read(prima, "ACME01")

    answer = prima.send("PATCH", f"/customers/{acme['id']}", {"phone": None}, If_Match='"1"')

    assert answer.json()["phone"] == ""


def test_a_typing_error_in_a_change_is_refused(prima):
    acme = read(prima, "ACME01")

    answer = prima.send("PATCH", f"/customers/{acme['id']}", {"vat_nr": "1"}, If_Match='"1"')

    assert problems(answer) == {("#/vat_nr", "field.unknown")}


def test_a_merged_account_leads_to_the_other(prima):
    acme = read(prima, "ACME01")

    answer = prima.post(f"/customers/{acme['id']}/merge", {"into": "JANE01"})

    assert answer.json()["account_code"] == "JANE01"
    assert prima.get("/customers/by-external/sfmc/C-1").json()["account_code"] == "JANE01"
    merged = read(prima, "ACME01")
    assert (merged["status"], merged["merged_into"]) == ("merged", "JANE01")


@pytest.mark.parametrize("into", ["ACME01", "NOBODY", "CASH"])
def test_what_cannot_be_merged_is_refused_and_nothing_changes(prima, into):
    acme = read(prima, "ACME01")

    answer = prima.post(f"/customers/{acme['id']}/merge", {"into": into})

    assert answer.status_code == 422
    assert read(prima, "ACME01") == acme


def test_matching_gives_candidates_with_reasons_and_writes_nothing(prima):
    before = prima.get("/customers/changes").json()["items"]

    answer = prima.post(
        "/customers/match",
        {"name": "ACME Office Supplies", "vat_number": "GB 980 7806 84", "postcode": "ls14dl"},
    ).json()

    best = answer["candidates"][0]
    assert (best["account_code"], best["strength"]) == ("ACME01", "certain")
    assert {reason["code"] for reason in best["reasons"]} == {"vat_number", "postcode", "name"}
    assert answer["ambiguous"] is False
    assert prima.get("/customers/changes").json()["items"] == before


def test_a_similar_name_alone_is_only_possible(prima):
    answer = prima.post("/customers/match", {"name": "Acme Office Supply Ltd"}).json()

    assert [(c["account_code"], c["strength"]) for c in answer["candidates"]] == [
        ("ACME01", "possible")
    ]


def test_two_certain_candidates_are_ambiguous(prima):
    prima.post("/customers", {"name": "Twin", "vat_number": "GB980780684"})

    answer = prima.post("/customers/match", {"vat_number": "GB980780684"}).json()

    assert answer["ambiguous"] is True
    assert len(answer["candidates"]) == 2


def test_a_cash_account_is_never_a_candidate(prima):
    assert prima.post("/customers/match", {"name": "Cash sales"}).json()["candidates"] == []
