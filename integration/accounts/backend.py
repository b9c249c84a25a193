"""Checks a user name and password; permissions follow from roles alone."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from integration.accounts.models import User


class RoleBackend(BaseBackend):
    """No permission rows, no groups: `User.has_perm` asks the roles."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        person = User.objects.filter(username=User.normalize_username(username)).first()
        if person is None:
            # The same work as for a real person, so that the time tells nothing.
            User().set_password(password)
            return None
        return person if person.check_password(password) and person.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return isinstance(user_obj, User) and user_obj.has_perm(perm, obj)
