"""Takes a person out of what is kept beside the mirror: proposals and differences hold values."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from integration.ownership.models import Drift, Proposal, Standing

ERASED = "erased"


def forget(contact_keys: Sequence[str], account_codes: Sequence[str] = ()) -> int:
    """Blanks names and values of these people; who decided what about which field stays.

    What is only known for comparing goes altogether. Answers how many rows it concerned.
    """
    with transaction.atomic():
        theirs = Q(contact_key__in=contact_keys) | (
            Q(account_code__in=account_codes) & ~Q(account_code="")
        )
        proposals = Proposal.objects.filter(theirs)
        concerned = proposals.update(name=ERASED, current="", proposed="", reason="", token="")
        drifts = Drift.objects.filter(theirs)
        concerned += drifts.filter(~Q(name=ERASED)).update(
            name=ERASED, sfmc_value="", prima_value=""
        )
        Standing.objects.filter(contact_key__in=contact_keys).delete()
    return concerned
