"""Findings become cases: opened, joined, healed, come back; never lost, never silent."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from exceptions import lifecycle
from exceptions.intake import close_records, file_findings
from exceptions.models import CaseEvent, ExceptionCase, Occurrence, Status
from integration.accounts.models import User
from integration.core.problems import Problem
from tests.factories.findings import finding, no_tax_number, unknown_sku

pytestmark = pytest.mark.django_db


def test_orders_with_one_cause_are_one_case_with_their_money() -> None:
    # given / when
    file_findings(
        [
            finding("CO-1", unknown_sku("WARRANTY-3Y"), amount="10.00"),
            finding("CO-2", unknown_sku(" warranty-3y "), amount="20.50"),
            finding("CO-3", unknown_sku("WARRANTY-3Y"), amount="5.00", currency="EUR"),
        ]
    )

    # then
    case = ExceptionCase.objects.get()
    assert case.title == "SKU WARRANTY-3Y is unknown in Prima"
    assert case.open_count == 3
    assert case.value_waiting == {"GBP": "30.5000", "EUR": "5.0000"}
    assert case.status == Status.OPEN
    assert [event.action for event in case.events.all()] == ["opened"]


def test_two_lines_with_one_cause_are_one_occurrence() -> None:
    file_findings([finding("CO-1", unknown_sku("X", 0), unknown_sku("X", 4))])

    occurrence = Occurrence.objects.get()
    assert occurrence.pointers == ["/lines/0/sku", "/lines/4/sku"]
    assert occurrence.sightings == 1


def test_an_order_with_two_causes_is_in_two_cases() -> None:
    file_findings([finding("CO-1", unknown_sku("X"), no_tax_number("ACME"))])

    assert sorted(ExceptionCase.objects.values_list("kind", "open_count")) == [
        ("missing_tax_number", 1),
        ("unknown_sku", 1),
    ]


def test_the_same_sighting_again_is_counted_not_doubled() -> None:
    file_findings([finding("CO-1", unknown_sku("X"), amount="10.00")])
    file_findings([finding("CO-1", unknown_sku("X"), amount="12.00")])

    assert Occurrence.objects.get().sightings == 2
    assert ExceptionCase.objects.get().value_waiting == {"GBP": "12.0000"}
    assert CaseEvent.objects.count() == 1


def test_what_is_no_longer_wrong_heals_and_says_by_what() -> None:
    # given
    file_findings([finding("CO-1", unknown_sku("X"), no_tax_number("ACME"))])

    # when
    file_findings([finding("CO-1", no_tax_number("ACME"), healed_by="mapping SKU X → WAR-36")])

    # then
    healed = ExceptionCase.objects.get(kind="unknown_sku")
    assert (healed.status, healed.open_count, healed.value_waiting) == (Status.RESOLVED, 0, {})
    assert healed.resolution == "Healed by mapping SKU X → WAR-36"
    assert healed.occurrences.get().closed_by == "Healed by mapping SKU X → WAR-36"
    assert healed.events.latest("id").note == "Healed by mapping SKU X → WAR-36"
    assert ExceptionCase.objects.get(kind="missing_tax_number").status == Status.OPEN


def test_what_heals_beside_another_problem_does_not_claim_to_have_gone_through() -> None:
    file_findings([finding("CO-1", unknown_sku("X"), no_tax_number("ACME"))])
    file_findings([finding("CO-1", no_tax_number("ACME"))])

    healed = ExceptionCase.objects.get(kind="unknown_sku")
    assert healed.resolution == "No longer wrong when it was tried again"


def test_a_case_with_other_orders_stays_open() -> None:
    file_findings([finding("CO-1", unknown_sku("X")), finding("CO-2", unknown_sku("X"))])
    file_findings([finding("CO-1")])

    case = ExceptionCase.objects.get()
    assert (case.status, case.open_count) == (Status.OPEN, 1)
    closed = Occurrence.objects.get(external_id="CO-1")
    assert closed.closed_by == "Went through when tried again"


def test_a_resolved_cause_that_is_seen_again_comes_back() -> None:
    # given
    file_findings([finding("CO-1", unknown_sku("X"))])
    file_findings([finding("CO-1")])
    assert ExceptionCase.objects.get().resolution == "Went through when tried again"

    # when
    file_findings([finding("CO-9", unknown_sku("X"))])

    # then
    case = ExceptionCase.objects.get()
    assert (case.status, case.regressions, case.open_count) == (Status.OPEN, 1, 1)
    assert (case.resolution, case.closed_at) == ("", None)
    assert [event.action for event in case.events.all()] == ["opened", "resolved", "came_back"]


def test_a_dismissed_case_is_quiet_for_its_records_and_opens_for_others(operations: User) -> None:
    # given
    file_findings([finding("CO-1", unknown_sku("X"))])
    case = ExceptionCase.objects.get()
    lifecycle.dismiss(case, "Test orders", actor=operations, version=case.version)

    # when the same record is seen again
    file_findings([finding("CO-1", unknown_sku("X"))])

    # then
    case.refresh_from_db()
    assert (case.status, case.open_count) == (Status.DISMISSED, 0)

    # when another record has the same cause
    file_findings([finding("CO-2", unknown_sku("X"))])

    # then
    case.refresh_from_db()
    assert (case.status, case.open_count, case.regressions) == (Status.OPEN, 1, 1)


def test_a_rejected_record_leaves_every_case_in_words() -> None:
    file_findings([finding("CO-1", unknown_sku("X"), no_tax_number("ACME"))])

    close_records([finding("CO-1").subject], "Rejected by Olive: a test order")

    assert set(ExceptionCase.objects.values_list("status", "resolution")) == {
        (Status.RESOLVED, "Rejected by Olive: a test order")
    }


def test_a_problem_nobody_knows_is_an_unexpected_failure() -> None:
    file_findings([finding("CO-1", Problem("gremlins", "Something odd."))])

    case = ExceptionCase.objects.get()
    assert case.kind == "unexpected_failure"
    assert case.facts["place"] == "gremlins"


def test_text_that_a_database_refuses_is_kept_readable() -> None:
    odd = "a\x00b\ud800" + "x" * 600
    file_findings(
        [finding("CO-1\x00", unknown_sku(odd), payload={"order": {"name\x00": "Zoë 🎉\x00"}})]
    )

    case = ExceptionCase.objects.get()
    assert len(case.title) == 250
    occurrence = Occurrence.objects.get()
    assert occurrence.external_id == "CO-1\ufffd"
    assert occurrence.source_payload == {"order": {"name\ufffd": "Zoë 🎉\ufffd"}}


@pytest.mark.parametrize("number", [2, 200])
def test_filing_takes_a_fixed_number_of_queries(number: int, django_assert_max_num_queries) -> None:
    first = [
        finding(f"CO-{n}", unknown_sku(f"S{n % 7}"), no_tax_number(f"A{n}")) for n in range(number)
    ]
    with django_assert_max_num_queries(13):
        file_findings(first)
    second = [finding(f"CO-{n}", unknown_sku(f"S{n % 7}")) for n in range(number)]
    with django_assert_max_num_queries(11):
        file_findings(second)


def test_good_orders_cost_one_question(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(3):
        file_findings([finding(f"CO-{n}") for n in range(200)])


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_one_new_cause_open_one_case() -> None:
    # given
    workers = 4
    together = Barrier(workers)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(5):
                together.wait(timeout=20)
                file_findings(
                    [
                        finding(f"CO-{step}-{number}-{n}", unknown_sku(f"S{step}"), amount="1.00")
                        for n in range(10)
                    ]
                    + [finding(f"CO-{step - 1}-{number}-0")]
                )
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failures.append(error)
            together.abort()
        finally:
            connection.close()

    # when
    threads = [Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then
    assert failures == []
    assert ExceptionCase.objects.count() == 5
    assert sorted(ExceptionCase.objects.values_list("fingerprint", flat=True).distinct()) == sorted(
        ExceptionCase.objects.values_list("fingerprint", flat=True)
    )
    for case in ExceptionCase.objects.all():
        waiting = case.occurrences.filter(closed_at__isnull=True).count()
        assert case.open_count == waiting
        assert case.value_waiting == {"GBP": f"{waiting}.0000"}
        assert [event.action for event in case.events.all()].count("opened") == 1
