"""Would Prima know whose order it is, and may the account buy?"""

from exceptions.preflight.about_people import AboutPeople
from exceptions.preflight.ground import Ground
from exceptions.preflight.models import Verdict


class AudienceAccount(AboutPeople):
    slug = "audience_account"
    title = "Accounts of the audience"
    meaning = (
        "Whoever orders needs one account in Prima that is not on hold. Who has none yet is no "
        "mistake, but their first order waits until an account is opened."
    )
    all_well = "Everybody has one account, and none is on hold."
    order = 50
    codes = {
        "customer_not_found": Verdict.CARE,
        "ambiguous_customer": Verdict.CARE,
        "account_terms": Verdict.CARE,
        "currency_not_allowed": Verdict.CARE,
    }

    def summary(self, ground: Ground, stops: int, cares: int) -> str:
        return f"The first orders of {self.concerned:,} of {ground.contacts:,} contacts would wait."
