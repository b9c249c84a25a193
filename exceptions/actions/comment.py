"""Say something about a case."""

from collections.abc import Mapping
from typing import Any

from django import forms

from exceptions import lifecycle
from exceptions.action import Action, Cleaned, Done
from exceptions.models import ExceptionCase
from integration.accounts.models import User
from integration.accounts.roles import May


class CommentForm(forms.Form):
    text = forms.CharField(
        label="Comment", max_length=250, widget=forms.Textarea(attrs={"rows": 3})
    )


class Comment(Action):
    slug = "comment"
    label = "Comment"
    permission = May.WORK_CASES
    help = "Tells the others what you found out or did. It stays with the case for good."

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        return CommentForm

    def available(self, case: ExceptionCase, user: User) -> bool:
        """Closed cases may be commented on too."""
        return user.may(self.permission)

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        lifecycle.comment(case, cleaned["text"], actor=actor)
        return Done("The comment is added.")
