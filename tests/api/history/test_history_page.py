"""A history as a page: whatever was recorded is text, in both languages, on any screen."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given

from api.history.lines import WORDS, line_of, subject_of
from api.history.page import HistoryFacts, history_page
from api.history.question_words import in_words
from domain.command_context import Actor
from domain.envelope import RecordedEvent
from domain.event_types import register_event_types
from domain.ids import short_reference
from domain.readable import Language
from domain.ticket import events as e
from domain.zones import zone_named
from projections.audit.queries import AuditEntry, HistoryEntry
from projections.audit.words import word_of
from projections.engine.table import column_names
from tests.support.audit_entries import entries
from tests.support.events import TICKET, at, history, received
from tests.support.histories import histories
from tests.support.html_pages import HARMLESS, read_page

ZONE = zone_named("Asia/Ho_Chi_Minh")
LANGUAGES: tuple[Language, ...] = get_args(Language)
FACTS = HistoryFacts(in_words({"ticket": "INC7"}, "en", ZONE), datetime(2026, 4, 1, tzinfo=UTC), 7)
NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></table></main><style>*{display:none}</style>",
    "\u202eevil\u200b",
    "\x1b[31m",
    "{actor} %s &amp; 'x'",
]


def shown(*facts: e.TicketEvent, actor: Actor | None = None, number: str | None = None) -> list[HistoryEntry]:
    """The entries of a ticket with these facts by one actor."""
    by = actor or Actor(id="an", kind="agent")
    later = [at(minute, fact, by=by, reason="why") for minute, fact in enumerate(facts, 1)]
    return numbered(history(at(0, received(), by=by), *later), number)


def numbered(events: Sequence[RecordedEvent], number: str | None = None) -> list[HistoryEntry]:
    names = column_names(AuditEntry)
    return [
        HistoryEntry(**{name: getattr(entry, name) for name in names}, ticket_number=number)
        for entry in entries(events)
    ]


def test_the_position_behind_which_a_history_goes_on_has_its_separator() -> None:
    facts = FACTS._replace(next_after=12_345)
    assert "Còn tiếp sau vị trí 12.345." in history_page([], facts, "vi", ZONE)
    assert "More follows after position 12,345." in history_page([], facts, "en", ZONE)


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_text_is_text(nasty: str, language: Language) -> None:
    by = Actor(id=nasty, kind="agent", on_behalf_of=nasty)
    lines = shown(e.NoteAdded(body=nasty), actor=by, number=nasty)
    facts = FACTS._replace(conditions=in_words({"actor": nasty, "text": nasty}, language, ZONE), next_after=3)
    html = history_page(lines, facts, language, ZONE)
    page = read_page(html)
    assert set(page.tags) <= HARMLESS
    assert {name for name, _ in page.attributes} <= {
        "lang",
        "charset",
        "name",
        "content",
        "class",
        "scope",
        "data-label",
    }
    assert ("lang", language) in page.attributes
    assert not re.search(r"https?:|url\(|@import|\u202e|\x1b", html)
    assert page.tags.count("tr") == 1 + len(lines)


@given(histories())
def test_any_history_is_a_page_in_both_languages(events: list[RecordedEvent]) -> None:
    for language in LANGUAGES:
        assert set(read_page(history_page(numbered(events), FACTS, language, ZONE)).tags) <= HARMLESS


def test_both_times_stand_where_they_differ_in_the_zone() -> None:
    same, later = shown(e.WorkStarted())
    later.recorded_at = later.occurred_at + timedelta(hours=2)
    later.late = True
    assert line_of(same, "vi", ZONE).recorded is None
    line = line_of(later, "vi", ZONE)
    assert (line.happened, line.recorded) == ("15:01:00 02/03/2026", "17:01:00 02/03/2026 (muộn)")


@pytest.mark.parametrize(("language", "meaning"), [("en", "(late): "), ("vi", "(muộn): ")])
def test_a_history_with_a_late_event_says_what_late_means(language: Language, meaning: str) -> None:
    (entry,) = shown(e.WorkStarted())[1:]
    assert meaning not in history_page([entry], FACTS, language, ZONE)
    entry.late = True
    assert meaning in history_page([entry], FACTS, language, ZONE)


def test_a_line_names_the_stream_and_the_ticket() -> None:
    (entry, *_) = shown(number="INC7")
    assert subject_of(entry, "en") == "ticket INC7"
    entry.ticket_number = None
    assert subject_of(entry, "vi") == f"phiếu {short_reference(TICKET)}"
    entry.stream_kind = "task"
    assert subject_of(entry, "vi") == f"công việc, phiếu {short_reference(TICKET)}"
    entry.ticket = None
    assert subject_of(entry, "vi") == "công việc"


def test_every_kind_of_stream_has_a_vietnamese_word() -> None:
    kinds = {topic.partition(".")[0] for topic in register_event_types()} - {"automation", "personal_data"}
    assert {kind for kind in kinds if word_of("stream kind", kind, "vi") == kind} == set()


def test_a_page_without_entries_says_so() -> None:
    for language in LANGUAGES:
        assert WORDS[language].nothing in history_page([], FACTS, language, ZONE)


def test_what_was_asked_is_told_in_words() -> None:
    days = {"from": date(2026, 3, 1), "to": datetime(2026, 3, 31, 17, tzinfo=UTC)}
    question = {"ticket": None, "kind": ["rules"], "axis": "recorded"} | days
    assert in_words(question, "vi", ZONE) == [
        ("loại", "quy tắc"),
        ("ghi nhận", "từ 01/03/2026 trước 00:00:00 01/04/2026"),
    ]
    assert in_words({"action": "sign_in_failed"}, "vi", ZONE) == [("việc", "đăng nhập không thành công")]
    assert in_words({"axis": "occurred"}, "en", ZONE) == [("the whole log", "")]
