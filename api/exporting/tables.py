"""Every exported table, and which of them an export holds."""

from typing import Any, Literal

from psycopg import sql

from api.exporting.changes import CHANGED
from api.exporting.events import EVENTS
from api.exporting.exported_table import UUID_TYPE, ExportedTable, exported
from api.exporting.figures import EXPORTED_FIGURES
from api.exporting.tickets import EXPORTED_TICKETS
from projections.contracts.table import CONTRACTS
from projections.customers.facts.rows import KnownPurchase
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.table import CUSTOMERS, KnownCustomer
from projections.engine.projection import Projection
from projections.engine.table import Column
from projections.feedback.table import FEEDBACK
from projections.files.table import FILES
from projections.procedures.table import PROCEDURES, StepRow
from projections.sla.table import SLA_CLOCKS, SlaClock
from projections.tasks.table import TASKS, TaskRow
from projections.tickets.resolutions import TicketResolution
from projections.tickets.table import TICKETS
from projections.usage.table import USAGE

Noun = Literal["tickets", "events", "customers", "figures", "everything"]
"""What can be exported."""


def _of(
    projection: Projection, name: str, grain: str, *, source: str | None = None, row: type[Any] | None = None
) -> ExportedTable:
    (table,) = (table for table in projection.tables if table.name == name)
    return exported(projection, table, grain, source=source, row=row)


_CHANGED_STREAMS = ExportedTable(
    name="changed_streams",
    grain="One row for each stream with an event after the earlier position; its older rows no longer count.",
    key=("stream",),
    columns=(Column("stream", UUID_TYPE, nullable=False),),
    projections=(),
    select=lambda _: sql.SQL("select stream from {} order by stream").format(sql.SQL(CHANGED)),
)

EXPORTED_CUSTOMERS = _of(CUSTOMERS, "customers", "One row for each customer, merged or not.", row=KnownCustomer)
_TABLES = (
    EXPORTED_TICKETS,
    exported(
        TICKETS,
        TICKETS.tables[1],
        "One row for each resolution of a ticket, with the last rating given to it.",
        row=TicketResolution,
    ),
    exported(
        SLA_CLOCKS,
        SLA_CLOCKS.tables[0],
        "One row for each instance of a target of a ticket. A running clock adds the time since running_since.",
        name="sla_instances",
        row=SlaClock,
    ),
    EXPORTED_CUSTOMERS,
    _of(CUSTOMERS, "customer_addresses", "One row for each address of a customer."),
    _of(CUSTOMERS, "customer_memberships", "One row for each organisation that a person belongs to."),
    _of(CUSTOMERS, "customer_matches", "One row for each match that was proposed for a customer."),
    _of(CONTRACTS, "contracts", "One row for each contract, with its newest term. Money is in minor units."),
    _of(CONTRACTS, "contract_terms", "One row for each term of a contract. Money is in minor units."),
    _of(CONTRACTS, "contract_milestones", "One row for each milestone of a contract."),
    _of(
        CUSTOMER_FACTS,
        "purchases",
        "One row for each purchase, as it is known now. Money is in minor units.",
        row=KnownPurchase,
    ),
    _of(CUSTOMER_FACTS, "offers", "One row for each offer with its answer. Money is in minor units."),
    _of(CUSTOMER_FACTS, "nps_answers", "One row for each answer to an NPS survey."),
    _of(CUSTOMER_FACTS, "consents", "One row for each consent that was given or withdrawn."),
    _of(CUSTOMER_FACTS, "customer_dates", "One row for each yearly day of a customer."),
    _of(CUSTOMER_FACTS, "activities", "One row for each activity of another system."),
    _of(CUSTOMER_FACTS, "check_ins", "One row for each check-in with a customer."),
    _of(CUSTOMER_FACTS, "customer_notes", "One row for each note about a customer."),
    _of(FEEDBACK, "feedback", "One row for each piece of feedback."),
    _of(USAGE, "usage_days", "One row for each day of a metric: the value recorded last.", source="newest usage"),
    _of(FILES, "files", "One row for each file, without its content."),
    _of(PROCEDURES, "procedures", "One row for each procedure that was started."),
    exported(
        PROCEDURES,
        PROCEDURES.tables[1],
        "One row for each step of a procedure that was opened.",
        row=StepRow,
    ),
    exported(TASKS, TASKS.tables[0], "One row for each task.", row=TaskRow),
    EXPORTED_FIGURES,
    EVENTS,
)


def tables_of(noun: Noun, *, incremental: bool) -> tuple[ExportedTable, ...]:
    """The tables of an export. An incremental one of everything also lists the streams that changed."""
    match noun:
        case "tickets":
            return (EXPORTED_TICKETS,)
        case "customers":
            return (EXPORTED_CUSTOMERS,)
        case "figures":
            return (EXPORTED_FIGURES,)
        case "events":
            return (EVENTS,)
        case "everything":
            return (*_TABLES, *([_CHANGED_STREAMS] if incremental else []))
