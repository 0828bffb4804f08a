"""A file with one row for each ticket: every time column becomes the event that it means."""

from typing import Any

import pytest

from domain.ticket import events as e
from tests.support.importing.exports import export, mapping


def test_an_open_ticket_comes_in_at_its_creation() -> None:
    exported = export(created="02 09:00", status="New")
    assert exported.events == [("received", "02 09:00")]
    assert exported.ticket.state == "received"


def test_a_first_reply_is_an_answer_by_whoever_holds_the_ticket_whose_text_is_not_known() -> None:
    exported = export(created="02 08:00", first_reply="02 08:10", resolved="02 10:00", status="Resolved", agent="linh")
    assert exported.events == [
        ("received", "02 08:00"),
        ("assigned", "02 08:00"),
        ("reply_sent", "02 08:10"),
        ("resolved", "02 10:00"),
    ]
    reply = exported.reconciled.events[2]
    assert reply.payload == e.ReplySent(body="")
    assert reply.actor.id == "linh"


def test_every_end_happens_at_the_time_of_its_column() -> None:
    exported = export(created="02 08:00", resolved="02 10:00", closed="05 10:00", updated="06 09:00", status="Closed")
    assert exported.events == [("received", "02 08:00"), ("resolved", "02 10:00"), ("closed", "05 10:00")]


def test_an_end_without_a_time_of_its_own_takes_that_of_the_other_end_and_then_of_the_last_update() -> None:
    assert export(created="02 08:00", closed="02 11:00", status="Resolved").events[1] == ("resolved", "02 11:00")
    assert export(created="02 08:00", updated="02 12:00", status="Closed").events[1] == ("closed", "02 12:00")
    assert export(created="02 08:00", closed="02 13:00", status="Cancelled").events[1] == ("cancelled", "02 13:00")


def test_an_end_without_any_time_is_not_made_up() -> None:
    line = export(created="02 08:00", status="Closed").reconciled
    assert line.status == "rejected"
    assert line.reason == "is Closed and has no time of that; name one in time.closed or time.updated"


def test_a_ticket_without_the_time_of_its_creation_is_rejected() -> None:
    assert export(status="New").reconciled.reason == "has no time in created"


def test_an_open_ticket_with_a_time_of_resolution_was_reopened() -> None:
    exported = export(created="02 08:00", resolved="02 10:00", updated="03 09:00", status="Active")
    assert exported.events[1:] == [("resolved", "02 10:00"), ("reopened", "03 09:00"), ("work_started", "03 09:00")]


def test_a_waiting_ticket_waits_since_the_time_of_its_column() -> None:
    assert export(created="02 08:00", waiting="02 09:30", status="Waiting").events[-1] == ("put_on_hold", "02 09:30")


def test_an_end_does_not_precede_what_it_ends_and_the_written_time_is_kept() -> None:
    exported = export(created="02 08:00", resolved="02 10:00", closed="02 09:00", status="Closed")
    assert exported.events[1:3] == [("resolved", "02 10:00"), ("closed", "02 10:00")]
    assert exported.changes == {"closed": ("2026-03-02T10:00:00+00:00", "2026-03-02T09:00:00+00:00")}


@pytest.mark.parametrize("status", ["", "Mystery", "Comment added"])
def test_where_no_word_says_the_state_the_times_do(status: str) -> None:
    exported = export(created="02 08:00", resolved="02 10:00", status=status)
    assert ("resolved", "02 10:00") in exported.events or status == "Comment added"
    assert exported.reconciled.unknown_state == ("Mystery" if status == "Mystery" else None)


def test_a_mapping_without_a_state_column_goes_by_the_times() -> None:
    exported = export(of=mapping(state=None), created="02 08:00", resolved="02 10:00")
    assert exported.events[-2] == ("resolved", "02 10:00")


def test_the_time_when_it_is_due_is_kept_in_utc() -> None:
    exported = export(created="02 08:00", due="03 08:00")
    assert exported.changes == {"due": (None, "2026-03-03T08:00:00+00:00")}


def test_columns_that_no_key_names_are_kept_as_details() -> None:
    assert export(created="02 08:00", note="VIP").changes == {"note": (None, "VIP")}


def test_comments_become_notes_with_their_own_time_and_author() -> None:
    exported = export(
        created="02 08:00", comment="2026-03-02T08:20Z;huong;checked;twice", comment_2="2026-03-02T08:30Z;linh;done"
    )
    notes = [(fact.actor.id, fact.payload) for fact in exported.reconciled.events[1:]]
    assert notes == [("huong", e.NoteAdded(body="checked;twice")), ("linh", e.NoteAdded(body="done"))]
    assert exported.events[1:] == [("note_added", "02 08:20"), ("note_added", "02 08:30")]


def test_what_the_customer_wrote_is_a_message() -> None:
    exported = export(created="02 08:00", customer="An", comment="2026-03-02T08:20Z;An;please")
    assert exported.reconciled.events[1].payload == e.MessageReceived(body="please")


def test_a_public_comment_is_the_first_reply_that_a_column_names_to_the_minute() -> None:
    public = mapping(comments=[{"column": "comment", "shape": "date;author;text", "kind": "reply"}])
    exported = export(of=public, created="02 08:00", first_reply="02 08:20", comment="2026-03-02T08:20:40Z;linh;hello")
    assert [fact.payload for fact in exported.reconciled.events if isinstance(fact.payload, e.ReplySent)] == [
        e.ReplySent(body="hello")
    ]


