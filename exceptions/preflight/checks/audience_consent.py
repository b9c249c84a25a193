"""May everybody in the audience be written to?"""

from collections.abc import Iterable, Sequence

from exceptions.preflight.about_people import AboutPeople
from exceptions.preflight.check import Found, of_order
from exceptions.preflight.ground import Ground, Someone
from exceptions.preflight.models import Verdict
from integration.consent import rules, suppression
from integration.mirror.models import Contact
from integration.records.audience import Recipient

_CODE = "opted_out"


class AudienceConsent(AboutPeople):
    slug = "audience_consent"
    title = "Consent of the audience"
    meaning = (
        "Nobody who has opted out or objected may be in the audience, whichever system they told. "
        "The desk keeps them out of what it sends; here it is the campaign that would reach them."
    )
    all_well = "Everybody in the audience may be written to."
    order = 40
    codes = {_CODE: Verdict.NO_GO}
    figure = "Must not be reached"

    def people(self, ground: Ground, page: Sequence[Someone]) -> Iterable[Found]:
        """The gate is asked for the whole page, and Marketing Cloud's own word counts as well."""
        recipients = [
            Recipient(
                key=one.key or one.email, email=one.email, mobile=one.fields.get("mobile", "")
            )
            for one in page
        ]
        asked = suppression.allowed(recipients, "email", rules.MARKETING)
        left = _unsubscribed([one.key for one in page])
        for one in page:
            why = left.get(one.key) or asked.refused.get(one.key or one.email, "")
            if why:
                self.concerned += 1
                yield of_order(_found(one, why), one.payload)

    def summary(self, ground: Ground, stops: int, cares: int) -> str:
        return f"{self.concerned:,} of {ground.contacts:,} contacts must not be written to."


def _found(one: Someone, why: str) -> Found:
    return Found(
        subject=one.key or one.email,
        label=one.name,
        message=f"They must not be written to: {why[:1].lower()}{why[1:]}",
        code=_CODE,
        facts={"contact_key": one.key},
    )


def _unsubscribed(keys: Sequence[str]) -> dict[str, str]:
    found = Contact.objects.filter(key__in=[key for key in keys if key], status="Unsubscribed")
    return dict.fromkeys(found.values_list("key", flat=True), "Unsubscribed in Marketing Cloud.")
