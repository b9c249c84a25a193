"""Addresses that Prima cannot print or tax."""

from connectors.sandbox.worlds.orders import Order
from connectors.sandbox.worlds.wrongs.wrong import Spoil, Stage, Wrong

KIND = ("incompatible_address",)
LONG = "Care of the Porter's Lodge, behind the Old Corn Exchange, second staircase on the left"


def cells(share: int = 1, **values: str) -> Wrong:
    """An order whose address columns say something else."""

    def spoil(order: Order, stage: Stage) -> None:
        order.cells |= values

    return Wrong("address", KIND, spoil, share=share)


def everywhere(column: str, value: str) -> Spoil:
    def spoil(order: Order, stage: Stage) -> None:
        order.cells |= {f"Invoice{column}": value, f"Delivery{column}": value}

    return spoil


WRONGS = (
    cells(DeliveryLine1=LONG, share=2),
    cells(DeliveryPostcode="", share=2),
    Wrong("postcode wrong", KIND, everywhere("Postcode", "LS99 9ZZZ"), share=2),
    cells(DeliveryPostcode="1234", share=1),
    Wrong("country unknown", KIND, everywhere("Country", "Ruritania")),
    cells(DeliveryCity="St Helier", DeliveryCounty="", DeliveryPostcode="JE2 4WE"),
    cells(
        DeliveryLine1="Flat 12",
        DeliveryLine2="Weavers' Court",
        DeliveryLine3="144 Mill Lane",
        share=2,
    ),
)
