"""Contacts of Marketing Cloud as they were last read."""

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Right, Upper

SAME_DIGITS = 8
"""So many last digits tell whose a telephone number may be; the whole number decides."""


def last_digits(number: F | KeyTextTransform) -> Right:
    """SQL: the end of a telephone number, however it is written."""
    digits = Func(
        number, Value(r"\D"), Value(""), Value("g"), function="regexp_replace",
        output_field=models.TextField(),
    )  # fmt: skip
    return Right(digits, SAME_DIGITS)


MOBILE, PHONE = F("mobile"), KeyTextTransform("phone", "data")


class Contact(models.Model):
    """A contact or lead. `data` has every column read, as text under our field names.

    `status` is that of the subscriber (Active, Unsubscribed, Held, Bounced), empty when not known.
    """

    key = models.CharField(max_length=120, unique=True)
    subscriber_id = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=254, blank=True)
    status = models.CharField(max_length=14, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    company_name = models.CharField(max_length=200, blank=True)
    tax_number = models.CharField(max_length=40, blank=True)
    mobile = models.CharField(max_length=40, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    is_lead = models.BooleanField(default=False)
    campaign = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64, blank=True)
    modified_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["key"]
        indexes = [
            # Who has this address: linking, opt-outs, the search box.
            models.Index(Upper("email"), condition=~Q(email=""), name="contact_email"),
            # By its key, whatever its case: Marketing Cloud tells no difference.
            models.Index(Upper("key"), name="contact_upper_key"),
            # Who has this telephone number: opt-outs by telephone.
            models.Index(last_digits(MOBILE), condition=~Q(mobile=""), name="contact_mobile"),
            models.Index(
                last_digits(PHONE), condition=Q(data__has_key="phone"), name="contact_phone"
            ),
            # A notification names a subscriber by number alone.
            models.Index(
                fields=["subscriber_id"], condition=~Q(subscriber_id=""), name="contact_subscriber"
            ),
            # The consent desk: how many are unsubscribed, however long ago they said so.
            models.Index(
                fields=["status"],
                condition=Q(status="Unsubscribed", deleted_at__isnull=True),
                name="contact_unsubscribed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.name}".strip()

    @property
    def name(self) -> str:
        """The company's or the person's."""
        return self.company_name or f"{self.first_name} {self.last_name}".strip()
