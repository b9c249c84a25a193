"""Would Prima take every promotion, and come to the same price as the campaign?"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from connectors.errors import Rejected
from connectors.sync.orders import discounting
from connectors.sync.orders.reading import read
from connectors.sync.orders.translate import Translation, translate_reading
from connectors.sync.orders.world import World
from connectors.sync.orders.world_loader import load
from exceptions.preflight import sample
from exceptions.preflight.buyers import sample_buyer
from exceptions.preflight.check import Check, Figure, Found, of_order
from exceptions.preflight.ground import Ground, said, sample_lines
from exceptions.preflight.plan import PROMISES, PlannedPromotion
from exceptions.words import counted
from integration.core.money import Money, from_minor

_MOST_LINES = 3
_OURS = frozenset({"bad_discount", "unreadable_order", "total_mismatch"})


class Promotions(Check):
    slug = "promotions"
    title = "Promotions"
    meaning = (
        "Every promotion must be mapped to a code of Prima and stay within its limits. A sample "
        "order is priced twice: as the campaign prices it, and as Prima would book it."
    )
    all_well = "Prima takes every promotion and comes to the campaign's price."
    order = 20

    def __init__(self) -> None:
        self.prices: list[Figure] = []

    def goods(self, ground: Ground) -> Iterable[Found]:
        buyer = sample_buyer(ground.plan.currency)
        lines = sample_lines(ground, _MOST_LINES)
        for place, promotion in enumerate(ground.plan.promotions, start=1):
            if not lines or buyer is None:
                what = "no product Prima sells" if not lines else "no account to try it with"
                yield _unpriced(promotion, ground, what)
                continue
            payload = sample.payload(
                ground.plan, f"PREFLIGHT-P{place}", lines, contact=buyer, promotions=[promotion]
            )
            payload["order"]["payment_method"] = ground.payment
            yield from self._priced(ground, promotion, payload)

    def figures(self, ground: Ground) -> Sequence[Figure]:
        return self.prices

    def summary(self, ground: Ground, stops: int, cares: int) -> str:
        return f"{counted(stops + cares, 'promotion')} would not go through as the campaign means."

    def _priced(
        self, ground: Ground, promotion: PlannedPromotion, payload: dict[str, dict[str, str]]
    ) -> Iterable[Found]:
        reading = read(payload, ground.reference)
        if reading.order is None:
            return
        world = load([reading.order], ground.reference)
        worked = discounting.work_out(reading.order, world, ground.plan.send_on, "")
        price = from_minor(sum(worked.left) + worked.carriage_left, ground.plan.currency)
        payload["order"]["total_paid"] = f"{price:f}"
        tried = _tried(payload, ground, world)
        for found in self._compared(ground, promotion, price, tried):
            yield of_order(found, payload)

    def _compared(
        self, ground: Ground, promotion: PlannedPromotion, price: Decimal, tried: Translation
    ) -> Iterable[Found]:
        campaign = str(Money(price, ground.plan.currency))
        wrong = [problem for problem in tried.problems if problem.code in _OURS]
        if wrong or tried.order is None:
            self.prices.append(Figure(promotion.code, f"{campaign} in the campaign, not in Prima"))
            for problem in wrong:
                yield _found(promotion, said(problem), problem.code, dict(problem.facts))
            if not wrong:
                others = " ".join(said(problem) for problem in tried.problems)
                says = f"The sample order could not be tried. {others}"
                yield _found(promotion, says, "not_priced")
            return
        try:
            booked = ground.prima.price_order(tried.order)
        except Rejected as refused:
            reasons = " ".join(issue.message for issue in refused.issues) or refused.message
            self.prices.append(Figure(promotion.code, f"{campaign} in the campaign, not in Prima"))
            yield _found(promotion, f"Prima refuses the sample order: {reasons}", "prima_refuses")
            return
        in_prima = str(Money(booked.gross, ground.plan.currency))
        self.prices.append(
            Figure(promotion.code, f"{campaign} in the campaign, {in_prima} in Prima")
        )
        if booked.gross != price:
            says = f"The campaign asks {campaign}, Prima would book {in_prima}."
            yield _found(promotion, says, "price_differs")


def _tried(payload: dict[str, dict[str, str]], ground: Ground, world: World) -> Translation:
    return translate_reading(read(payload, ground.reference), world)


def _unpriced(promotion: PlannedPromotion, ground: Ground, missing: str) -> Found:
    """A mapping that is missing is found without a sample order, too."""
    why = f"There is {missing}, so no sample order could be priced."
    if ground.reference.book.promotion(promotion.code, ground.plan.send_on) is None:
        return _found(promotion, f"It is not mapped to a code of Prima on that day. {why}")
    return _found(promotion, why, "not_priced")


def _found(
    promotion: PlannedPromotion,
    says: str,
    code: str = "bad_discount",
    facts: dict[str, str] | None = None,
) -> Found:
    known = facts or {"code": promotion.code, "type": promotion.type, "scope": promotion.scope}
    label = PROMISES.get(promotion.type, promotion.type)
    return Found(promotion.code, says, code, label=label, facts=known)
