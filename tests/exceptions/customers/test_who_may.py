"""Who may see and change customers: roles, masking, posts only."""

import pytest
from django.test import Client
from django.urls import reverse

from exceptions.customers.urls import urlpatterns
from integration.identity import distinctions, merging
from integration.identity.models import (
    Candidate,
    LinkRun,
)
from tests.exceptions.customers.conftest import at, rows

pytestmark = pytest.mark.django_db
ROLES = ["operations", "finance", "marketing", "admin_person", "auditor"]
READING = ["customers", "link-reviews", "link-review", "apart", "linking"]


# --- who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [str(pattern.name) for pattern in urlpatterns])
def test_nobody_gets_in_without_signing_in(name):
    response = Client().get(at(name))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("name", READING)
def test_every_role_may_read(name, who, request, client_for, pair):
    assert client_for(request.getfixturevalue(who)).get(at(name)).status_code == 200


ACTING = ["link-accept", "link-reject", "link-bulk", "apart-back", "contact-link",
          "customer-unlink", "merger-undo", "linking-start"]  # fmt: skip


@pytest.mark.parametrize("name", ACTING)
def test_what_changes_something_answers_only_to_post(name, client_for, marketing):
    assert client_for(marketing).get(at(name)).status_code == 405


@pytest.mark.parametrize("who", ["finance", "auditor", "admin_person"])
def test_who_may_not_link_changes_nothing(who, request, client_for, pair, couple, operations):
    apart = distinctions.tell_apart(("sfmc", "X"), ("prima", "Y"), actor=operations, reason="x")
    merger = merging.merge(*couple, actor=operations, reason="x")
    client = client_for(request.getfixturevalue(who))
    before, kept = rows(), couple[0]
    said = {"reason": "x", "account": "A1", "link": kept.links.first().pk, "other": "CK-2"}

    answers = [
        client.post(url, said).status_code
        for url in (
            at("link-accept", pair.pk),
            at("link-reject", pair.pk),
            at("link-bulk"),
            at("apart-back", apart.pk),
            at("contact-link", "CK-1"),
            at("customer-unlink", kept.pk),
            at("customer-merge", kept.pk),
            at("merger-undo", merger.pk),
        )
    ]

    assert set(answers) == {403}
    assert rows() == before


@pytest.mark.parametrize(("who", "answer"), [("finance", 403), ("auditor", 403),
                                              ("admin_person", 302), ("marketing", 302)])  # fmt: skip
def test_marketing_operations_and_admins_link_an_estate(who, answer, request, client_for):
    client = client_for(request.getfixturevalue(who))

    assert client.post(at("linking-start"), {"what": "look"}).status_code == answer
    assert LinkRun.objects.exists() == (answer == 302)


def test_a_post_without_its_token_is_refused(marketing, pair):
    client = Client(enforce_csrf_checks=True)
    client.force_login(marketing)

    assert client.post(at("link-accept", pair.pk)).status_code == 403
    assert Candidate.objects.get().state == "open"


@pytest.mark.parametrize(("who", "shown"), [("marketing", True), ("auditor", False)])
def test_personal_data_is_masked_for_those_who_need_not_see_it(
    who, shown, request, client_for, pair, couple
):
    client = client_for(request.getfixturevalue(who))
    paths = [
        at("customers"),
        at("customer", couple[0].pk),
        at("link-review") + f"?at={pair.pk}",
        at("contact-identity", "CK-1"),
        at("customers") + "?export=csv",
    ]

    pages = [b"".join(client.get(path)).decode() for path in paths]

    seen = [("Smith" in page or "kate@x" in page or "High Street" in page) for page in pages]
    assert any(seen) == shown


@pytest.mark.parametrize(("who", "shown"), [("marketing", True), ("auditor", False),
                                            ("admin_person", False)])  # fmt: skip
def test_a_customer_is_called_by_name_and_key_or_by_the_key_alone(
    who, shown, request, client_for, couple, operations
):
    kept, gone = couple
    before = {one.pk: at("contact-identity", key) for one, key in ((kept, "CK-1"), (gone, "CK-2"))}
    merging.merge(kept, gone, actor=operations, reason="x")
    client = client_for(request.getfixturevalue(who))
    pages = {
        gone.pk: [at("customer", kept.pk)],
        kept.pk: [at("customer", gone.pk), *before.values()],
    }

    for called, paths in pages.items():
        for path in paths:
            page = client.get(path).content.decode()
            assert str(called) in page, path
            assert (f"Jane Smith ({called})" in page) == shown, path
            assert ("Smith" in page) == shown, path
