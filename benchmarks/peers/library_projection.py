"""The library's own follower at its lightest: a projection that does nothing but note how far it is."""

import time
from typing import Any

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner

from benchmarks.peers.library import Desk, Ticket, environment

AT_ONCE = 50


class Nothing(Projection[PostgresTrackingRecorder]):
    """Writes no row of its own: one transaction an event is what the runner itself costs."""

    def process_event(self, _domain_event: Any, tracking: Tracking) -> None:
        self.view.insert_tracking(tracking)


def events_a_second(dsn: str, events: int) -> float:
    """Catching up from the beginning of a log of about ``events`` events."""
    environ = environment(dsn)
    desk = Desk(env=environ)
    for _ in range(0, events, AT_ONCE * 4):
        desk.save(*(_four_events() for _ in range(AT_ONCE)))
    head = desk.recorder.max_notification_id()
    start = time.perf_counter()
    with ProjectionRunner(
        application_class=Desk, projection_class=Nothing, view_class=PostgresTrackingRecorder, env=environ
    ) as runner:
        runner.wait(head, timeout=600)
        seconds = time.perf_counter() - start
    desk.close()
    return (head or 0) / seconds


def _four_events() -> Ticket:
    ticket = Ticket("c", "zalo", "The invoice is wrong", "billing", "P1")
    ticket.assign("first line")
    ticket.start()
    ticket.resolve("Sent a new invoice")
    return ticket
