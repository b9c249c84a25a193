"""What an action on a case is: a form, a preview where it moves orders, and what it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.utils.crypto import salted_hmac

from exceptions import lifecycle
from exceptions.models import ACTIVE, Approval, BulkJob, ExceptionCase
from exceptions.problems import NotAllowed, NotPossible
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.core.folder import members

Cleaned = Mapping[str, Any]
"""The cleaned data of the action's form."""


@dataclass(frozen=True, slots=True)
class StillFailing:
    """An order that would still be held, and why."""

    order_key: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the change would do, tried on the real orders, before it is saved.

    `healed` are keys of orders that would go to Prima, `money` what they are worth by currency.
    `not_tried` orders were left out because there are too many to try on one page.
    """

    healed: tuple[str, ...] = ()
    still_failing: tuple[StillFailing, ...] = ()
    money: Mapping[str, Decimal] = field(default_factory=dict)
    other_cases: tuple[ExceptionCase, ...] = ()
    not_tried: int = 0
    notes: tuple[str, ...] = ()
    differences: tuple[tuple[str, str, str], ...] = ()
    """What changes in a record: its label, what it says now, what it would say."""

    @property
    def tried(self) -> bool:
        """Whether orders were tried at all: where none could be, noughts would say the wrong thing."""
        return bool(self.healed or self.still_failing or self.not_tried)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an action: a sentence, and the job or approval that goes on from here."""

    message: str
    job: BulkJob | None = None
    approval: Approval | None = None


class Action:
    """One thing a person can do with a case. A file in `exceptions/actions` is an action.

    `label` is the verb on the button. With `must_preview` the page shows `preview` first and saves
    only with the `proof` of what it showed. `bulk` actions may be taken on many cases at once and
    `undoable` ones taken back. `asks` is False when there is nothing to fill in.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    permission: ClassVar[May]
    help: ClassVar[str]
    must_preview: ClassVar[bool] = False
    bulk: ClassVar[bool] = False
    undoable: ClassVar[bool] = False
    asks: ClassVar[bool] = True
    dangerous: ClassVar[bool] = False

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        """The form for this case. `given` is the query or the posted data, where it matters.

        `case` is None when the action is taken on many cases.
        """
        return forms.Form

    def initial(self, case: ExceptionCase) -> dict[str, Any]:
        """What the form starts with."""
        return {}

    def available(self, case: ExceptionCase, user: User) -> bool:
        """Whether the button is shown: the role allows it and the case is in a state for it."""
        return case.status in ACTIVE and user.may(self.permission)

    def preview(self, case: ExceptionCase, cleaned: Cleaned, actor: User) -> Preview | None:
        """What it would do; None when there is nothing to try."""
        return None

    def take(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        """The one way to do it: refuses who may not, and when the case is not in a state for it."""
        if not actor.may(self.permission):
            raise NotAllowed(f"Your roles do not let you {self.permission.value}.")
        case.refresh_from_db()
        if version is not None and case.version != version:
            raise lifecycle.stale(case, version)
        if not self.available(case, actor):
            state = case.get_status_display().lower()
            raise NotPossible(f"“{self.label}” is not possible: the case is {state}.")
        return self.perform(case, cleaned, actor=actor, version=version)

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        """Does it. Call `take`. Raises Refused in words; then nothing has changed."""
        raise NotImplementedError

    def perform_many(self, pks: Sequence[int], cleaned: Cleaned, *, actor: User) -> BulkJob | None:
        """One job for all the cases, when that is better than the action on each of them."""
        return None

    def before(self, case: ExceptionCase) -> dict[str, Any]:
        """What `take_back` needs to know, as JSON."""
        return {}

    def take_back(
        self, case: ExceptionCase, before: Mapping[str, Any], *, actor: User, version: int
    ) -> None:
        """Puts the case back as it was; Stale when somebody touched it since."""
        raise NotImplementedError

    def carry_out(self, approval: Approval, *, actor: User) -> Done:
        """Does what a second person just approved, in the transaction of the decision."""
        raise NotImplementedError

    def proof(self, case: ExceptionCase, cleaned: Cleaned) -> str:
        """A signed note that the preview of exactly this was shown."""
        return signing.dumps(self._digest(case, cleaned), salt=self.slug)

    def is_proof(self, proof: str, case: ExceptionCase, cleaned: Cleaned) -> bool:
        try:
            shown = signing.loads(proof, salt=self.slug, max_age=3600)
        except signing.BadSignature:
            return False
        return bool(shown == self._digest(case, cleaned))

    def _digest(self, case: ExceptionCase, cleaned: Cleaned) -> str:
        told = repr(sorted((name, str(value)) for name, value in cleaned.items()))
        return salted_hmac(self.slug, f"{case.pk} {told}").hexdigest()


@lru_cache(maxsize=1)
def actions() -> Mapping[str, Action]:
    """Every action by slug."""
    return {
        slug: action() for slug, action in sorted(members("exceptions.actions", Action).items())
    }