def test_a_comment_of_another_shape_is_a_note_of_the_row() -> None:
    exported = export(created="02 08:00", updated="02 12:00", comment="call back tomorrow")
    assert exported.events[1] == ("note_added", "02 12:00")


def test_a_comment_whose_date_cannot_be_read_is_kept_whole() -> None:
    exported = export(created="02 08:00", agent="linh", comment="yesterday;huong;checked")
    assert [fact.payload for fact in exported.reconciled.events if isinstance(fact.payload, e.NoteAdded)] == [
        e.NoteAdded(body="yesterday;huong;checked")
    ]
    again = export(exported.log, created="02 08:00", agent="linh", comment="yesterday;huong;checked", note="a")
    assert [topic for topic, _ in again.events] == ["details_changed"]


def test_a_comment_in_json_whose_date_cannot_be_read_is_not_dated_by_the_import() -> None:
    of = mapping(comments=[{"column": "comment", "shape": "json"}])
    exported = export(of=of, created="02 08:00", comment='[{"created_at": "yesterday", "body": "checked"}]')
    assert exported.reconciled.status == "rejected"
    assert exported.reconciled.reason == "the date 'yesterday' of a comment in comment is not written as iso"


@pytest.mark.parametrize(
    "times",
    [
        {"resolved": "01 10:00", "status": "Resolved"},
        {"resolved": "02 10:00", "closed": "02 09:00", "status": "Closed"},
        {"first_reply": "02 07:00"},
        {"updated": "02 07:00"},
    ],
)
def test_times_in_the_wrong_order_are_said(times: dict[str, Any]) -> None:
    assert export(created="02 08:00", **times).reconciled.back_in_time


def test_times_in_their_order_and_a_due_time_in_the_past_are_no_disorder() -> None:
    exported = export(created="02 08:00", due="01 08:00", resolved="02 08:00", closed="02 08:00", status="Closed")
    assert not exported.reconciled.back_in_time


def test_in_the_repeated_hour_each_time_is_read_once_and_nothing_seems_changed() -> None:
    berlin = {"format": "%Y-%m-%d %H:%M", "zone": "Europe/Berlin"}
    times = {"created": "created", "first_reply": "first_reply", "resolved": "resolved", "closed": "closed"}
    cells: dict[str, Any] = {
        "created": " 2025-10-26 02:50",
        "first_reply": " 2025-10-26 02:05",
        "resolved": " 2025-10-26 02:10",
    }
    exported = export(of=mapping(time=times | berlin), **cells, closed=" 2025-10-26 02:15", status="Closed")
    assert exported.events == [
        ("received", "26 00:50"),
        ("reply_sent", "26 01:05"),
        ("resolved", "26 01:10"),
        ("closed", "26 01:15"),
    ]
    assert not exported.reconciled.back_in_time


def test_an_hour_whose_day_is_not_filled_is_kept_as_a_detail() -> None:
    of = mapping(time={"created": [["created", "note"], "updated"], "format": ["iso", "%d %b %Y"]})
    joined = export(of=of, created=" 2026-03-02", note="08:05", updated="")
    assert (joined.events, joined.changes) == ([("received", "02 08:05")], {})
    alone = export(of=of, created="", note="08:05", updated=" 2026-03-03")
    assert alone.events[0] == ("received", "03 00:00")
    assert alone.changes["note"] == (None, "08:05")
    again = export(alone.log, of=of, created=" 2026-03-02", note="08:05", updated=" 2026-03-03")
    assert again.changes["note"] == ("08:05", None)


@pytest.mark.parametrize(("created", "minutes"), [(" 2026-03-02", "9" * 17), (" 9999-12-31", "2880")])
def test_a_row_with_a_reply_behind_the_end_of_the_calendar_is_rejected_alone(created: str, minutes: str) -> None:
    of = mapping(time={"created": "created", "first_reply": {"column": "note", "format": "minutes"}})
    exported = export(of=of, created=created, note=minutes)
    assert exported.reconciled.status == "rejected"
    assert exported.reconciled.reason.startswith(f"the time '{minutes}' in note ")


def test_satisfaction_is_rated_when_the_ticket_ended_and_effort_is_logged_by_its_holder() -> None:
    exported = export(
        created="02 08:00", resolved="02 10:00", status="Resolved", score="Good", minutes="1:30", agent="linh"
    )
    payloads = [fact.payload for fact in exported.reconciled.events]
    assert e.SatisfactionRated(score=5, comment=None) in payloads
    assert ("satisfaction_rated", "02 10:00") in exported.events
    assert e.EffortLogged(agent="linh", kind="talk", seconds=5_400) in payloads


def test_a_rating_or_an_effort_that_cannot_be_read_is_kept_as_it_is_written() -> None:
    for minutes in ("a while", "9" * 26):
        exported = export(created="02 08:00", score="Offered", minutes=minutes)
        assert exported.changes == {"score": (None, "Offered"), "minutes": (None, minutes)}


def test_a_ticket_that_was_sent_twice_is_cancelled_as_a_duplicate() -> None:
    state = {"column": "status", "values": {"Merged": "cancelled:duplicate", "New": "received"}}
    exported = export(of=mapping(state=state), created="02 08:00", closed="02 09:00", status="Merged")
    assert exported.reconciled.events[1].payload == e.TicketCancelled(cancelled_by="unknown", cancelled_as="duplicate")
    again = export(
        exported.log, of=mapping(state=state), created="02 08:00", closed="02 09:00", status="Merged", note="a"
    )
    assert [topic for topic, _ in again.events] == ["details_changed"]
