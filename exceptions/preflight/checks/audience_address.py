"""Can Prima hold everybody's address?"""

from exceptions.preflight.about_people import AboutPeople
from exceptions.preflight.check import Found
from exceptions.preflight.ground import Ground, Someone
from exceptions.preflight.models import Verdict


class AudienceAddress(AboutPeople):
    slug = "audience_address"
    title = "Addresses of the audience"
    meaning = (
        "An address must have all its country needs and fit into Prima's lines. Contacts whose "
        "address nobody knows are not judged: they give it when they order."
    )
    all_well = "Prima can hold every address that is known."
    order = 70
    codes = {
        "incompatible_address": Verdict.CARE,
        "invalid_email": Verdict.CARE,
        "unreadable_order": Verdict.CARE,
    }

    def about(self, one: Someone) -> list[Found]:
        return super().about(one) if one.is_known else []

    def summary(self, ground: Ground, stops: int, cares: int) -> str:
        return f"Orders of {self.concerned:,} contacts would be held for their address or e-mail."
