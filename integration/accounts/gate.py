"""The gate of every page: who is asking, and whether their roles allow it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views import View

from integration.accounts.models import User
from integration.accounts.roles import May

Page = TypeVar("Page", bound=Callable[..., HttpResponseBase])


def person(request: HttpRequest) -> User:
    """The signed-in person. Raises PermissionDenied when nobody is signed in."""
    if isinstance(request.user, User):
        return request.user
    raise PermissionDenied("Sign in first.")


def check(user: User, *needed: May) -> None:
    """Raises PermissionDenied, in words, unless the roles allow all that is needed."""
    missing = [permission.value for permission in needed if not user.may(permission)]
    if missing:
        raise PermissionDenied(f"Your roles do not let you {' or '.join(missing)}.")


def requires(*needed: May) -> Callable[[Page], Page]:
    """Decorates a page that only people with all these permissions may open.

    `page.needs` names them, so that a test can list what every address asks for.
    """

    def decorate(page: Page) -> Page:
        @wraps(page)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check(person(request), *needed)
            return page(request, *args, **kwargs)

        gated.needs = needed  # type: ignore[attr-defined]
        return cast(Page, gated)

    return decorate


class Gated(View):
    """A class-based page that names what it needs: `needs = (May.VIEW_CASES,)`."""

    needs: ClassVar[tuple[May, ...]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check(person(request), *self.needs)
        return super().dispatch(request, *args, **kwargs)
