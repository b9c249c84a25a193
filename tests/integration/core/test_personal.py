"""What names a person is masked wherever it stands: in payloads, and in sentences about them."""

import pytest

from integration.core.personal import masked_payload, masked_words

ORDER = {
    "order": {
        "key": "CO-1", "first_name": "Ruth", "last_name": "Lee", "email": "ruth@network.example",
        "delivery_line1": "c/o Ruth Lee, The Old Mill", "delivery_line2": "12 Dyer Row\x07, rear",
        "delivery_city": "Leeds", "delivery_country": "Albion", "delivery_postcode": "LS1 4AP",
    },
    "lines": [{"sku": "FLEECE", "description": "Fleece of Ruthin wool"}],
}  # fmt: skip
SENT = {"delivery_address": {"name": "Ruth Lee", "lines": ["C/o Ruth Lee"], "city": "Leeds"}}
SECOND = "1••• D••• R•••"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("“c/o Ruth Lee, The Old Mill” is too long.", "“c••• R••• L••• T••• O••• M•••” is too long."),
        ("C/O RUTH LEE, THE OLD MILL is too long.", "c••• R••• L••• T••• O••• M••• is too long."),
        ("'c/o Ruth Lee, The Ol' is too long.", "'c••• R••• L••• T••• O•••' is too long."),
        ("The line “12 Dyer Row�, rea…” holds no text.", f"The line “{SECOND} r•••” holds no text."),
        ("The customer Ruth Lee is unknown.", "The customer R••• L••• is unknown."),
        ("“LS1 4AP” is no postcode of GB.", "“L••• 4•••” is no postcode of GB."),
        # What names nobody stays, or nobody could tell what is wrong.
        ("“Albion” is no country.", "“Albion” is no country."),
        ("The town “Leeds” and “FLEECE”.", "The town “Leeds” and “FLEECE”."),
        ("Fleece of Ruthin wool: “two” is no number.", "Fleece of Ruthin wool: “two” is no number."),
        ("“ruth@network.exa” was cut off.", "“r•••@network.exa” was cut off."),
    ],
)  # fmt: skip
def test_a_sentence_keeps_only_what_names_nobody(said, told):
    assert masked_words(said, ORDER, SENT) == told


def test_without_a_payload_everything_quoted_is_masked():
    assert masked_words("Order CO-1: “Ruth Lee” is wrong.", None) == (
        "Order CO-1: “R••• L•••” is wrong."
    )


def test_columns_of_marketing_cloud_are_known_like_our_fields():
    row = {"ContactKey": "CK-1", "FirstName": "Ruth", "EmailAddress": "r@x.example",
           "AddressLine1": "1 High St", "City": "Leeds"}  # fmt: skip

    assert masked_payload(row) == {
        "ContactKey": "CK-1", "FirstName": "R•••", "EmailAddress": "r•••@x.example",
        "AddressLine1": "1••• H••• S•••", "City": "Leeds",
    }  # fmt: skip


def test_promotions_and_discounts_keep_their_names():
    record = {
        "order": {"name": "Ruth Lee"},
        "promotions": [{"code": "SPRING", "name": "Spring in Ruthin", "first_name": "Ruth"}],
        "discounts": [{"name": "SPRING"}],
    }

    assert masked_payload(record) == {
        "order": {"name": "R••• L•••"},
        "promotions": [{"code": "SPRING", "name": "Spring in Ruthin", "first_name": "R•••"}],
        "discounts": [{"name": "SPRING"}],
    }
    assert masked_words("Ruth Lee's “Spring in Ruthin” has no code.", record) == (
        "R••• L•••'s “Spring in Ruthin” has no code."
    )
