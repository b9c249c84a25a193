"""The list of customers, and one customer: keys, both sides, orders, history."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from exceptions.customers import decisions, reads, sides
from exceptions.customers.filters import CustomerFilter
from exceptions.customers.tables import CUSTOMERS, CustomerTable
from exceptions.problems import Refused
from integration.accounts.gate import Gated, person, requires
from integration.accounts.roles import May
from integration.core.pages import ListPage
from integration.exports import answer
from integration.identity import keys
from integration.identity.models import Customer, CustomerLink


class CustomerList(Gated, ListPage):
    """`/customers/`: everybody the desk knows, found by any key."""

    needs = (May.VIEW_CUSTOMERS,)
    template_name = "customers/customers.html"
    filterset_class = CustomerFilter
    table_class = CustomerTable
    title = "Customers"
    lede = "Each under one durable key, with every key the two systems know them by."
    empty_title = "No customers"
    empty_text = "None matches the filter, or no contact has been linked to an account yet."

    def get_queryset(self) -> QuerySet[Customer]:
        return reads.customers()

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"personal": person(self.request).may(May.SEE_PERSONAL_DATA)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("export", "")
        if form in self.exports:
            found = self.get_filterset(self.filterset_class).qs
            return answer(found, CUSTOMERS, "customers", form=form, user=person(request))
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response


@requires(May.VIEW_CUSTOMERS)
def customer_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What both systems say, what was ordered, and how every key came and went."""
    user = person(request)
    customer = get_object_or_404(Customer.objects.select_related("merged_into"), pk=uid)
    links = list(customer.links.order_by("system", "state", "key", "-linked_at"))
    known = reads.known(links)
    personal = user.may(May.SEE_PERSONAL_DATA)
    orders = reads.orders(links)
    used = [link for link in links if link.state != CustomerLink.State.RETIRED]
    context = {
        "title": f"Customer {customer.name}" if personal and customer.name else "Customer",
        "customer": customer,
        "links": used,
        "history": sorted(links, key=lambda link: link.linked_at, reverse=True),
        "lines": sides.lines(known.contact, known.account, personal=personal),
        "known": known,
        "orders": orders[: reads.MOST_ORDERS],
        "order_count": orders.count(),
        "mergers": reads.mergers(customer),
        "personal": personal,
        "may_link": user.may(May.LINK_CUSTOMERS),
        "may_keep": user.may(May.KEEP_CUSTOMERS),
        "sees_consent": user.may(May.VIEW_CONSENT),
        "may_keep_consent": user.may(May.KEEP_CONSENT),
    }
    return render(request, "customers/customer.html", context)


@requires(May.VIEW_CUSTOMERS)
def customer_of(request: HttpRequest, system: str, key: str) -> HttpResponse:
    """To the customer whom the system knows by the key; a contact without one has its own page."""
    if "\x00" in key or system not in CustomerLink.System.values:
        raise Http404
    found = keys.resolve(system, key)
    if found is not None:
        return redirect("customer", uid=keys.survivor(found).pk)
    if system == CustomerLink.System.SFMC:
        return redirect("contact-identity", key=key)
    messages.info(request, f"Account {key} is not linked to any contact yet.")
    return redirect("customers")


@require_POST
@requires(May.LINK_CUSTOMERS)
def unlink(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Takes a contact from the customer; it may be remembered that they are not the same."""
    customer = get_object_or_404(Customer, pk=uid)
    given = request.POST.get("link", "")
    link = customer.links.filter(pk=int(given) if given.isdecimal() else 0).first()
    if link is None:
        raise Http404
    try:
        decisions.unlink(
            link,
            actor=person(request),
            reason=request.POST.get("reason", ""),
            for_good="for_good" in request.POST,
        )
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, f"Contact {link.key} is no longer this customer's.")
    return redirect("customer", uid=uid)
