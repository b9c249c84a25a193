"""Has everybody the tax number that an order of theirs needs?"""

from exceptions.preflight.about_people import AboutPeople
from exceptions.preflight.ground import Ground
from exceptions.preflight.models import Verdict


class AudienceTaxNumber(AboutPeople):
    slug = "audience_tax_number"
    title = "Tax numbers of the audience"
    meaning = "In some countries an order of a company needs a valid tax number."
    all_well = "Whoever needs a tax number has a valid one."
    order = 60
    codes = {"missing_tax_number": Verdict.CARE, "invalid_tax_number": Verdict.CARE}

    def summary(self, ground: Ground, stops: int, cares: int) -> str:
        return f"Orders of {self.concerned:,} contacts would be held for their tax number."
