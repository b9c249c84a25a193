"""What is kept of a call."""

import pytest

from connectors.exchange import KEPT_CHARACTERS, kept


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (None, ""),
        (b"", ""),
        (b'{"name": "Ann"}', '{"name": "Ann"}'),
        (b'{"client_secret": "hush", "a": 1}', '{"client_secret": "…", "a": 1}'),
        (b'{"secret": "hush", "secrets": "a"}', '{"secret": "…", "secrets": "a"}'),
        (b'{"access_token":"hush"}', '{"access_token":"…"}'),
        (b'{"access_token":"hu\\"sh", "a": 1}', '{"access_token":"…", "a": 1}'),
        (b"grant_type=x&client_secret=hush&a=1", "grant_type=x&client_secret=…&a=1"),
        (b"<e:fueloauth x='y'>hush</e:fueloauth>", "<e:fueloauth x='y'>…</e:fueloauth>"),
        (b"<fueloauth><v>hush</v></fueloauth>", "<fueloauth>…</fueloauth>"),
        (b"\xff", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_a_body_is_kept_as_text_without_secrets(body: bytes | None, text: str) -> None:
    assert kept(body) == text


def test_a_long_body_is_cut_and_says_how_long_it_was() -> None:
    assert kept(b"a" * 1_000_000) == "a" * KEPT_CHARACTERS + "… (1,000,000 bytes in all)"


def test_a_secret_that_the_cut_goes_through_is_not_kept() -> None:
    body = b" " * (KEPT_CHARACTERS - 30) + b'{"client_secret": "' + b"hush" * 30
    assert "hush" not in kept(body)
