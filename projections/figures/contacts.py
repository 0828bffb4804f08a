"""Contacts: messages in and out, the time spent on them, and what is not recorded yet."""

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.contacts.table import CONTACTS
from projections.figures.dimensions import ALL, READ_FOR_CUSTOMERS
from projections.figures.figure import ComputedRows, CountedFacts, Figure, Of, Part, Ratio, Title, count
from projections.scope.figure_query import FigureQuery
from projections.tickets.table import TICKETS

_SQL = sql_file("projections.figures", "contacts.sql")
_NOT_YET = "nothing is recorded yet: calls come with the connections of channels"
_KINDS = ("talk", "hold", "after_contact")


def _messages(query: FigureQuery) -> sql.Composable:
    return _SQL["messages"].composed(query.schema, within=query.within("at"))


def _efforts(query: FigureQuery) -> sql.Composable:
    return _SQL["efforts"].composed(query.schema, within=query.within("at"))


def _nothing(*parts: str) -> ComputedRows:
    """The reading of a figure of which nothing is recorded yet."""
    return ComputedRows(lambda _query: (), lambda _query, _part: (), parts)


CONTACT_FIGURES = (
    Figure(
        name="contacts",
        title=Title("Messages", "Tin nhắn"),
        formula="receipts of tickets and messages of customers (in), and replies (out), each at its instant",
        source="contract of the figures: contacts",
        unit="count",
        subject="ticket",
        value=Of("messages"),
        reading=CountedFacts(
            _messages,
            (
                count("messages"),
                count("in", "direction = 'in'"),
                count("out", "direction = 'out'"),
                count("by_bots", "direction = 'out' and automated"),
            ),
            organisation_of="ticket",
        ),
        projections=(CONTACTS, TICKETS, *READ_FOR_CUSTOMERS),
        dimensions=ALL,
        note=_NOT_YET,
    ),
    Figure(
        name="contact-time",
        title=Title("Talk, hold and after-contact time", "Thời gian đàm thoại, giữ máy, sau liên hệ"),
        formula="(talk + hold + after-contact) / tickets with any of it in the period, each when it was logged",
        source="Genesys; by the channel of the ticket and the agent who spent the time",
        unit="seconds",
        subject="ticket",
        value=Ratio(_KINDS, ("tickets",)),
        reading=CountedFacts(
            _efforts,
            (
                *(
                    Part(kind, f"coalesce(sum(seconds) filter (where kind = '{kind}'), 0)", f"kind = '{kind}'", 0)
                    for kind in _KINDS
                ),
                *(
                    Part(f"mean_{kind}", f"avg(seconds) filter (where kind = '{kind}')::float8", f"kind = '{kind}'")
                    for kind in _KINDS
                ),
                Part("tickets", "count(distinct subject)", empty=0),
            ),
            organisation_of="ticket",
        ),
        projections=(CONTACTS, TICKETS, *READ_FOR_CUSTOMERS),
        dimensions=ALL,
        left_out=("other_kind",),
        note="the occupancy of agents needs their presence, which is not recorded",
    ),
    Figure(
        name="calls",
        title=Title("Calls", "Cuộc gọi"),
        formula="calls answered, missed and made",
        source="contract of the figures: contacts",
        unit="count",
        subject="ticket",
        value=Of("answered"),
        reading=_nothing("answered", "missed", "made"),
        projections=(CONTACTS,),
        dimensions=ALL,
        note=_NOT_YET,
    ),
)
