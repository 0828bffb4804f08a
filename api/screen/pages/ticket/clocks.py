"""The SLA clocks of a ticket on one scale of time."""

from api.http.read_session import ReadSession
from api.screen.drawn_clocks import drawn, scale_of
from api.screen.page import Content
from api.screen.pages.ticket.stream import ticket_id
from api.screen.visit import Visit
from projections.sla.ticket_clocks import ticket_clocks

_MOST = 40
"""Clocks that are drawn: those that have not ended, and the last ones."""


def clocks(visit: Visit, session: ReadSession) -> Content:
    """The clocks by all that is known at the instants of the visit, on one scale of time."""
    answered = ticket_clocks(
        session.connection,
        visit.reader.tenant,
        ticket_id(visit),
        at=session.now,
        known_at=visit.reader.known_at,
    )
    shown = sorted(answered, key=lambda each: (each.finished_at is None, each.activated_at))[-_MOST:]
    shown.sort(key=lambda each: (each.activated_at, each.target))
    if not shown:
        return {"clocks": [], "left_out": 0}
    scale = scale_of(shown, session.now)
    return {
        "clocks": [drawn(each, scale, visit, session.now) for each in shown],
        "left_out": len(answered) - len(shown),
        "first": scale.first,
        "last": scale.last,
    }
