"""The list of proposals, one proposal with both sides, and the decisions."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from exceptions.problems import Refused
from exceptions.proposals.deciding import MOST, Decided, decide
from exceptions.proposals.filters import ProposalFilter
from exceptions.proposals.tables import ProposalTable, shown
from exceptions.words import counted
from integration.accounts.gate import Gated, person, requires
from integration.accounts.roles import May
from integration.core.pages import ListPage
from integration.core.personal import masked
from integration.exports import Column, answer
from integration.ownership.fields import label_of
from integration.ownership.models import Keeper, Proposal

COLUMNS: tuple[Column[Proposal], ...] = (
    Column("Customer", lambda one: one.name, personal=True),
    Column("Contact", lambda one: one.contact_key),
    Column("Account", lambda one: one.account_code),
    Column("Field", lambda one: label_of(one.field)),
    Column("The owner says", lambda one: one.current, personal=True),
    Column("Proposed", lambda one: one.proposed, personal=True),
    Column("Kept by", lambda one: str(Keeper(one.owner).label)),
    Column("Changed in", lambda one: str(Keeper(one.source).label)),
    Column("State", lambda one: one.get_state_display()),
    Column("Proposed at", lambda one: one.created_at),
    Column("Decided by", lambda one: str(one.decided_by or "")),
    Column("Decided at", lambda one: one.decided_at),
    Column("Reason", lambda one: one.reason),
)


class ProposalList(Gated, ListPage):
    needs = (May.VIEW_CUSTOMERS,)
    template_name = "customers/proposals.html"
    body_template = "customers/proposals_body.html"
    filterset_class = ProposalFilter
    table_class = ProposalTable
    title = "Proposals"
    lede = "Changes of customer data by a system that does not keep the field. Somebody decides."
    empty_title = "Nothing waits for a decision"
    empty_text = "No change matches the filter. Decided ones are under “Any state”."

    def get_queryset(self) -> QuerySet[Proposal]:
        return Proposal.objects.select_related("decided_by")

    def get_template_names(self) -> list[str]:
        names = super().get_template_names()
        return names if names == [self.template_name] else [self.body_template]

    def may_tick(self) -> bool:
        return person(self.request).may(May.KEEP_CUSTOMERS)

    def get_table_kwargs(self) -> dict[str, Any]:
        personal = person(self.request).may(May.SEE_PERSONAL_DATA)
        return {**super().get_table_kwargs(), "personal": personal}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("export", "")
        if form in self.exports:
            found = self.get_filterset(self.filterset_class).qs
            return answer(found, COLUMNS, "proposals", form=form, user=person(request))
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        params = self.request.GET.copy()
        for name in ("page", "sort", "export"):
            params.pop(name, None)
        context["filter_query"] = params.urlencode()
        context["matching"] = context["table"].page.paginator.count
        context["may_decide"] = person(self.request).may(May.KEEP_CUSTOMERS)
        context["shown_at"] = timezone.now().isoformat()
        return context


@requires(May.VIEW_CUSTOMERS)
def proposal_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides, why it is a proposal, and what was decided."""
    proposal = get_object_or_404(Proposal.objects.select_related("decided_by"), pk=pk)
    user = person(request)
    personal = user.may(May.SEE_PERSONAL_DATA)
    context = {
        "title": f"{label_of(proposal.field)} of {_name(proposal, personal=personal)}",
        "proposal": proposal,
        "field": label_of(proposal.field),
        "current": shown(proposal.field, proposal.current, personal=personal),
        "proposed": shown(proposal.field, proposal.proposed, personal=personal),
        "owner": Keeper(proposal.owner).label,
        "source": Keeper(proposal.source).label,
        "may_decide": user.may(May.KEEP_CUSTOMERS) and proposal.state == Proposal.State.OPEN,
    }
    return render(request, "customers/proposal.html", context)


@require_POST
@requires(May.KEEP_CUSTOMERS)
def decide_proposals(request: HttpRequest) -> HttpResponse:
    """Those ticked, or all that match the filter and were there when the page was shown."""
    try:
        done = decide(
            _chosen(request),
            request.POST.get("answer", ""),
            actor=person(request),
            reason=request.POST.get("reason", ""),
        )
    except Refused as problem:
        messages.warning(request, problem.message)
        return redirect(_back(request))
    _tell(request, done)
    return redirect(_back(request))


def _chosen(request: HttpRequest) -> dict[int, int]:
    """Ids with the versions that were shown."""
    if "everything" not in request.POST:
        pairs = [one.partition(":") for one in request.POST.getlist("pk")]
        return {
            int(pk): int(version)
            for pk, _, version in pairs
            if pk.isdecimal() and version.isdecimal()
        }
    narrowed = QueryDict(request.POST.get("filter", ""))
    filterset = ProposalFilter(narrowed, queryset=Proposal.objects.all(), request=request)
    if not filterset.is_valid():
        return {}
    found = filterset.qs.filter(state=Proposal.State.OPEN)
    shown_at = parse_datetime(request.POST.get("shown_at", ""))
    found = found.filter(changed_at__lte=shown_at) if shown_at else found.none()
    return dict(found.order_by("pk").values_list("pk", "version")[: MOST + 1])


def _tell(request: HttpRequest, done: Decided) -> None:
    if done.done:
        words = "accepted" if request.POST.get("answer") == "accept" else "rejected"
        said = f"{counted(done.done, 'proposal')} {words}; both systems follow in a moment."
        messages.success(request, said)
    if done.stale:
        said = (
            f"{counted(done.stale, 'proposal')} had changed or been decided meanwhile. Look again."
        )
        messages.warning(request, said)
    if not done.done and not done.stale:
        messages.warning(request, "No proposal is selected. Tick some, or “All that match”.")


def _back(request: HttpRequest) -> str:
    narrowed = QueryDict(request.POST.get("filter", ""))
    return f"{reverse('proposals')}?{urlencode(narrowed, doseq=True)}".rstrip("?")


def _name(proposal: Proposal, *, personal: bool) -> str:
    name = proposal.name or proposal.contact_key
    return name if personal else masked(name)
