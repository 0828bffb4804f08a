"""One event: its sentence, its fields, what it changed, and the proof that it stands in the sealed log unaltered."""

import json

from api.http.problems import Problem
from api.http.read_session import ReadSession
from api.http.request_access import count_rows
from api.screen.page import Content, Page, Panel
from api.screen.pages.audit.history import lines_of, reading
from api.screen.pages.audit.proof_words import proof_of
from api.screen.pages.query import last_position
from api.screen.visit import Visit
from api.whole_numbers import POSITION_DIGITS, whole_number
from projections.audit.changed_words import field_in_words, value_in_words
from projections.audit.names import NAMED_IN
from projections.audit.queries import HistoryEntry, HistoryFilter, history_of
from projections.audit_history.table import AUDIT_HISTORY


def _entry(visit: Visit, session: ReadSession) -> HistoryEntry:
    """The entry of the address, at the instants of the visit. Raises Problem (not_found)."""
    position = position_in(visit)
    page = history_of(
        session.connection, session.schema, HistoryFilter(), after=position - 1, limit=1, **visit.reader.instants
    )
    if not page.entries or page.entries[0].position != position:
        raise Problem("not_found", f"the history has no position {position:,}, or had it not by then")
    return page.entries[0]


def position_in(visit: Visit) -> int:
    """The position of the address. Raises Problem (not_found)."""
    position = whole_number(visit.path["position"], POSITION_DIGITS)
    if not position:
        raise Problem("not_found", "a position is a number such as 4711")
    return position


def _what(visit: Visit, session: ReadSession) -> Content:
    count_rows(1)
    entry = _entry(visit, session)
    (shown,) = lines_of([entry], visit, session)
    before, after = entry.position - 1, entry.position + 1
    return {
        **shown,
        "line": shown,
        "before": before or None,
        "after": after if after <= last_position(visit, session) else None,
    }


def _changes(visit: Visit, session: ReadSession) -> Content:
    entry = _entry(visit, session)
    (shown,) = lines_of([entry], visit, session)
    kind, language, zone = entry.stream_kind, visit.language, visit.zone
    changes = [
        {
            "field": field_in_words(change.field, language),
            "old": value_in_words(kind, change.field, change.old, language, zone),
            "new": value_in_words(kind, change.field, change.new, language, zone),
        }
        for change in entry.changes
    ]
    return {"changes": changes, "did": shown["sentence"]}


def _facts(visit: Visit, session: ReadSession) -> Content:
    """The payload as it was recorded, and the context of its command."""
    entry = _entry(visit, session)
    return {"entry": entry, "facts": json.dumps(entry.facts, ensure_ascii=False, indent=2, sort_keys=True)}


def _proof(visit: Visit, session: ReadSession) -> Content:
    return {"proof": proof_of(visit, session, position_in(visit)), "position_of_event": position_in(visit)}


def _title(visit: Visit, session: ReadSession) -> str:
    return visit.w("audit_event.named", position=_entry(visit, session).position)


PAGE = Page(
    "audit_event",
    "/audit/events/{position}",
    (
        Panel("what", _what, wide=True, still=True),
        Panel("changes", _changes, wide=True, still=True),
        Panel("proof", _proof, wide=True, still=True),
        Panel("facts", _facts, wide=True, still=True),
    ),
    (AUDIT_HISTORY, *NAMED_IN),
    scope="audit",
    whole=False,
    reading=reading,
    title=_title,
    refreshes=False,
)
