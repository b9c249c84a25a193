"""Signing in, out, and the second factor that a signed-in person may still owe."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django_htmx.http import HttpResponseClientRedirect

from integration.accounts import attempts, totp
from integration.accounts.models import User
from integration.audit.trail import record

SECOND_FACTOR = "second_factor"  # In the session: which enrolment was shown to be held.


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not, in words for the person at the door."""

    message: str


def sign_in(request: HttpRequest, username: str, password: str) -> User | Refused:
    """Checks the password and opens a new session. The second factor may still be owed."""
    counters = attempts.of_sign_in(username, attempts.address_of(request))
    if wait := attempts.begin(counters):
        return _wait(wait)
    person = authenticate(request, username=username, password=password)
    if not isinstance(person, User):
        known = User.objects.filter(username=username).first()
        record(
            "sign-in refused",
            actor=None,
            actor_name=username,
            target=known,
            address=attempts.address_of(request),
        )
        return Refused("This user name and password do not match. Check both and try again.")
    attempts.succeeded(counters)
    login(request, person)
    record("signed in", actor=person, target=person, address=attempts.address_of(request))
    return person


def prove(request: HttpRequest, person: User, code: str) -> Refused | None:
    """Takes the second factor of a person who is half signed in."""
    counters = attempts.of_second_factor(person.pk)
    if wait := attempts.begin(counters):
        return _wait(wait)
    if not totp.accepts(person, code):
        record("second factor refused", actor=person, target=person)
        return Refused("This code is not right, or was used before. Wait for the next one.")
    attempts.succeeded(counters)
    proven(request, person)
    return None


def proven(request: HttpRequest, person: User) -> None:
    """Remembers in a session of a new name that the second factor was shown."""
    request.session.cycle_key()
    request.session[SECOND_FACTOR] = mark(person)


def sign_out(request: HttpRequest) -> None:
    if isinstance(request.user, User):
        record("signed out", actor=request.user, target=request.user)
    logout(request)


def owed(request: HttpRequest) -> str | None:
    """The name of the page of the second factor while this person still owes it, else None."""
    person = request.user
    if not isinstance(person, User):
        return None
    if person.totp_confirmed_at:
        return None if request.session.get(SECOND_FACTOR) == mark(person) else "second-factor"
    return "enrol-second-factor" if settings.REQUIRE_SECOND_FACTOR else None


def is_open_to_all(request: HttpRequest) -> bool:
    return request.path in _always_open()


def away(request: HttpRequest, name: str) -> HttpResponse:
    """To a page of signing in, and afterwards back; a partial update moves the whole page."""
    partial = request.headers.get("HX-Request") == "true"
    back = request.headers.get("HX-Current-URL", "") if partial else request.get_full_path()
    target = f"{reverse(name)}?{urlencode({'next': safe_next(request, back)})}"
    return HttpResponseClientRedirect(target) if partial else redirect(target)


def safe_next(request: HttpRequest, wanted: str) -> str:
    """`wanted` when it stays on this site, else the first page."""
    stays = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if stays else reverse(settings.LOGIN_REDIRECT_URL)


def mark(person: User) -> str:
    """Names the person's enrolment; after enrolling anew, older sessions owe the factor again."""
    return person.totp_confirmed_at.isoformat() if person.totp_confirmed_at else ""


def _always_open() -> set[str]:
    return {reverse(name) for name in ("second-factor", "enrol-second-factor", "sign-out")}


def _wait(wait: timedelta) -> Refused:
    return Refused(f"Too many wrong attempts. Wait {attempts.in_words(wait)} and try again.")
