"""Which alerts and corrections a ticket's stream records, so that each is recorded once."""

from typing import assert_never

from domain.sla.commands import CorrectSla, RecordSlaBreach, TargetInstanceCommand, WarnOfSla
from domain.sla.events import SlaBreached, SlaCorrected, SlaWarned, TargetInstanceEvent
from domain.sla.state import SlaMarks
from domain.ticket.decider import must_exist
from domain.ticket.state import Ticket


def decide(command: TargetInstanceCommand, ticket: Ticket, marks: SlaMarks) -> list[TargetInstanceEvent]:
    """The event that a command leads to; an empty list when it is recorded already.

    Raises Refusal when there is no such ticket.
    """
    must_exist(ticket)
    match command:
        case WarnOfSla():
            return _unless_recorded(SlaWarned(**command.facts()), marks)
        case RecordSlaBreach():
            return _unless_recorded(SlaBreached(**command.facts()), marks)
        case CorrectSla():
            corrected = SlaCorrected(**command.facts())
            recorded = {(known.of, known.ended_at, known.now) for known in marks.corrections}
            return [] if (corrected.of, corrected.ended_at, corrected.now) in recorded else [corrected]
        case _:
            assert_never(command)


def _unless_recorded(alert: SlaWarned | SlaBreached, marks: SlaMarks) -> list[TargetInstanceEvent]:
    return [] if (alert.of, alert.point) in marks.alerts else [alert]
