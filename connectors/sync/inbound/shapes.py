"""The bodies of the push, for the description of the API. Reading them is the order flow's work."""

from rest_framework import serializers

from integration.mapping.columns import COLUMNS


def _fields(part: str) -> str:
    return ", ".join(name for name in COLUMNS[part] if name != "order_key")


class PushedOrder(serializers.Serializer):  # type: ignore[type-arg]
    """One order."""

    order = serializers.DictField(
        child=serializers.CharField(allow_blank=True), help_text=f"Any of: {_fields('order')}."
    )
    lines = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField(allow_blank=True)),
        help_text=f"Each any of: {_fields('line')}.",
    )
    promotions = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField(allow_blank=True)),
        required=False,
        help_text=f"Each any of: {_fields('promotion')}.",
    )


class PushedOrders(PushedOrder):
    """One order, or in `orders` several."""

    orders = PushedOrder(many=True, required=False, help_text="Several orders in one push.")


class Accepted(serializers.Serializer):  # type: ignore[type-arg]
    """Kept, and on its way."""

    status = serializers.CharField(help_text="Always “accepted”.")
    id = serializers.IntegerField(help_text="The number of the push, to ask about it.")


class Refused(serializers.Serializer):  # type: ignore[type-arg]
    """Nothing was kept."""

    detail = serializers.CharField()
