"""Links contacts as they come and change: a page of them at a time, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from connectors.sync.identity import lookup, traits
from connectors.sync.identity.ladder import Verdict, decide
from connectors.sync.identity.traits import Traits
from connectors.sync.mirrored import customer_from
from integration.identity import candidates, distinctions, keys
from integration.identity.candidates import Found
from integration.mirror.models import Contact

EVIDENCE = "agrees"


def link(contacts: Sequence[Contact]) -> dict[str, int]:
    """Counts of "linked", "suggested", "ambiguous" and "alone". Linked contacts are left alone."""
    known = keys.accounts_by_contact(contact.key for contact in contacts)
    whos = [contact_traits(contact) for contact in contacts if contact.key not in known]
    verdicts = _verdicts(whos)
    counted: dict[str, int] = defaultdict(int)
    with transaction.atomic():
        for key, verdict in verdicts.items():
            counted[_word(verdict)] += 1
            if verdict.outcome == "same":
                keys.link(
                    key,
                    verdict.account,
                    method=verdict.step,
                    actor=None,
                    evidence={EVIDENCE: list(verdict.agrees)},
                )
        open_ = [key for key, verdict in verdicts.items() if verdict.outcome != "same"]
        candidates.offer(open_, [one for key in open_ for one in found(key, verdicts[key])])
    return counted


def contact_traits(contact: Contact) -> Traits:
    return replace(traits.of_contact(contact.key, columns(contact)), is_lead=contact.is_lead)


def columns(contact: Contact) -> dict[str, str]:
    """What is known of the contact under our field names."""
    return {
        **contact.data,
        "email": contact.email,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "company_name": contact.company_name,
        "tax_number": contact.tax_number,
        "mobile": contact.mobile,
        "postcode": contact.postcode,
    }


def found(key: str, verdict: Verdict) -> list[Found]:
    """The pairs for the queue of a person."""
    several = verdict.outcome == "several"
    return [
        Found(key, one.account, one.score, one.reasons, several=several) for one in verdict.near
    ]


def _verdicts(whos: Sequence[Traits]) -> dict[str, Verdict]:
    if not whos:
        return {}
    rows = lookup.accounts().filter(lookup.sharing(whos))
    near = [traits.of_account(customer_from(row.data)) for row in rows]
    by: dict[tuple[str, str], list[Traits]] = defaultdict(list)
    for one in near:
        for mark in _marks(one.held_key, one.key, one):
            by[mark].append(one)
    shared = lookup.shared_emails(who.email for who in whos)
    apart = distinctions.accounts_apart(who.key for who in whos)
    return {
        who.key: decide(
            replace(who, shares_email=who.email in shared),
            [one for mark in _marks(who.key, who.account, who) for one in by.get(mark, ())],
            apart,
        )
        for who in whos
    }


def _marks(key: str, account: str, one: Traits) -> list[tuple[str, str]]:
    """By what the two sides find each other."""
    marks = {
        "key": key.upper(),
        "account": account.upper(),
        "vat": one.vat,
        "email": one.email,
        "mobile": one.mobile,
    }
    return [(name, value) for name, value in marks.items() if value]


def _word(verdict: Verdict) -> str:
    words = {"same": "linked", "several": "ambiguous", "maybe": "suggested", "nobody": "alone"}
    return words[verdict.outcome]
