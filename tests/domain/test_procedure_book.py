"""Which procedures an event may start: those published before it and in effect when it was recorded."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.definitions.events import DefinitionPublished
from domain.definitions.procedure_book import ProcedureBook
from domain.envelope import RecordedEvent
from tests.support.events import START, at, history
from tests.support.procedures import TWO_STEPS

DAY = timedelta(days=1)
RECEIVED = "ticket.received"
BODY = TWO_STEPS | {"starts_on": [{"topic": RECEIVED}]}


def published(position: int, version: int, day: int, **changed: Any) -> RecordedEvent:
    definition = DefinitionPublished(
        kind="procedure", name="two", version=version, effective_from=START + day * DAY, body=BODY | changed
    )
    (event,) = history(at(0, definition), ticket=UUID(int=position))
    return event._replace(position=position)


def versions(book: ProcedureBook, position: int, day: int, topic: str = RECEIVED) -> list[int]:
    return [each.version for each in book.startable(topic, position, START + day * DAY)]


def test_the_version_in_effect_at_the_position_and_the_instant_counts() -> None:
    book = ProcedureBook([published(10, 1, 0), published(20, 2, 5), published(30, 3, 2)])
    assert [versions(book, position, 1) for position in (10, 11, 25, 35)] == [[], [1], [1], [1]]
    assert [versions(book, position, 3) for position in (11, 25, 35)] == [[1], [1], [3]]
    assert [versions(book, position, 6) for position in (11, 25, 35)] == [[1], [2], [2]]
    assert versions(book, 35, -1) == []
    assert versions(book, 35, 6, "ticket.closed") == []


def test_what_is_not_enabled_starts_nothing_and_is_still_known() -> None:
    book = ProcedureBook([published(10, 1, 0), published(20, 2, 0, enabled=False)])
    assert (versions(book, 15, 1), versions(book, 25, 1)) == ([1], [])
    assert book.version("two", 2) is not None
    assert book.topics == {RECEIVED}


def test_a_version_that_this_release_cannot_read_is_left_out() -> None:
    book = ProcedureBook([published(10, 1, 0), published(20, 2, 0, steps=[{"id": "?"}])])
    assert versions(book, 25, 1) == [1]
    assert book.version("two", 2) is None
