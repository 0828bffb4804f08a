"""Searches: customers by the beginning of a name, a number, an address or a reference; tickets by their subject."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.event_log.sql_files import sql_file
from domain.ids import canonical
from domain.text_folding import fold_name
from projections.search.table import TermKind
from projections.search.words import MOST_WORDS, digits_of, search_form, words_of

SCANNED = 1_000
"""How many terms a prefix reads, and how many tickets a search by subject."""
CANDIDATES = 4
"""How many candidates for each hit are put in order."""
_FEWEST_DIGITS = 3
_NUMBER = frozenset("0123456789 +-().")
_SQL = sql_file("projections.search", "search.sql")


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """``found`` is the customer with the term; ``customer`` the survivor of its merges, whose name is shown."""

    customer: UUID
    name: str | None
    tier: str | None
    party: str
    matched: TermKind
    found: UUID
    found_name: str | None


@dataclass(frozen=True, slots=True)
class TicketHit:
    ticket: UUID
    customer: UUID
    subject: str
    state: str
    received_at: datetime


class _Prefix(NamedTuple):
    kind: TermKind
    low: str


def customers_matching(
    connection: Connection, schema: str, text: str, *, limit: int, country_code: int | None = None
) -> list[CustomerHit]:
    """Customers that a text may mean, the best first. The cost does not grow with the number of customers.

    Words match the beginnings of the words of a name in any order. ``country_code`` completes a national number.
    A text with accents prefers names that have them.
    """
    prefixes = _prefixes(text, country_code)
    if not prefixes:
        return []
    parameters = {
        "kinds": [prefix.kind for prefix in prefixes],
        "lows": [prefix.low for prefix in prefixes],
        "highs": [_after(prefix.low) for prefix in prefixes],
        "words": [f"% {word}%" for word in words_of(text)[:MOST_WORDS]],
        "scanned": SCANNED,
        "limit": CANDIDATES * limit,
    }
    rows = connection.execute(_SQL["customers by beginning"].filled(schema=schema), parameters).fetchall()
    if not rows:
        return []
    rows_by_customer = {row[0]: row for row in rows}
    survivors = connection.execute(
        _SQL["survivors"].filled(schema=schema), {"customers": list(rows_by_customer)}
    ).fetchall()
    written = fold_name(text).casefold()

    def order(hit: CustomerHit) -> tuple[object, ...]:
        _, _, term, rank = rows_by_customer[hit.found]
        as_written = written in (hit.found_name or "").casefold()
        return (not as_written, rank, term, hit.customer)

    hits = [
        CustomerHit(customer, name, tier, party, rows_by_customer[of][1], of, found_name)
        for of, customer, name, tier, party, found_name in survivors
    ]
    best: dict[UUID, CustomerHit] = {}
    for hit in sorted(hits, key=order):
        best.setdefault(hit.customer, hit)
    return list(best.values())[:limit]


def tickets_matching(connection: Connection, schema: str, text: str, *, limit: int) -> list[TicketHit]:
    """The tickets with this reference or id, then the newest whose subject holds the words."""
    ticket: UUID | None = None
    with suppress(ValueError):
        ticket = UUID(str(canonical(text.strip())))
    exact = {"reference": fold_name(text), "id": ticket, "limit": limit}
    rows = connection.execute(_SQL["tickets by reference"].filled(schema=schema), exact).fetchall()
    if words := words_of(text)[:MOST_WORDS]:
        query = " & ".join(f"'{word}'" for word in words) + ":*"
        parameters = {"query": query, "scanned": SCANNED, "limit": limit}
        rows += connection.execute(_SQL["tickets by subject"].filled(schema=schema), parameters).fetchall()
    return list(dict.fromkeys(TicketHit(*row) for row in rows))[:limit]


def _prefixes(text: str, country_code: int | None) -> list[_Prefix]:
    """What terms may begin with, the likeliest first."""
    form = search_form(text)
    prefixes: list[_Prefix] = []
    digits = digits_of(text)
    if len(digits) >= _FEWEST_DIGITS and set(form) <= _NUMBER:
        national = digits.lstrip("0")
        prefixes.append(_Prefix("phone", digits))
        if digits.startswith("0") and country_code is not None:
            prefixes.append(_Prefix("phone", f"{country_code}{national}"))
        prefixes.append(_Prefix("phone_end", national[::-1]))
    if words := words_of(text)[:MOST_WORDS]:
        prefixes.append(_Prefix("name", " ".join(words)))
        prefixes += [_Prefix("name", word) for word in sorted(set(words), key=len, reverse=True)[:4] if len(words) > 1]
        prefixes.append(_Prefix("reference", form))
        prefixes.append(_Prefix("address", form))
        prefixes.append(_Prefix("domain", form.removeprefix("@")))
    return [prefix for prefix in prefixes if prefix.low]


def _after(prefix: str) -> str:
    """The least text, by code points, that is greater than every text with this prefix."""
    return prefix + "\U0010ffff"
