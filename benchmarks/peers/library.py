"""The same job with the eventsourcing library as it comes: its aggregate, its application, its PostgreSQL recorder."""

from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from psycopg.conninfo import conninfo_to_dict

from benchmarks.callers import in_threads


class Ticket(Aggregate):
    @event("Received")
    def __init__(self, customer: str, channel: str, subject: str, category: str, priority: str) -> None:
        self.customer, self.channel, self.subject = customer, channel, subject
        self.category, self.priority, self.team, self.state = category, priority, "", "received"

    @event("Assigned")
    def assign(self, team: str) -> None:
        self.team, self.state = team, "assigned"

    @event("WorkStarted")
    def start(self) -> None:
        self.state = "in_progress"

    @event("Resolved")
    def resolve(self, resolution: str) -> None:
        self.resolution, self.state = resolution, "resolved"


class Desk(Application[UUID]):
    def ticket(self) -> None:
        """Four commands, each loaded and saved."""
        ticket = Ticket("c", "zalo", "The invoice is wrong", "billing", "P1")
        self.save(ticket)
        for command, *facts in (("assign", "first line"), ("start",), ("resolve", "Sent a new invoice")):
            loaded: Ticket = self.repository.get(ticket.id)
            getattr(loaded, command)(*facts)
            self.save(loaded)


def environment(dsn: str) -> dict[str, str]:
    """The library's default recorder on this database."""
    parts = conninfo_to_dict(dsn)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts.get("dbname", "postgres")),
        "POSTGRES_HOST": str(parts.get("host", "")),
        "POSTGRES_PORT": str(parts.get("port", 5432)),
        "POSTGRES_USER": str(parts.get("user", "postgres")),
        "POSTGRES_PASSWORD": str(parts.get("password", "")),
    }


def commands_a_second(dsn: str, callers: int, tickets: int) -> float:
    """``callers`` threads with ``tickets`` tickets of four commands each."""
    app = Desk(env=environment(dsn))
    a_second = in_threads(callers, tickets, app.ticket)
    app.close()
    return a_second
