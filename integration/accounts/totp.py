"""The second factor: six digits from an authenticator app, or one of ten recovery codes."""

import hashlib
import hmac
import secrets

import pyotp
import segno
from django.db import transaction
from django.utils import timezone

from integration.accounts.models import RecoveryCode, User
from integration.audit.trail import record

STEP_SECONDS = 30
ISSUER = "Prima desk"
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # Nothing that is mistaken for something else.


def prepare(person: User) -> str:
    """The secret to enrol with; made on first sight and kept until it is confirmed."""
    if not person.totp_secret:
        person.totp_secret = pyotp.random_base32()
        person.save(update_fields=["totp_secret"])
    return person.totp_secret


def picture(person: User) -> str:
    """The QR code to scan, as a data address of an SVG image."""
    address = pyotp.TOTP(person.totp_secret).provisioning_uri(
        name=person.username, issuer_name=ISSUER
    )
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=3))


def confirm(person: User, code: str) -> list[str] | None:
    """Switches the second factor on. Returns the recovery codes, or None for a wrong code."""
    with transaction.atomic():
        if not _takes_code(person, code):
            return None
        person.totp_confirmed_at = timezone.now()
        person.save(update_fields=["totp_confirmed_at"])
        record("second factor switched on", actor=person, target=person)
        return new_recovery_codes(person)


def accepts(person: User, code: str) -> bool:
    """Whether the code opens the door: each works once, an authenticator's and a recovery code."""
    if not person.totp_confirmed_at:
        return False
    return _takes_code(person, code) or _takes_recovery_code(person, code)


def switch_off(person: User, *, actor: User) -> None:
    """Takes the second factor away, e.g. for a lost phone; the person enrols anew."""
    with transaction.atomic():
        person.totp_secret = ""
        person.totp_confirmed_at = None
        person.save(update_fields=["totp_secret", "totp_confirmed_at"])
        person.recovery_codes.all().delete()
        record("second factor switched off", actor=actor, target=person)


def new_recovery_codes(person: User) -> list[str]:
    """Ten fresh codes in place of the old ones. Only their hashes are kept."""
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        person.recovery_codes.all().delete()
        RecoveryCode.objects.bulk_create(
            [RecoveryCode(person=person, code_hash=_hash(code)) for code in codes]
        )
        record("recovery codes made", actor=person, target=person)
    return codes


def _takes_code(person: User, code: str) -> bool:
    """One step either way is accepted for clocks that differ, and no step twice."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(person.totp_secret)
    now = int(timezone.now().timestamp()) // STEP_SECONDS
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), digits.encode()):
            later = User.objects.filter(pk=person.pk, totp_last_step__lt=step)
            taken = later.update(totp_last_step=step) == 1
            person.totp_last_step = max(person.totp_last_step, step)
            return taken
    return False


def _takes_recovery_code(person: User, code: str) -> bool:
    unused = person.recovery_codes.filter(code_hash=_hash(code), used_at=None)
    with transaction.atomic():
        if not unused.update(used_at=timezone.now()):
            return False
        left = person.recovery_codes.filter(used_at=None).count()
        record("recovery code used", actor=person, target=person, codes_left=left)
    return True


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    return "-".join(letters[place : place + 4] for place in range(0, 16, 4))


def _hash(code: str) -> str:
    # 79 random bits: nothing to guess, so a plain hash is enough.
    bare = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(bare.encode()).hexdigest()
