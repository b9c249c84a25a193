"""When an order was placed, and which day that was where the company is, as SQL."""

from django.conf import settings


def placed_at(order: str) -> str:
    """A moment nobody can have ordered at (1899, 2099), or none, gives way to that of the arrival.

    `order` is the name the statement has for `mirror_campaignorder`.
    """
    return (
        f"(CASE WHEN {order}.ordered_at BETWEEN {order}.first_seen_at - interval '10 years'"
        f" AND {order}.first_seen_at + interval '2 days' THEN {order}.ordered_at"
        f" ELSE {order}.first_seen_at END)"
    )


def local_day(moment: str) -> str:
    """The date of a moment in the company's time zone, by which Prima dates orders too."""
    return f"({moment} AT TIME ZONE '{settings.DISPLAY_TIME_ZONE}')::date"
