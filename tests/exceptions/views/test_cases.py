"""The list of cases and the page of one."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exceptions import intake
from exceptions.models import BulkJob, ExceptionCase
from integration.core.problems import Problem
from integration.mirror.models import CampaignOrder, PrimaOrder
from tests.factories.findings import finding, no_tax_number, unknown_sku

PAYLOAD = {
    "order": {"key": "CO-1", "last_name": "<script>alert(1)</script>", "email": "ann@example.com"},
    "lines": [{"sku": "WARRANTY-3Y"}],
    "promotions": [],
}


@pytest.fixture
def cases(db: None) -> list[ExceptionCase]:
    intake.file_findings(
        [
            finding("CO-1", unknown_sku("WARRANTY-3Y"), amount="10.00", payload=PAYLOAD),
            finding("CO-2", unknown_sku("WARRANTY-3Y"), amount="20.00"),
            finding("CO-3", no_tax_number("A100"), amount="500.00"),
        ]
    )
    return list(ExceptionCase.objects.order_by("kind"))


def titles(page: str) -> list[str]:
    return [title for title in ("WARRANTY-3Y is unknown", "has no tax number") if title in page]


def test_most_money_comes_first(client_for, operations, cases):
    page = client_for(operations).get(reverse("cases")).content.decode()

    assert page.index("has no tax number") < page.index("WARRANTY-3Y is unknown")
    assert "30.00 GBP" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=CO-2", ["WARRANTY-3Y is unknown"]),
        ("?kind=missing_tax_number", ["has no tax number"]),
        ("?assignee=me", []),
        ("?assignee=nobody", ["WARRANTY-3Y is unknown", "has no tax number"]),
        ("?status=resolved", []),
        ("?older=7", []),
        ("?q=nothing-like-it", []),
    ],
)
def test_the_filter_is_in_the_address(query, expected, client_for, operations, cases):
    page = client_for(operations).get(reverse("cases") + query).content.decode()

    assert titles(page) == expected


def test_an_empty_list_says_what_emptiness_means(client_for, operations):
    page = client_for(operations).get(reverse("cases")).content.decode()

    assert "Nothing is waiting here" in page


def test_a_queue_shows_only_its_kind(client_for, operations, cases):
    page = client_for(operations).get(reverse("queue", args=["unknown_sku"])).content.decode()

    assert titles(page) == ["WARRANTY-3Y is unknown"]


def test_an_unknown_queue_is_not_found(client_for, operations):
    assert client_for(operations).get("/queues/nonsense/").status_code == 404


def test_an_order_that_no_key_can_be_is_not_found(client_for, operations):
    assert client_for(operations).get("/orders/%00/").status_code == 404


def test_htmx_gets_only_the_list(client_for, operations, cases):
    page = client_for(operations).get(reverse("cases"), headers={"HX-Request": "true"})

    assert "<html" not in page.content.decode()
    assert "WARRANTY-3Y" in page.content.decode()


def test_the_list_costs_a_fixed_number_of_queries(
    client_for, operations, cases, django_assert_max_num_queries
):
    intake.file_findings([finding(f"CO-{n}", unknown_sku(f"SKU-{n}")) for n in range(100, 160)])
    client = client_for(operations)

    with django_assert_max_num_queries(7):
        client.get(reverse("cases") + "?currency=GBP")


def test_export_holds_what_the_filter_holds(client_for, operations, cases):
    response = client_for(operations).get(reverse("cases") + "?kind=unknown_sku&export=csv")

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 1
    assert rows[0]["Orders waiting"] == "2"


def test_a_case_says_what_is_wrong_and_marks_the_field(client_for, operations, cases):
    case = ExceptionCase.objects.get(kind="unknown_sku")

    page = client_for(operations).get(f"/cases/{case.pk}/?order=CO-1").content.decode()

    assert "Prima does not know WARRANTY-3Y." in page
    assert '<tr class="bad">' in page
    assert "Map to a product" in page


def test_payloads_are_text(client_for, operations, cases):
    case = ExceptionCase.objects.get(kind="unknown_sku")

    page = client_for(operations).get(f"/cases/{case.pk}/?order=CO-1").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_personal_data_is_masked_for_an_auditor(client_for, auditor, cases):
    case = ExceptionCase.objects.get(kind="unknown_sku")

    page = client_for(auditor).get(f"/cases/{case.pk}/?order=CO-1").content.decode()

    assert "ann@example.com" not in page
    assert "a•••@example.com" in page
    assert "WARRANTY-3Y" in page


def test_a_case_page_costs_a_fixed_number_of_queries(
    client_for, operations, cases, django_assert_max_num_queries
):
    case = ExceptionCase.objects.get(kind="unknown_sku")
    intake.file_findings([finding(f"CO-{n}", unknown_sku("WARRANTY-3Y")) for n in range(100, 160)])
    client = client_for(operations)
    client.get(reverse("case", args=[case.pk]))  # The catalogue is kept from then on.

    with django_assert_max_num_queries(20):
        client.get(reverse("case", args=[case.pk]))


def test_commenting_adds_to_the_timeline(client_for, operations, cases):
    case = cases[0]
    client = client_for(operations)

    client.post(
        reverse("act", args=[case.pk, "comment"]),
        {"version": case.version, "text": "Asked the customer."},
    )

    assert "Asked the customer." in client.get(reverse("case", args=[case.pk])).content.decode()


def test_the_second_of_two_people_is_told_what_changed(client_for, operations, finance, cases):
    case = cases[0]
    client_for(finance).post(
        reverse("act", args=[case.pk, "snooze"]),
        {"version": case.version, "until": timezone.localdate() + timedelta(days=3)},
    )

    response = client_for(operations).post(
        reverse("act", args=[case.pk, "dismiss"]),
        {"version": case.version, "reason": "Not needed."},
        follow=True,
    )

    assert str(finance) in response.content.decode()
    case.refresh_from_db()
    assert case.status == "snoozed"


def test_acting_on_all_that_match_goes_beyond_the_page(client_for, operations, db):
    intake.file_findings([finding(f"CO-{n}", unknown_sku(f"SKU-{n}")) for n in range(70)])

    response = client_for(operations).post(
        reverse("bulk"),
        {
            "action": "dismiss",
            "everything": "70",
            "filter": "kind=unknown_sku",
            "confirm": "1",
            "reason": "A test campaign.",
        },
    )

    job = BulkJob.objects.get()
    assert response["Location"] == reverse("job", args=[job.pk])
    assert job.total == 70


def test_acting_on_nothing_says_so(client_for, operations, cases):
    response = client_for(operations).post(
        reverse("bulk"), {"action": "dismiss", "filter": ""}, follow=True
    )

    assert "No case is selected" in response.content.decode()
    assert not BulkJob.objects.exists()


@pytest.mark.django_db
def test_an_unknown_kind_of_problem_still_has_a_page(client_for, operations):
    intake.file_findings([finding("CO-9", Problem("something_new", "It went wrong oddly."))])
    case = ExceptionCase.objects.get()

    page = client_for(operations).get(reverse("case", args=[case.pk])).content.decode()

    assert "It went wrong oddly." in page


def test_what_an_order_does_not_say_is_the_same_dash_everywhere(client_for, operations):
    now = timezone.now()
    CampaignOrder.objects.create(
        key="CO-0", payload={}, content_hash="0", first_seen_at=now, last_seen_at=now
    )

    page = client_for(operations).get(reverse("orders")).content.decode()

    assert "CO-0" in page
    assert "—" not in page


def test_a_queue_offers_only_what_its_cases_can_do(client_for, marketing, cases):
    client = client_for(marketing)

    def offered(name: str, *args: str) -> set[str]:
        page = client.get(reverse(name, args=args))
        return {action.slug for action in page.context["bulk_actions"]}

    assert "tell_customers" in offered("cases")
    assert "tell_customers" in offered("queue", "event_late")
    assert "tell_customers" not in offered("queue", "unknown_sku")


def test_a_case_that_is_put_right_asks_for_nothing_and_marks_nothing(client_for, operations, cases):
    case = ExceptionCase.objects.get(kind="unknown_sku")
    now = timezone.now()
    for key in ("CO-1", "CO-2"):
        order = CampaignOrder.objects.create(
            key=key, payload=PAYLOAD, content_hash=key, first_seen_at=now, last_seen_at=now
        )
        PrimaOrder.objects.create(
            campaign_order=order,
            prima_id=key,
            order_number=f"SO-{key}",
            account_code="A1",
            currency="GBP",
            gross=1,
            order_status="accepted",
            payload={"lines": [{"sku": "SRV-36"}]},
            created_at=now,
        )
    intake.file_findings([finding("CO-1", healed_by="a mapping", payload=PAYLOAD)])
    client = client_for(operations)

    halfway = client.get(f"/cases/{case.pk}/?order=CO-2").content.decode()
    intake.file_findings([finding("CO-2", healed_by="a mapping", payload=PAYLOAD)])
    page = client.get(f"/cases/{case.pk}/?order=CO-1").content.decode()

    assert "What is wrong" in halfway
    assert "What to do</h2>" in halfway
    assert "What was wrong" in page
    assert "Nothing is left to do" in page
    assert reverse("queue", args=["unknown_sku"]) in page
    assert "SRV-36" in page
    assert "Fields in red" not in page
    assert 'class="bad"' not in page


def test_work_over_many_leads_back_to_where_one_goes_on(client_for, operations, cases):
    client = client_for(operations)
    case = ExceptionCase.objects.get(kind="unknown_sku")
    now = timezone.now()
    one = BulkJob.objects.create(title="One", action="retry", case=case, created_at=now)
    many = BulkJob.objects.create(title="Many", action="assign", created_at=now)

    of_case = client.get(reverse("job", args=[one.pk])).content.decode()
    of_many = client.get(reverse("job", args=[many.pk])).content.decode()

    assert f'href="{reverse("queue", args=["unknown_sku"])}">On with the queue' in of_case
    assert f'href="{reverse("cases")}">On with the exceptions' in of_many


def test_within_a_queue_no_other_queue_is_offered(client_for, operations, auditor, cases):
    client = client_for(operations)

    queue = client.get(reverse("queue", args=["unknown_sku"]), {"q": "WARRANTY"})
    everything = client.get(reverse("cases"))

    assert titles(queue.content.decode()) == ["WARRANTY-3Y is unknown"]
    for page, offered in ((queue, False), (everything, True)):
        assert ("kind" in page.context["filter"].form.fields) is offered
        assert ("kind" in page.context["table"].columns.names()) is offered
    people = dict(everything.context["filter"].form.fields["assignee"].choices).values()
    assert str(operations) in people
    assert str(auditor) not in people


def test_cases_are_sorted_within_the_currency_of_most_of_their_orders(client_for, operations):
    intake.file_findings(
        [
            finding("CO-1", unknown_sku("YEN"), amount="90000.00", currency="JPY"),
            finding("CO-2", unknown_sku("EURO"), amount="20.00", currency="EUR"),
            finding("CO-3", unknown_sku("MIXED"), amount="30.00", currency="EUR"),
            finding("CO-4", unknown_sku("MIXED"), amount="31.00", currency="EUR"),
            finding("CO-5", unknown_sku("MIXED"), amount="70000.00", currency="JPY"),
            finding("CO-6", unknown_sku("SILENT"), amount=None, currency=""),
        ]
    )
    client = client_for(operations)

    page = client.get(reverse("cases"))
    export = client.get(reverse("cases"), {"export": "csv"})

    titles = [row.record.title for row in page.context["table"].paginated_rows]
    wanted = ["MIXED", "EURO", "YEN", "SILENT"]
    assert [word for title in titles for word in wanted if word in title] == wanted
    assert "by currency, then amount" in page.content.decode()
    told = b"".join(export.streaming_content).decode("utf-8-sig")
    assert "Value waiting (by currency, then amount)" in told
    assert told.index("MIXED") < told.index("EURO") < told.index("YEN") < told.index("SILENT")


def test_orders_are_sorted_within_each_currency(client_for, operations):
    now = timezone.now()
    for key, currency, paid in (("A", "JPY", 900), ("B", "EUR", 20), ("C", "JPY", 5)):
        CampaignOrder.objects.create(
            key=key, payload={}, content_hash=key, currency=currency, total_paid=paid,
            first_seen_at=now, last_seen_at=now,
        )  # fmt: skip

    page = client_for(operations).get(reverse("orders"), {"sort": "-total_paid"})

    assert [row.record.key for row in page.context["table"].paginated_rows] == ["B", "A", "C"]
