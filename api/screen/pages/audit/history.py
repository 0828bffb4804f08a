"""The history of the log: who did what, by whom, of which ticket or customer, in which period, by either time."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from api.auditing.verifier_file import verifier
from api.history.lines import ticket_label
from api.http.paging import LARGEST_PAGE, POSITION_KEY, cursor_key, cursor_of
from api.http.read_session import ReadSession
from api.http.request_access import count_rows
from api.screen.page import Content, Page, Panel
from api.screen.pages.audit.question import AXES, CONDITIONS, HistoryQuestion, as_parameters, question_in
from api.screen.pages.query import last_position
from api.screen.visit import Visit, address_of
from api.sealing.tree_store import SEALED_LOGS
from domain.event_types import register_event_types
from projections.audit.kinds import GROUPS
from projections.audit.names import NAMED_IN, names_of_entries
from projections.audit.queries import AuditPage, HistoryEntry, history_of
from projections.audit.sentences import sentence
from projections.audit.words import in_language, word_of
from projections.audit_history.table import AUDIT_HISTORY

SHOWN = 50


def _history(visit: Visit, session: ReadSession) -> Content:
    """A page of entries in recorded order. Of the whole log, the newest ones unless a page is asked for."""
    question = question_in(visit, session)
    after = cursor_key(visit.one("cursor"), POSITION_KEY)
    newest = last_position(visit, session)
    if after is None:
        after = max(newest - SHOWN, 0) if question.is_whole else 0
    page = AuditPage(entries=[], next_after=None)
    if question.unknown is None:
        page = history_of(
            session.connection, session.schema, question.wanted, after=after, limit=SHOWN, **visit.reader.instants
        )
    count_rows(len(page.entries))
    return {
        "lines": lines_of(page.entries, visit, session),
        "unknown": question.unknown,
        "earlier": cursor_of(max(after - SHOWN, 0)) if question.is_whole and after else None,
        "later": cursor_of(page.next_after),
        "is_first": after == 0,
        "start": cursor_of(0) if question.is_whole else None,
        "given": {name: visit.one(name) or "" for name in (*CONDITIONS, "axis")},
        "kinds": _kinds(visit),
        "axes": AXES,
        "printed": _printed(visit, question),
        "most": LARGEST_PAGE,
    }


def reading(visit: Visit) -> AbstractContextManager[ReadSession]:
    """The snapshot of a page that names customers and tickets: in the past their streams are folded, in a slot."""
    return visit.reader.live_for_folds()


def lines_of(entries: Sequence[HistoryEntry], visit: Visit, session: ReadSession) -> list[Content]:
    """Entries in words, with the names of customers and tickets at the instants of the visit."""
    reader = visit.reader
    names = names_of_entries(session.connection, reader.tenant, entries, **reader.instants)
    return [_line(entry, visit, names) for entry in entries]


def _line(entry: HistoryEntry, visit: Visit, names: Mapping[str, str]) -> Content:
    """An entry in words. ``recorded`` is None where both times are the same second."""
    differs = abs((entry.recorded_at - entry.occurred_at).total_seconds()) >= 1
    return {
        "entry": entry,
        "sentence": sentence(entry, visit.language, zone=visit.zone, names=names),
        "recorded": entry.recorded_at if differs else None,
        "kind": word_of("stream kind", entry.stream_kind, visit.language),
        "ticket": ticket_label(entry) if entry.ticket else None,
        "through": entry.channel and word_of("channel", entry.channel, visit.language),
        "why": entry.reason and in_language(entry.reason, visit.language),
    }


def _kinds(visit: Visit) -> list[tuple[str, str]]:
    """The kinds that the form offers, each in words, and the topic that an address names besides."""
    kinds = [*GROUPS, *sorted({topic.partition(".")[0] for topic in register_event_types()})]
    chosen = [kind for kind in visit.query.get("kind", ()) if kind and kind not in kinds]
    return [(kind, word_of("kind of a history", kind, visit.language)) for kind in [*kinds, *chosen]]


def _printed(visit: Visit, question: HistoryQuestion) -> str | None:
    """The address of the file that prints on A4; None where nothing can be found."""
    if question.unknown is not None:
        return None
    return address_of(
        "/v1/audit/page",
        {**as_parameters(visit, question), "language": visit.language, "zone": visit.zone.key, "limit": LARGEST_PAGE},
    )


def _bundle(visit: Visit, session: ReadSession) -> Content:
    """The form for a bundle, with the conditions of the page that a bundle can have."""
    question = question_in(visit, session)
    filters = {
        "ticket": question.ticket, "customer": question.wanted.customer, "actor": question.wanted.actor,
    }  # fmt: skip
    given = [(name, value) for name, value in filters.items() if value is not None]
    return {
        "filters": given[:1],
        "logs": [log for log in SEALED_LOGS if log == "events" or visit.may("audit:read")],
        "first": visit.one("from") or "",
        "last": visit.one("to") or "",
        "digest": verifier().digest,
    }


PAGE = Page(
    "audit",
    "/audit",
    (Panel("history", _history, wide=True, still=True), Panel("bundle", _bundle, wide=True, still=True)),
    (AUDIT_HISTORY, *NAMED_IN),
    scope="audit",
    whole=False,
    reading=reading,
    parameters=frozenset({*CONDITIONS, "axis", "cursor"}),
    in_menu=True,
    refreshes=False,
)
