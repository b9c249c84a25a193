"""What each list of the admin site is for, in a sentence, for those who keep the desk."""

from typing import Any

from django import template

register = template.Library()

WORDS = {
    "accounts.user": "Who may sign in, with which roles, and whether a second factor is set up.",
    "audit.auditentry": "Who changed what and when. Nobody can change or delete an entry.",
    "consent.wording": "The texts people said yes to. A version never changes.",
    "django_q.failure": "Background work that broke off. It is taken up again by itself.",
    "django_q.ormq": "Background work that waits for its turn.",
    "django_q.schedule": "When each piece of background work runs next. Its timetable is kept under Flow settings.",
    "django_q.success": "Background work that is done.",
    "identity.customer": "Every customer under one durable key. They are kept on the pages of Customers.",
    "identity.customerlink": "Which contact and which account belong to which customer, and since when.",
    "mapping.backinstock": "When and through which channel people hear that a product is there again.",
    "mapping.discountrelease": "Orders whose discount above the limit finance let pass.",
    "mapping.milestoneevent": "Which journey tells a customer that an order was accepted, despatched, delivered.",
    "mapping.orderpolicy": "Currencies, tolerances and limits every order is checked against.",
    "mapping.productmapping": "Which product of Prima a SKU of a campaign is.",
    "mapping.promotionmapping": "Where the money of a promotion goes in Prima, and its limits.",
    "mapping.sourcetable": "In which data extensions of Marketing Cloud orders and contacts lie, column by column.",
    "mapping.stockclass": "How often the stock of which products goes to Marketing Cloud.",
    "mapping.targettable": "Into which data extensions of Marketing Cloud the desk writes, column by column.",
    "mapping.taxrule": "In which countries a tax number is needed, and which tax code is booked.",
    "mapping.valuemapping": "What charges, payment methods, terms, countries and other words mean in Prima.",
    "ownership.contactpolicy": "How far changes of contacts and accounts follow each other by themselves.",
    "ownership.fieldpolicy": "Which system keeps which field of a customer, and what a change elsewhere does.",
    "reconciliation.adjustmentlimit": "How much each role of finance may decide.",
    "reconciliation.exchangerate": "Rates at which payouts in another currency are compared.",
    "reconciliation.gatewaymapping": "How to read a payout report whose format the desk does not know.",
    "reconciliation.ledgeraccount": "Where fees, chargebacks and other adjustments are booked.",
    "reconciliation.matchbounds": "How many days, lines and invoices the matching looks at together.",
    "reconciliation.statementfile": "Payout reports and bank statements, and what became of each.",
    "reconciliation.tolerance": "How far two sides may differ and still count as the same.",
    "sync.connection": "Addresses, secrets and limits of Marketing Cloud and Prima.",
    "sync.cursor": "How far each flow has read. It moves by itself.",
    "sync.exchange": "Calls to both systems that are worth keeping, without their contents.",
    "sync.flowsetting": "How often each flow runs, its quiet hours, its limit of calls, and whether it is on.",
    "sync.lane": "Calls set aside for urgent work such as opt-outs.",
    "sync.notificationcallback": "How Marketing Cloud tells the desk of opt-outs at once.",
    "sync.primasubscription": "How Prima tells the desk of changes at once.",
    "sync.syncitem": "Every record of every flow and where it stands.",
    "sync.syncrun": "Every run of every flow, and what it did.",
}


@register.filter
def purpose(model: dict[str, Any]) -> str:
    """Of an entry of the index of the admin site; empty for one that nobody has described."""
    return WORDS.get(model["model"]._meta.label_lower, "") if "model" in model else ""
