"""First contact resolution in every variant, and repeat contacts."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import LiteralString

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.customers.survivors import same_person
from projections.figures.dimensions import ALL, READ_FOR_CUSTOMERS
from projections.figures.figure import TOLD_LATE, CountedFacts, Figure, Ratio, Title, count, persons
from projections.figures.of_tickets import DIMENSIONS
from projections.first_contact.queries import (
    WINDOW_IN_SQL,
    Variant,
    counted_and_left_out,
    judged_tickets,
    repeated_contacts,
)
from projections.first_contact.table import FIRST_CONTACT
from projections.scope.exclusions import NO_CONTACT, NOT_AS_RESOLVED, is_left_out
from projections.scope.figure_query import FigureQuery
from projections.tickets.table import TICKETS

_SQL = sql_file("projections.figures", "first_contact.sql")
_READ = (FIRST_CONTACT, TICKETS, *READ_FOR_CUSTOMERS)
_UNKNOWN: Mapping[Variant, LiteralString] = MappingProxyType(
    {
        "headline": "not_first_level",
        "one_touch": "messages_unknown",
        "no_recontact": "messages_unknown",
        "customer_confirmed": "messages_unknown",
    }
)
"""Why a resolved ticket is outside the denominator of a variant."""
_SECOND_VERSION: frozenset[Variant] = frozenset({"headline", "gross", "no_recontact", "customer_confirmed"})
"""The variants that counted no message of before the receipt, of tickets merged into it, in their first version."""
_KNOWN_AT_ONCE: frozenset[Variant] = frozenset({"gross", "one_owner"})
"""The variants that nothing after the resolution changes."""


def _judged(query: FigureQuery, variant: Variant) -> sql.Composable:
    """A fact for each resolved ticket. The filters of the question apply later, to its dimensions."""
    scope = replace(query.scope, where={}, by=())
    rows = counted_and_left_out(query.schema, scope)
    unknown = _UNKNOWN.get(variant)
    reason: sql.Composable = sql.SQL("left_out")
    if unknown:
        reason = sql.SQL("coalesce(left_out, case when {} is null then {} end) as left_out").format(
            sql.Identifier(variant), sql.Literal(unknown)
        )
    return _SQL["judged"].composed(
        query.schema,
        reason=reason,
        final=sql.SQL("true" if variant in _KNOWN_AT_ONCE else "coalesce(final, true)"),
        dimensions=DIMENSIONS,
        variant=sql.Identifier(variant),
        judged=judged_tickets(query.connection, query.schema, scope, rows, query.now),
    )


def _repeated(query: FigureQuery) -> sql.Composable:
    """The tickets received in the period; the repeated contact may lie in the 7 days behind it."""
    person = same_person(query.connection, query.schema)
    return _SQL["repeated"].composed(
        query.schema,
        families=person.families,
        repeated=repeated_contacts(query.schema, person, query.scope.start, query.scope.end),
        no_contact=is_left_out(NO_CONTACT),
        dimensions=DIMENSIONS,
        within=query.within("received_at"),
        window=WINDOW_IN_SQL,
        now=sql.Literal(query.now),
    )


def _variant(variant: Variant, name: str, title: Title, formula: str, source: str) -> Figure:
    unknown = _UNKNOWN.get(variant)
    return Figure(
        name=name,
        title=title,
        formula=formula,
        source=source,
        unit="share",
        subject="ticket",
        value=Ratio(("kept",), ("resolved",)),
        reading=CountedFacts(
            lambda query: _judged(query, variant),
            (count("kept", "kept"), count("resolved"), TOLD_LATE),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=ALL,
        left_out=(*NOT_AS_RESOLVED, *((unknown,) if unknown else ())),
        version=2 if variant in _SECOND_VERSION else 1,
    )


FIRST_CONTACT_FIGURES = (
    _variant(
        "headline",
        "fcr",
        Title("First contact resolution", "Giải quyết ngay lần đầu"),
        "resolved on the first contact, and within 7 days not reopened and no new ticket of the same customer and"
        " category / resolved and resolvable at first level; provisional until the 7 days are over",
        "MetricNet net FCR",
    ),
    _variant(
        "gross",
        "fcr-gross",
        Title("First contact, gross", "Giải quyết lần đầu, thô"),
        "resolved on the first contact, whatever comes later / resolved",
        "MetricNet gross FCR",
    ),
    _variant(
        "one_touch",
        "fcr-one-touch",
        Title("One touch", "Một lần trả lời"),
        "at most one public reply by a person, up to 7 days after the resolution / resolved with known messages",
        "Zendesk",
    ),
    _variant(
        "no_recontact",
        "fcr-no-recontact",
        Title("No further message", "Không liên hệ lại"),
        "no customer message after the first, up to 7 days after the resolution / resolved with known messages",
        "Freshservice",
    ),
    _variant(
        "one_owner",
        "fcr-one-owner",
        Title("One owner", "Một người phụ trách"),
        "exactly one agent and never queued, up to the resolution / resolved",
        "HDI first level resolution",
    ),
    _variant(
        "customer_confirmed",
        "fcr-customer-confirmed",
        Title("Confirmed by the customer", "Khách hàng xác nhận"),
        "on the first contact and closed by the customer within 7 days / resolved with known messages",
        "HDI",
    ),
    Figure(
        name="repeat-contact",
        title=Title("Customers who came back", "Khách liên hệ lại"),
        formula="customers with another ticket of the same category within 7 days / customers with a ticket received;"
        " provisional for the last 7 days",
        source="callcentrehelper; the customer-care handbook",
        unit="share",
        subject="ticket",
        value=Ratio(("repeated",), ("customers",)),
        reading=CountedFacts(
            _repeated,
            (persons("repeated", "repeated"), persons("customers"), count("tickets"), TOLD_LATE),
            of_persons=True,
            settled="repeated",
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=ALL,
        left_out=tuple(NO_CONTACT),
    ),
)
