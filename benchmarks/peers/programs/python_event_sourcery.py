"""Tickets as aggregates of python-event-sourcery, in its SQLAlchemy backend."""

from functools import partial
from uuid import uuid4

from event_sourcery import StreamUUID
from event_sourcery.event import Event
from event_sourcery.event_sourcing import Aggregate, Repository
from event_sourcery_sqlalchemy import SQLAlchemyBackend, configure_models
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import DeclarativeBase, Session

from benchmarks.callers import in_threads
from benchmarks.peers.programs.line_protocol import answer

CONNECTIONS = 8


class TicketReceived(Event):
    customer: str
    channel: str
    subject: str
    category: str
    priority: str


class TicketAssigned(Event):
    team: str


class WorkStarted(Event):
    pass


class TicketResolved(Event):
    resolution: str


class Ticket(Aggregate):
    category = "ticket"

    def __init__(self) -> None:
        self.state = ""

    def __apply__(self, event: Event) -> None:
        match event:
            case TicketReceived():
                self.state = "received"
            case TicketAssigned():
                self.state = "assigned"
            case WorkStarted():
                self.state = "in_progress"
            case TicketResolved():
                self.state = "resolved"

    def receive(self) -> None:
        self._must_be("")
        self._emit(
            TicketReceived(
                customer="c", channel="zalo", subject="The invoice is wrong", category="billing", priority="P1"
            )
        )

    def assign(self, team: str) -> None:
        self._must_be("received")
        self._emit(TicketAssigned(team=team))

    def start(self) -> None:
        self._must_be("assigned")
        self._emit(WorkStarted())

    def resolve(self, resolution: str) -> None:
        self._must_be("in_progress")
        self._emit(TicketResolved(resolution=resolution))

    def _must_be(self, state: str) -> None:
        if self.state != state:
            raise ValueError(self.state)


class Base(DeclarativeBase):
    pass


def one_ticket(engine: Engine) -> None:
    """Each command has a session of its own, as a request has."""
    ticket = StreamUUID(uuid4())
    for command, *facts in (("receive",), ("assign", "first line"), ("start",), ("resolve", "Sent a new invoice")):
        with Session(engine) as session:
            tickets = Repository[Ticket](SQLAlchemyBackend().configure(session).event_store)
            with tickets.aggregate(ticket, Ticket()) as loaded:
                getattr(loaded.aggregate, command)(*facts)
            session.commit()


def main() -> None:
    configure_models(Base)
    engine = create_engine("postgresql+psycopg2://", pool_size=CONNECTIONS)
    Base.metadata.create_all(engine)
    answer(partial(in_threads, one_ticket=partial(one_ticket, engine)))


if __name__ == "__main__":
    main()
