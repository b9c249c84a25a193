"""Who is this contact? Its page, linking it by hand, and decisions that two are not the same."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from exceptions import suggest
from exceptions.customers import decisions, reads, sides
from exceptions.customers.filters import DistinctionFilter
from exceptions.customers.tables import DISTINCTIONS, DistinctionTable
from exceptions.problems import Refused
from integration.accounts.gate import Gated, person, requires
from integration.accounts.roles import May
from integration.core.pages import ListPage
from integration.core.personal import masked
from integration.exports import answer
from integration.identity import distinctions, keys
from integration.identity.models import Candidate, Customer, CustomerLink, Distinction
from integration.mirror.models import CampaignOrder, Contact


@requires(May.VIEW_CUSTOMERS)
def contact_page(request: HttpRequest, key: str) -> HttpResponse:
    """What is known of the contact, whose it is or may be, and the history of the key."""
    if "\x00" in key:
        raise Http404
    user = person(request)
    contact = Contact.objects.filter(key=key).first()
    history = CustomerLink.objects.filter(system="sfmc", key__iexact=key)
    candidates = list(Candidate.objects.filter(contact_key=key))
    orders = CampaignOrder.objects.filter(contact_key=key)
    if contact is None and not candidates and not history and not orders:
        raise Http404
    owner = keys.resolve(keys.SFMC, key)
    personal = user.may(May.SEE_PERSONAL_DATA)
    find = request.GET.get("find", "").replace("\x00", "").strip()[:120]
    context: dict[str, Any] = {
        "title": f"Contact {key}",
        "key": key,
        "contact": contact,
        "lines": sides.lines(contact, None, personal=personal),
        "owner": owner,
        "candidates": candidates,
        "history": history.select_related("customer").order_by("-linked_at"),
        "orders": orders.select_related("prima_order")[: reads.MOST_ORDERS],
        "find": find,
        "hits": [
            (hit.code, hit.label if personal else masked(hit.label))
            for hit in (suggest.find_accounts(find) if find else [])
        ],
        "personal": personal,
        "may_link": user.may(May.LINK_CUSTOMERS),
        "sees_consent": user.may(May.VIEW_CONSENT),
        "consent_of": _handle(contact, owner),
    }
    return render(request, "customers/contact.html", context)


def _handle(contact: Contact | None, owner: Customer | None) -> str:
    """Where the consent page of the contact is."""
    if owner is not None:
        return str(owner.pk)
    return f"contact-{contact.pk}" if contact is not None else ""


@require_POST
@requires(May.LINK_CUSTOMERS)
def link(request: HttpRequest, key: str) -> HttpResponse:
    """Says that the contact is this account."""
    if "\x00" in key or len(key) > 120:
        raise Http404
    account = request.POST.get("account", "").replace("\x00", "").strip()[:20]
    try:
        customer = decisions.link(
            key, account, actor=person(request), reason=request.POST.get("reason", "")
        )
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return redirect("contact-identity", key=key)
    messages.success(request, f"Contact {key} and account {account} are one customer.")
    return redirect("customer", uid=customer.pk)


class DistinctionList(Gated, ListPage):
    """`/customers/apart/`: who was said not to be whom."""

    needs = (May.VIEW_CUSTOMERS,)
    template_name = "customers/apart.html"
    filterset_class = DistinctionFilter
    table_class = DistinctionTable
    title = "Not the same"
    lede = "Pairs that somebody told apart. They are never suggested or linked, until it is taken back."
    empty_title = "Nobody was told apart"
    empty_text = "No decision matches the filter. Decisions are made on the review page."

    def get_queryset(self) -> QuerySet[Distinction]:
        return Distinction.objects.all()

    def get_template_names(self) -> list[str]:
        names = super().get_template_names()
        return ["customers/parts/apart_body.html"] if names[0].endswith("_body.html") else names

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"may_decide": person(self.request).may(May.LINK_CUSTOMERS)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("export", "")
        if form in self.exports:
            found = self.get_filterset(self.filterset_class).qs
            return answer(found, DISTINCTIONS, "not-the-same", form=form, user=person(request))
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response


@require_POST
@requires(May.LINK_CUSTOMERS)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The two may be suggested and linked again."""
    row = get_object_or_404(Distinction, pk=pk)
    if row.withdrawn_at is None:
        distinctions.take_back(row, actor=person(request))
        messages.success(request, "Taken back. The two may be suggested and linked again.")
    else:
        messages.info(request, f"{row.withdrawn_by} took it back already.")
    return redirect("apart")
