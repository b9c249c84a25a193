"""The ladder over all pairs, a page of contacts at a time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from connectors.sync.identity.estate.staging import PAGE, TRAITS, Beat
from connectors.sync.identity.ladder import Apart, Verdict, decide
from connectors.sync.identity.traits import Traits
from integration.identity.models import Distinction

_TABLES = """
DROP TABLE IF EXISTS estate_verdict, estate_near;
CREATE TEMP TABLE estate_verdict (
  contact integer PRIMARY KEY, account integer NOT NULL, step text NOT NULL, agrees jsonb NOT NULL,
  customer uuid);
CREATE TEMP TABLE estate_near (
  contact integer NOT NULL, account integer NOT NULL, score integer NOT NULL,
  reasons jsonb NOT NULL, several boolean NOT NULL);
"""
_OURS = ("n", *TRAITS, "shares_email", "shares_mobile")
_THEIRS = ("n", *TRAITS)
_READ = f"""
SELECT {", ".join(f"c.{name}" for name in _OURS)}, {", ".join(f"a.{name}" for name in _THEIRS)}
FROM estate_contact c
JOIN estate_pair p ON p.contact = c.n
JOIN estate_account a ON a.n = p.account
WHERE c.n BETWEEN %s AND %s
ORDER BY c.n, a.n
"""  # noqa: S608 - names of columns
_SPAN = "SELECT max(n) FROM (SELECT n FROM estate_contact WHERE n > %s ORDER BY n LIMIT %s) page"
Row = Sequence[Any]


def decide_all(beat: Beat) -> None:
    """Fills `estate_verdict` with who is certainly whom, and `estate_near` with who may be."""
    apart = _apart()
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
    last = 0
    while (until := _one(_SPAN, [last, PAGE])) is not None:
        _keep(list(_decided(last + 1, until, apart)))
        last = until
        beat(PAGE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE estate_verdict; ANALYZE estate_near")


def _decided(first: int, last: int, apart: Apart) -> Iterator[tuple[int, Verdict, dict[str, int]]]:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [first, last])
        rows = cursor.fetchall()
    width = len(_OURS)
    for number, pairs in groupby(rows, key=itemgetter(0)):
        found = list(pairs)
        accounts = {pair[width]: _traits(pair[width + 1 :]) for pair in found}
        numbers = {one.key: at for at, one in accounts.items()}
        yield number, decide(_contact(found[0][:width]), accounts.values(), apart), numbers


def _contact(row: Row) -> Traits:
    return replace(_traits(row[1 : 1 + len(TRAITS)]), shares_email=row[-2], shares_mobile=row[-1])


def _traits(values: Row) -> Traits:
    return Traits(**dict(zip(TRAITS, values, strict=True)))


def _keep(decided: list[tuple[int, Verdict, dict[str, int]]]) -> None:
    with connection.cursor() as cursor:
        with cursor.copy("COPY estate_verdict (contact, account, step, agrees) FROM STDIN") as into:
            for number, verdict, numbers in decided:
                if verdict.outcome == "same":
                    told = json.dumps(list(verdict.agrees))
                    into.write_row((number, numbers[verdict.account], verdict.step, told))
        with cursor.copy(
            "COPY estate_near (contact, account, score, reasons, several) FROM STDIN"
        ) as into:
            for number, verdict, numbers in decided:
                several = verdict.outcome == "several"
                for one in verdict.near:
                    told = json.dumps(list(one.reasons))
                    into.write_row((number, numbers[one.account], one.score, told, several))


def _apart() -> frozenset[tuple[str, str]]:
    rows = Distinction.objects.filter(
        withdrawn_at__isnull=True, one__startswith="prima:", other__startswith="sfmc:"
    ).values_list("other", "one")
    return frozenset(
        (other.removeprefix("sfmc:"), one.removeprefix("prima:")) for other, one in rows
    )


def _one(statement: str, values: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]
