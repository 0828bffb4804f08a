"""What a page of the history is asked for: the conditions, as the form says them and as the query takes them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple, get_args
from uuid import UUID

from api.http.problems import malformed
from api.http.read_session import ReadSession
from api.screen.instants import YEARS, day_of
from api.screen.page_parameters import id_in
from api.screen.pages.query import one_of
from api.screen.search_text import text_in
from api.screen.visit import Visit
from api.ticket_names import tickets_named
from domain.local_time import midnight
from projections.audit.kinds import topics_of
from projections.audit.queries import Axis, HistoryFilter

CONDITIONS = ("ticket", "customer", "actor", "kind", "text", "from", "to")
AXES: tuple[Axis, ...] = get_args(Axis)
_SHORTEST = 2
"""Letters of a text that is searched."""


class HistoryQuestion(NamedTuple):
    """The conditions. ``unknown`` is the name of a ticket that no single ticket has; then nothing is found."""

    wanted: HistoryFilter
    ticket: UUID | None
    unknown: str | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is asked for, so that the whole log is shown."""
        return self.wanted == HistoryFilter() and self.unknown is None


def question_in(visit: Visit, session: ReadSession) -> HistoryQuestion:
    """The conditions of a visit. Raises Problem (malformed) and UnknownKind."""
    axis: Axis = "recorded" if one_of(visit, "axis", AXES) == "recorded" else "occurred"
    ticket, unknown = _ticket(visit, session)
    first, last = (day_in(visit, name) for name in ("from", "to"))
    kinds = [kind for kind in visit.query.get("kind", ()) if kind]
    wanted = HistoryFilter(
        ticket=ticket,
        with_absorbed=ticket is not None,
        customer=id_in(visit, "customer"),
        actor=text_in(visit, "actor"),
        topics=frozenset().union(*map(topics_of, kinds)) if kinds else None,
        text=text_in(visit, "text", _SHORTEST),
        begin=None if first is None else midnight(first, visit.zone),
        end=None if last is None else midnight(last + timedelta(days=1), visit.zone),
        axis=axis if first or last else "occurred",
    )
    return HistoryQuestion(wanted, ticket, unknown)


def as_parameters(visit: Visit, question: HistoryQuestion) -> Mapping[str, object]:
    """The same conditions as the API takes them."""
    wanted = question.wanted
    return {
        "ticket": wanted.ticket, "customer": wanted.customer, "actor": wanted.actor,
        "kind": [kind for kind in visit.query.get("kind", ()) if kind], "text": wanted.text,
        "from": wanted.begin and wanted.begin.isoformat(), "to": wanted.end and wanted.end.isoformat(),
        "axis": None if wanted.axis == "occurred" else wanted.axis,
        "known_at": visit.reader.known_at and visit.reader.known_at.isoformat(),
        "as_of": visit.reader.as_of and visit.reader.as_of.isoformat(),
    }  # fmt: skip


def day_in(visit: Visit, name: str) -> date | None:
    """The day that a parameter says; None without it. Raises Problem (malformed)."""
    given = visit.one(name)
    try:
        return None if given is None else day_of(given)
    except ValueError:
        raise malformed([{"loc": (name,), "msg": f"a day such as 2026-03-31, of the years {YEARS}"}]) from None


def _ticket(visit: Visit, session: ReadSession) -> tuple[UUID | None, str | None]:
    """The ticket that is named, or the name when it is not that of one ticket."""
    name = text_in(visit, "ticket")
    if name is None:
        return None, None
    tickets = tickets_named(session.connection, session.schema, name)
    return (tickets[0], None) if len(tickets) == 1 else (None, name)
