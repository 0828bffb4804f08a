"""What was said and what was recorded: the conversation, the history, the assignments, the rules that fired."""

from collections.abc import Sequence

from api.http.read_session import ReadSession
from api.screen.actions.recorded_since import Sentence, sentences_of
from api.screen.page import Content
from api.screen.pages.query import is_set
from api.screen.pages.ticket.stream import history_of
from api.screen.visit import Visit
from projections.tickets.conversation import utterances_of, world_order

_MOST = 100
"""Sentences or utterances that are shown; ``all`` in the query shows every one."""
_ASSIGNING = frozenset({"ticket.assigned", "ticket.assignment_proposed"})


def conversation(visit: Visit, session: ReadSession) -> Content:
    """Messages, replies and notes in world order; the last ones of a long conversation."""
    utterances = sorted(utterances_of(history_of(visit, session)), key=world_order)
    return _last(visit, utterances)


def history(visit: Visit, session: ReadSession) -> Content:
    """Every event as a sentence, in recorded order; the last ones of a long history."""
    return _last(visit, _sentences(visit, session)) | {"names_actors": visit.may("audit")}


def assignment(visit: Visit, session: ReadSession) -> Content:
    """The assignments with the reason of each that routing chose."""
    return _last(visit, [each for each in _sentences(visit, session) if each.topic in _ASSIGNING])


def automation(visit: Visit, session: ReadSession) -> Content:
    """What rules did to the ticket, or would have done."""
    return _last(visit, [each for each in _sentences(visit, session) if each.topic.startswith("automation.")])


def _sentences(visit: Visit, session: ReadSession) -> list[Sentence]:
    return sentences_of(session.connection, visit, history_of(visit, session))


def _last(visit: Visit, items: Sequence[object]) -> dict[str, object]:
    shown = items if is_set(visit, "all") else items[-_MOST:]
    return {"items": shown, "left_out": len(items) - len(shown)}
