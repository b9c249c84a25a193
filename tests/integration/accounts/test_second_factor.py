"""The second factor: set up, asked for, used once, and lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from integration.accounts import totp
from integration.accounts.models import User
from integration.audit.models import AuditEntry

NOT_RIGHT = "This code is not right, or was used before."
Signed = Callable[[User], Client]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def _code(person: User, steps: int = 0) -> str:
    moment = timezone.now() + timedelta(seconds=30 * steps)
    return pyotp.TOTP(person.totp_secret).at(int(moment.timestamp()))


def _enrolled(person: User) -> list[str]:
    totp.prepare(person)
    codes = totp.confirm(person, _code(person, -1))
    assert codes is not None
    return codes


def _menu(page: Any) -> bool:
    assert page.status_code == 200
    return b'aria-label="Main"' in page.content


def _half_signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_setting_up_shows_a_picture_and_then_ten_codes_once(
    finance: User, client_for: Signed, clock: time_machine.Traveller
) -> None:
    # given
    client = client_for(finance)
    page = client.get(reverse("enrol-second-factor")).content.decode()
    finance.refresh_from_db()
    assert 'src="data:image/svg+xml' in page
    assert finance.totp_secret in page

    # when
    wrong = client.post(reverse("enrol-second-factor"), {"code": "000000"})
    right = client.post(reverse("enrol-second-factor"), {"code": _code(finance)})

    # then
    assert "This code is not right." in wrong.content.decode()
    finance.refresh_from_db()
    assert finance.totp_confirmed_at is not None
    assert len(right.context["codes"]) == 10
    assert all(code in right.content.decode() for code in right.context["codes"])
    stored = set(finance.recovery_codes.values_list("code_hash", flat=True))
    assert len(stored) == 10
    assert not stored & set(right.context["codes"])
    assert client.get(reverse("my-account")).status_code == 200


def test_whoever_owes_the_second_factor_sees_only_its_page(
    finance: User, clock: time_machine.Traveller
) -> None:
    # given
    _enrolled(finance)
    client = _half_signed_in(finance)

    # when
    answer = client.get(reverse("my-account"))

    # then
    assert answer.headers["Location"] == "/sign-in/second-factor/?next=%2Faccount%2F"
    assert client.get(reverse("admin:index")).status_code == 302
    assert _menu(client.get(reverse("second-factor"))) is False

    # when
    opened = client.post(reverse("second-factor"), {"code": _code(finance), "next": "/account/"})

    # then
    assert opened.headers["Location"] == "/account/"
    assert _menu(client.get(reverse("my-account"))) is True


def test_a_code_opens_once(finance: User, clock: time_machine.Traveller) -> None:
    # given
    _enrolled(finance)
    code = _code(finance)
    first, second = _half_signed_in(finance), _half_signed_in(finance)

    # then
    assert first.post(reverse("second-factor"), {"code": code}).status_code == 302
    assert NOT_RIGHT in second.post(reverse("second-factor"), {"code": code}).content.decode()
    assert second.get(reverse("my-account")).status_code == 302


def test_clocks_may_differ_by_one_step_only(finance: User, clock: time_machine.Traveller) -> None:
    # given
    _enrolled(finance)

    # then
    assert not totp.accepts(finance, _code(finance, 2))
    assert totp.accepts(finance, _code(finance, 1))


def test_a_recovery_code_opens_once(finance: User, clock: time_machine.Traveller) -> None:
    # given
    code = _enrolled(finance)[3]
    client = _half_signed_in(finance)

    # then
    assert client.post(reverse("second-factor"), {"code": code.upper()}).status_code == 302
    again = _half_signed_in(finance).post(reverse("second-factor"), {"code": code})
    assert NOT_RIGHT in again.content.decode()
    used = AuditEntry.objects.get(action="recovery code used")
    assert used.details == {"codes_left": 9}


def test_guessing_codes_must_wait(finance: User, clock: time_machine.Traveller) -> None:
    # given
    _enrolled(finance)
    client = _half_signed_in(finance)
    for _ in range(5):
        client.post(reverse("second-factor"), {"code": "000000"})

    # then
    refused = client.post(reverse("second-factor"), {"code": _code(finance)})
    assert "Too many wrong attempts. Wait a minute" in refused.content.decode()


def test_where_it_is_required_everybody_sets_it_up_first(
    finance: User, client_for: Signed, settings: Settings
) -> None:
    # given
    settings.REQUIRE_SECOND_FACTOR = True

    # then
    client = client_for(finance)
    answer = client.get(reverse("my-account"))
    assert answer.headers["Location"] == "/sign-in/enrol/?next=%2Faccount%2F"
    assert _menu(client.get(reverse("enrol-second-factor"))) is False


def test_a_lost_phone_is_reset_by_an_admin_and_older_sessions_owe_it_again(
    finance: User, admin_person: User, client_for: Signed, clock: time_machine.Traveller
) -> None:
    # given
    _enrolled(finance)
    older = client_for(finance)
    assert older.get(reverse("my-account")).status_code == 200

    # when
    client_for(admin_person).post(
        reverse("admin:accounts_user_changelist"),
        {"action": "reset_second_factor", "_selected_action": [finance.pk]},
    )

    # then
    finance.refresh_from_db()
    assert (finance.totp_secret, finance.totp_confirmed_at) == ("", None)
    assert finance.recovery_codes.count() == 0
    entry = AuditEntry.objects.get(action="second factor switched off")
    assert (entry.actor, entry.target_id) == (admin_person, str(finance.pk))

    # and after setting it up anew, the older session must show it
    clock.shift(timedelta(minutes=5))
    _enrolled(finance)
    assert older.get(reverse("my-account")).status_code == 302


def test_switching_off_and_new_codes_ask_for_the_password(
    finance: User, client_for: Signed, clock: time_machine.Traveller
) -> None:
    # given
    _enrolled(finance)
    client = client_for(finance)

    # when
    for name in ("leave-second-factor", "renew-recovery-codes"):
        answer = client.post(reverse(name), {"current": "wrong"})
        assert "This is not your current password." in answer.content.decode()

    # then
    finance.refresh_from_db()
    assert finance.totp_confirmed_at is not None


def test_the_secret_is_not_readable_in_the_database(
    finance: User, django_assert_num_queries: object
) -> None:
    # given
    secret = totp.prepare(finance)

    # then
    raw = User.objects.filter(pk=finance.pk).extra(select={"raw": "totp_secret::text"})
    assert secret not in str(raw.values_list("raw", flat=True)[0])
