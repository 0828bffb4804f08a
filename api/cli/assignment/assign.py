"""`assign explain` and `assign queue`: why a ticket is assigned as it is, and who would be next."""

from typing import Annotated

import typer

from api.cli.options import DEFAULT_TENANT, DEFAULT_ZONE, AsJson, Data, Lang, Tenant, Zone, zone_of
from api.cli.printing import local, say, show_json, show_line, show_table
from api.cli.tenant_database import connected, open_existing
from api.cli.ticket_names import ticket_named, unknown_ticket
from domain.event_log import reader
from domain.event_log.schema import schema_of
from projections.assignments.readings import READS, AssignmentChoice, assignment_queue, explained
from projections.audit.routing_text import candidate_text, routing_text
from projections.engine.checkpoints import position_of


def explain(
    ticket: Annotated[str, typer.Argument(help="The id of a ticket, or its number in the source.")],
    language: Lang = "en",
    zone: Zone = DEFAULT_ZONE,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Explain the assignment of a ticket.

    Every assignment and proposal that was recorded, and what routing would choose now if nobody had the ticket.
    """
    days = zone_of(zone)
    with open_existing(data, tenant) as dsn, connected(dsn) as connection, connection.transaction():
        position_of(connection, tenant, READS)
        stream = ticket_named(connection, schema_of(tenant), ticket)
        explanation = explained(connection, tenant, stream, reader.now(connection))
    if explanation is None:
        raise unknown_ticket(ticket)
    if as_json:
        show_json(explanation)
        return
    rows = [
        {
            "at": local(each.at, days),
            "by": each.by,
            "what": "proposed" if each.proposed else "assigned",
            "team": each.team,
            "agent": each.agent,
            "why": routing_text(None if each.routing is None else each.routing.model_dump(), language).strip(" ()")
            or None,
        }
        for each in explanation.recorded
    ]
    show_table("Recorded", rows, "nobody was assigned")
    if explanation.now is not None:
        _show_choice(explanation.now, language)
    say(_under(explanation.routing_version, days.key))


def queue(
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 20,
    zone: Zone = DEFAULT_ZONE,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """List the tickets that come next, and who would get them.

    Tickets without an agent, the one that is due first in front.
    """
    days = zone_of(zone)
    with open_existing(data, tenant) as dsn, connected(dsn) as connection, connection.transaction():
        position_of(connection, tenant, READS)
        waiting = assignment_queue(connection, tenant, reader.now(connection), limit)
    if as_json:
        show_json(waiting)
        return
    rows = [
        {
            "due": local(each.due_at, days),
            "waits since": local(each.since, days),
            "ticket": each.ticket,
            "priority": each.priority,
            "team": each.choice.team,
            "rule": each.choice.rule,
            "agent": each.choice.agent,
            "because": each.choice.because,
        }
        for each in waiting.tickets
    ]
    show_table("Next", rows, "no ticket waits for an agent")
    say(_under(waiting.routing_version, days.key))


def _show_choice(choice: AssignmentChoice, language: Lang) -> None:
    show_line(f"Routing would choose {choice.agent or 'nobody'} of {choice.team} (rule: {choice.rule or 'none'}).")
    rows = [{"candidate": each.agent, "why": candidate_text(each.why, language)} for each in choice.candidates]
    show_table(f"Candidates: {len(rows)} of {choice.considered}", rows, "the team has no agents")


def _under(version: int | None, zone: str) -> str:
    routing = "No routing is published: nothing is assigned by itself." if version is None else f"Routing {version}."
    return f"{routing} Times are of {zone}."
