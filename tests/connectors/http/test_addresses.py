"""Which addresses may be called."""

import pytest

from connectors.addresses import AddressPolicy
from connectors.errors import MisconfiguredError, Unreachable

INSIDE = AddressPolicy(frozenset({"127.0.0.1", "prima.internal"}))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://93.184.215.14/", "must begin with https://"),
        ("ftp://93.184.215.14/", "must look like https://host/path"),
        ("https:///path", "must look like https://host/path"),
        ("https://[broken/", "cannot be read"),
        ("https://host:99999/", "cannot be read"),
        ("https://ann:secret@93.184.215.14/", "must not hold a user name or password"),
        ("https://93.184.215.14/?a=1", "without ? or #"),
        ("https://127.0.0.1/", "inside a private network"),
        ("https://localhost/", "inside a private network"),
        ("https://2130706433/", "inside a private network"),
        ("https://10.1.2.3/", "inside a private network"),
        ("https://169.254.169.254/latest", "inside a private network"),
        ("https://[::1]/", "inside a private network"),
        ("https://[::ffff:192.168.0.1]/", "inside a private network"),
        ("https://[fe80::1]/", "inside a private network"),
        ("https://0.0.0.0/", "inside a private network"),
        ("https://100.64.0.1/", "inside a private network"),
        ("https://224.0.0.1/", "inside a private network"),
    ],
)
def test_an_address_that_may_lead_inside_or_astray_is_refused_in_words(url: str, said: str) -> None:
    with pytest.raises(MisconfiguredError, match=said.replace("?", r"\?")):
        AddressPolicy().check(url)


def test_a_public_https_address_is_fine() -> None:
    AddressPolicy().check("https://93.184.215.14/prima/v1")


def test_a_host_on_the_list_may_be_private_and_without_tls() -> None:
    INSIDE.check("http://127.0.0.1:8800/prima/v1")


def test_the_list_exempts_only_the_hosts_it_names() -> None:
    with pytest.raises(MisconfiguredError):
        INSIDE.check("https://127.0.0.2/")


def test_a_public_name_that_now_leads_inside_is_refused_when_it_is_connected() -> None:
    with pytest.raises(MisconfiguredError, match=r"10\.0\.0\.7"):
        AddressPolicy().check_peer("prima.example.com", "10.0.0.7")


def test_a_listed_name_may_lead_inside_whatever_its_case() -> None:
    INSIDE.check_peer("PRIMA.internal", "10.0.0.7")


def test_an_unknown_host_name_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="is not known"):
        AddressPolicy().check("https://no-such-host.invalid/")
