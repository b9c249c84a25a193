"""Signing in and out: the password, the session, where to next, and guessing slowed down."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration.accounts.models import User
from integration.audit.models import AuditEntry
from tests.factories.people import PersonFactory

PASSWORD = "correct horse battery"
WRONG = "This user name and password do not match."


@pytest.fixture
def olive(db: None) -> User:
    person = PersonFactory.create(username="olive", roles=["operations"])
    person.set_password(PASSWORD)
    person.save()
    return person


def _try(client: Client, password: str, username: str = "olive", address: str = "10.0.0.1"):
    return client.post(
        reverse("sign-in"),
        {"username": username, "password": password},
        REMOTE_ADDR=address,
    )


def test_the_right_password_opens_the_first_page(client: Client, olive: User) -> None:
    # when
    answer = _try(client, PASSWORD)

    # then
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("home"))
    assert client.session["_auth_user_id"] == str(olive.pk)
    assert AuditEntry.objects.get().action == "signed in"


@pytest.mark.parametrize("username", ["olive", "nobody"])
def test_a_wrong_password_is_refused_in_words_without_telling_who_exists(
    client: Client, olive: User, username: str
) -> None:
    # when
    answer = _try(client, "wrong", username=username)

    # then
    assert answer.status_code == 200
    assert WRONG in answer.content.decode()
    assert "_auth_user_id" not in client.session
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.actor_name) == ("sign-in refused", None, username)


def test_a_person_shut_out_cannot_sign_in(client: Client, olive: User) -> None:
    olive.is_active = False
    olive.save()
    assert WRONG in _try(client, PASSWORD).content.decode()


def test_shutting_a_person_out_ends_the_session_too(client: Client, olive: User) -> None:
    # given
    _try(client, PASSWORD)

    # when
    User.objects.update(is_active=False)

    # then
    answer = client.get(reverse("my-account"))
    assert answer.headers["Location"].startswith(reverse("sign-in"))


def test_the_session_gets_a_new_name_on_signing_in(client: Client, olive: User) -> None:
    # given
    client.get(reverse("sign-in"))
    session = client.session
    session["before"] = "kept by an attacker"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    planted = session.session_key or ""

    # when
    _try(client, PASSWORD)

    # then
    assert client.session.session_key != planted


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("/account/", "/account/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_next_page_stays_on_this_site(
    client: Client, olive: User, wanted: str, got: str
) -> None:
    # when
    answer = client.post(
        reverse("sign-in"), {"username": "olive", "password": PASSWORD, "next": wanted}
    )

    # then
    assert answer.headers["Location"] == got


def test_guessing_must_wait_even_with_the_right_password(client: Client, olive: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        # given
        for _ in range(5):
            assert WRONG in _try(client, "wrong").content.decode()

        # then
        refused = _try(client, PASSWORD).content.decode()
        assert "Too many wrong attempts. Wait a minute and try again." in refused
        assert "_auth_user_id" not in client.session

        # and a moment later it opens
        clock.shift(timedelta(seconds=31))
        assert _try(client, PASSWORD).status_code == 302


def test_every_further_wrong_attempt_doubles_the_wait(client: Client, olive: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        # given
        for _ in range(5):
            _try(client, "wrong")
        clock.shift(timedelta(seconds=31))
        _try(client, "wrong")

        # when
        clock.shift(timedelta(seconds=31))

        # then
        assert "Too many wrong attempts" in _try(client, PASSWORD).content.decode()
        clock.shift(timedelta(seconds=30))
        assert _try(client, PASSWORD).status_code == 302


def test_guessing_from_elsewhere_does_not_shut_the_owner_out(client: Client, olive: User) -> None:
    # given
    for _ in range(6):
        _try(client, "wrong", address="203.0.113.9")

    # then
    assert _try(client, PASSWORD, address="10.0.0.1").status_code == 302


def test_another_spelling_of_the_name_is_no_second_chance(client: Client, olive: User) -> None:
    # given
    for name in ("olive", "Olive", "OLIVE", "oLive", "olivE"):
        _try(client, "wrong", username=name)

    # then
    assert "Too many wrong attempts" in _try(client, "wrong").content.decode()


def test_signing_out_needs_a_button_not_a_link(client: Client, olive: User) -> None:
    # given
    _try(client, PASSWORD)

    # then
    assert client.get(reverse("sign-out")).status_code == 405
    assert client.post(reverse("sign-out")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(client: Client, db: None) -> None:
    answer = client.get(reverse("my-account"))
    assert answer.headers["Location"] == "/sign-in/?next=%2Faccount%2F"


def test_a_partial_update_moves_the_whole_page_to_sign_in(client: Client, db: None) -> None:
    # when
    answer = client.get(
        reverse("my-account"),
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/account/"},
    )

    # then
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=http%3A%2F%2Ftestserver%2Faccount%2F"


def test_changing_the_password_asks_for_the_old_one(client: Client, olive: User) -> None:
    # given
    _try(client, PASSWORD)
    new = "another horse entirely"

    # when
    wrong = client.post(reverse("change-password"), {"current": "x", "new": new, "again": new})
    differ = client.post(
        reverse("change-password"), {"current": PASSWORD, "new": new, "again": "other"}
    )
    weak = client.post(
        reverse("change-password"), {"current": PASSWORD, "new": "olive", "again": "olive"}
    )

    # then
    assert "This is not your current password." in wrong.content.decode()
    assert "The two new passwords differ." in differ.content.decode()
    assert "too short" in weak.content.decode()
    olive.refresh_from_db()
    assert olive.check_password(PASSWORD)

    # when
    done = client.post(reverse("change-password"), {"current": PASSWORD, "new": new, "again": new})

    # then
    assert done.headers["Location"] == reverse("my-account")
    olive.refresh_from_db()
    assert olive.check_password(new)
    assert client.get(reverse("my-account")).status_code == 200
    assert AuditEntry.objects.first().action == "password changed"  # type: ignore[union-attr]
