"""The export of the next day: what changed becomes events, what was known stays, what was decided here is kept."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.importing.imported_event import ImportedEvent
from api.importing.reconcile import OLDER, RecordedTicket
from domain.command_context import Actor
from domain.ticket import events as e
from tests.support.importing.exports import HEADER, ExportedRow, export, mapping
from tests.support.importing.histories import recorded_event

LINH = Actor(id="linh", kind="agent")


def test_the_same_row_again_adds_nothing() -> None:
    first = export(created="02 08:00", status="Active", note="VIP")
    again = export(first.log, created="02 08:00", status="Active", note="VIP")
    assert (again.reconciled.status, again.reconciled.events) == ("known", ())


def test_a_ticket_that_was_resolved_since_is_resolved_at_the_time_of_the_column() -> None:
    first = export(created="02 09:00", first_reply="02 09:05", status="Active")
    later = export(first.log, created="02 09:00", first_reply="02 09:05", resolved="03 09:00", status="Resolved")
    assert later.events == [("resolved", "03 09:00")]


def test_what_changed_has_the_time_of_the_last_update() -> None:
    first = export(created="02 08:00", updated="02 08:00", agent="an", priority="P3", note="a")
    later = export(first.log, created="02 08:00", updated="03 07:00", agent="binh", priority="P1", note="b")
    assert later.events == [("prioritised", "03 07:00"), ("assigned", "03 07:00"), ("details_changed", "03 07:00")]
    assert later.changes == {"note": ("a", "b")}


def test_what_has_no_time_happened_by_the_newest_time_of_the_file() -> None:
    first = export(created="02 08:00", priority="P3")
    later = export(first.log, newest="04 23:00", created="02 08:00", priority="P1")
    assert later.events == [("prioritised", "04 23:00")]


def test_a_ticket_that_went_back_is_reopened_and_said() -> None:
    first = export(created="02 08:00", resolved="02 10:00", status="Resolved")
    later = export(first.log, newest="04 10:00", created="02 08:00", status="Active")
    assert later.events == [("reopened", "04 10:00"), ("work_started", "04 10:00")]
    assert later.reconciled.moved_back
    assert not first.reconciled.moved_back


def test_a_later_time_of_resolution_is_another_resolution() -> None:
    first = export(created="02 08:00", resolved="02 10:00", status="Resolved")
    later = export(first.log, created="02 08:00", resolved="04 10:00", status="Resolved")
    assert later.events == [("resolved", "04 10:00")]


def test_an_earlier_time_of_resolution_is_a_correction_that_is_kept_as_a_detail() -> None:
    first = export(created="02 08:00", resolved="02 10:00", status="Resolved")
    later = export(first.log, newest="03 10:00", created="02 08:00", resolved="02 09:00", status="Resolved")
    assert later.events == [("details_changed", "03 10:00")]


def test_a_row_that_was_updated_before_the_recorded_one_is_rejected() -> None:
    first = export(created="02 08:00", updated="03 08:00", status="Resolved", resolved="03 08:00")
    older = export(first.log, created="02 08:00", updated="02 09:00", status="Active")
    assert (older.reconciled.status, older.reconciled.reason) == ("rejected", OLDER)


def test_an_export_that_was_recorded_before_the_newest_one_is_quiet() -> None:
    first = export(created="02 08:00", status="New")
    later = export(first.log, newest="03 08:00", created="02 08:00", status="Active")
    assert export(later.log, created="02 08:00", status="New").reconciled.status == "known"


def test_new_comments_more_effort_and_a_new_rating_are_added_once() -> None:
    first = export(created="02 08:00", minutes="10", score="bad", comment="2026-03-02T08:20Z;huong;one")
    later = export(
        first.log,
        newest="03 08:00",
        created="02 08:00",
        minutes="25",
        score="good",
        comment="2026-03-02T08:20Z;huong;one",
        comment_2="2026-03-03T07:00Z;huong;two",
    )
    assert [fact.payload for fact in later.reconciled.events] == [
        e.NoteAdded(body="two"),
        e.SatisfactionRated(score=5, comment=None),
        e.EffortLogged(agent="unknown", kind="talk", seconds=900),
    ]


def here(row: ExportedRow, payload: e.TicketEvent) -> RecordedTicket:
    """The log after somebody did something here, on 2 March at 12."""
    log = row.log
    fact = ImportedEvent(datetime(2026, 3, 2, 12, tzinfo=UTC), LINH, payload)
    return log._replace(events=[*log.events, recorded_event(row.binding, fact, "by-hand", len(log.events) + 1)])


def test_what_was_decided_here_is_not_overwritten_and_said() -> None:
    first = export(created="02 08:00", status="New", agent="an", priority="P3")
    log = here(first, e.TicketResolved(resolution="done", code="ok"))
    later = export(log, newest="03 08:00", created="02 08:00", status="Active", agent="an", priority="P3")
    assert later.events == [("details_changed", "03 08:00")]
    assert later.changes == {"status": ("New", "Active")}
    assert later.reconciled.not_overwritten
    assert later.ticket.state == "resolved"
    held = export(
        here(first, e.TicketAssigned(team=None, agent="linh")),
        newest="03 08:00",
        created="02 08:00",
        status="Active",
        agent="binh",
        priority="P2",
    )
    assert held.events == [("prioritised", "03 08:00"), ("work_started", "03 08:00"), ("details_changed", "03 08:00")]
    assert held.changes == {"agent": ("an", "binh")}
    assert held.ticket.agent == "linh"


def test_once_the_source_agrees_with_what_was_decided_here_its_changes_are_taken_again() -> None:
    first = export(created="02 08:00", status="New")
    log = here(first, e.TicketResolved(resolution="done", code="ok"))
    caught_up = export(log, newest="03 08:00", created="02 08:00", status="Resolved", resolved="02 12:05")
    assert caught_up.events == [("details_changed", "03 08:00")]
    closed = export(caught_up.log, created="02 08:00", status="Closed", resolved="02 12:05", closed="05 08:00")
    assert closed.events == [("closed", "05 08:00")]


def test_a_mapping_may_learn_a_word_between_two_exports() -> None:
    first = export(created="02 08:00", status="Mystery")
    knows = mapping(state={"column": "status", "values": {"Mystery": "in_progress", "Solved": "resolved"}})
    later = export(first.log, of=knows, created="02 08:00", status="Solved", resolved="03 08:00")
    assert later.events == [("resolved", "03 08:00")]


_DAYS = st.integers(2, 20).map(lambda day: f"{day:02} 08:00")
_ROWS = st.fixed_dictionaries(
    {"status": st.sampled_from(["New", "Active", "Waiting", "Resolved", "Closed", "Cancelled", "Mystery", ""])},
    optional={
        "resolved": _DAYS,
        "closed": _DAYS,
        "first_reply": _DAYS,
        "waiting": _DAYS,
        "agent": st.sampled_from(["an", "binh"]),
        "priority": st.sampled_from(["P1", "P2"]),
        "note": st.sampled_from(["a", "b"]),
        "score": st.sampled_from(["good", "bad", "4", "?"]),
        "minutes": st.sampled_from(["5", "10", "1:00"]),
        "comment": st.sampled_from(["2026-03-02T08:20Z;an;one", "2026-03-03T08:20Z;an;two", "plain"]),
    },
)


@given(st.lists(_ROWS, min_size=1, max_size=5))
def test_exports_end_in_the_state_that_the_newest_one_says_and_repeat_quietly(rows: list[dict[str, Any]]) -> None:
    log = RecordedTicket()
    for day, row in enumerate(rows, 21):
        exported = export(log, newest=f"{day} 08:00", created="02 08:00", updated=f"{day} 08:00", **row)
        assert exported.reconciled.status == "new"
        replaced = [
            event.envelope.occurred_at
            for event in exported.log.events
            if not isinstance(event.payload, e.TicketDetailsChanged | e.ReplySent | e.NoteAdded | e.SatisfactionRated)
            and not isinstance(event.payload, e.EffortLogged)
        ]
        assert replaced == sorted(replaced)
        state = {"New": "open", "Active": "in_progress", "Waiting": "waiting", "Mystery": None, "": None}
        expected = state.get(row["status"], row["status"].casefold())
        if expected == "open":
            assert exported.ticket.state in {"received", "assigned"}
        elif expected is not None:
            assert exported.ticket.state == expected
        again = export(exported.log, newest="30 08:00", created="02 08:00", updated=f"{day} 08:00", **row)
        assert again.reconciled.status == "known"
        quiet = export(exported.log, created="02 08:00", updated=f"{day} 09:00", **row)
        assert [fact.payload for fact in quiet.reconciled.events] == [e.TicketDetailsChanged(changes={})]
        log = exported.log


def test_the_header_of_these_tests_has_every_column_of_the_mapping() -> None:
    assert mapping().in_file(HEADER).keys() == mapping().columns().keys()


def replies(row: ExportedRow) -> list[str]:
    return [event.payload.body for event in row.log.events if isinstance(event.payload, e.ReplySent)]


def test_a_comment_is_no_second_reply_when_an_earlier_export_had_the_first_reply_by_its_time_alone() -> None:
    of = mapping(comments=[{"column": "comment", "shape": "date;author;text", "kind": "reply"}])
    cells = {"created": "02 08:00", "first_reply": "02 08:20", "comment": "2026-03-02T08:20:40Z;linh;hello"}
    bare = export(of=of, created="02 08:00", first_reply="02 08:20")
    with_text = export(bare.log, of=of, **cells)
    assert (replies(with_text), with_text.changes) == ([""], {"comment": (None, "hello")})
    noted = export(with_text.log, of=of, **cells, note="VIP")
    assert (replies(noted), noted.changes) == ([""], {"note": (None, "VIP")})
    another = export(noted.log, of=of, **cells, comment_2="2026-03-02T08:20:50Z;linh;one more thing")
    assert replies(another) == ["", "one more thing"]
