"""Which contact has to be compared with which account: set-based, and never everybody with all."""

from django.db import connection

MOST_SHARING = 20
"""An identifier that more accounts than this have belongs to nobody in particular."""
MOST_NAMESAKES = 3
MOST_OF_DOMAIN = 5

_PAIRS = """
DROP TABLE IF EXISTS estate_pair;
CREATE TEMP TABLE estate_pair AS
SELECT c.n AS contact, a.n AS account
FROM estate_contact c JOIN estate_account a ON upper(a.held_key) = c.upper_key
WHERE a.held_key <> '' AND NOT c.is_linked
UNION
SELECT c.n, a.n FROM estate_contact c JOIN estate_account a ON a.upper_key = upper(c.account)
WHERE c.account <> '' AND NOT c.is_linked
{shared}
{blocks};
CREATE INDEX ON estate_pair (contact);
ANALYZE estate_pair;
"""
# Who shares it is counted before anything is joined: a domain of thousands must not meet thousands.
_SHARED = """
UNION
SELECT c.n, a.n FROM estate_contact c
JOIN (SELECT n, {name}, count(*) OVER (PARTITION BY {name}) AS sharing
      FROM estate_account WHERE {name} <> '') a ON a.{name} = c.{name}
WHERE a.sharing <= {most} AND c.{name} <> '' AND NOT c.is_linked
"""
_BLOCKED = """
UNION
SELECT c.n, a.n FROM estate_contact c JOIN estate_account a ON a.{name} = c.{name}
WHERE c.{name} <> '' AND NOT c.is_linked
"""


def find() -> int:
    """Answers how many pairs there are."""
    identifiers = ("vat", "company_number", "email", "mobile", "phone", "number")
    shared = [_SHARED.format(name=name, most=MOST_SHARING) for name in identifiers]
    shared.append(_SHARED.format(name="domain", most=MOST_OF_DOMAIN))
    shared.append(_SHARED.format(name="name", most=MOST_NAMESAKES))
    blocks = [_BLOCKED.format(name=name) for name in ("block", "company_block")]
    statement = _PAIRS.format(shared="".join(shared), blocks="".join(blocks))
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM estate_pair")
        return int(cursor.fetchone()[0])
