"""The one gate to cases: what a person may see and do."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from exceptions.models import ExceptionCase
from integration.accounts.gate import check
from integration.accounts.models import User
from integration.accounts.roles import May

__all__ = ["PermissionDenied", "case_for", "visible"]


def visible(user: User) -> QuerySet[ExceptionCase]:
    """The cases this person may see: all, for everybody who may see any."""
    if not user.may(May.VIEW_CASES):
        return ExceptionCase.objects.none()
    return ExceptionCase.objects.select_related("assignee")


def case_for(user: User, pk: int, to: May) -> ExceptionCase:
    """The case, when the person may do this. Raises PermissionDenied or Http404."""
    check(user, to)
    case = visible(user).filter(pk=pk).first()
    if case is None:
        raise Http404("There is no such case.")
    return case
