"""Published calendars and workforces, as folds and figures read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.definitions.events import DefinitionPublished
from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.calendar.microseconds import EPOCH
from domain.sla.policy.events import CalendarPublished
from domain.workforce.definition import Workforce
from projections.engine.projection import FoldInputs
from tests.support.events import Fact, history

BEFORE_ALL = 0
"""The position before that of every event of a test."""


def calendar_events(*calendars: CalendarDefinition, position: int = BEFORE_ALL) -> list[RecordedEvent]:
    """Each calendar, published once at a position."""
    facts = [
        Fact(EPOCH, CalendarPublished(version=1, effective_from=EPOCH, calendar=calendar)) for calendar in calendars
    ]
    return _at(position, history(*facts, ticket=UUID(int=71)))


def workforce_events(
    *bodies: dict[str, Any], since: Sequence[datetime] = (EPOCH,), position: int = BEFORE_ALL
) -> list[RecordedEvent]:
    """The versions of the workforce, each in effect from its instant of ``since``."""
    facts = [
        Fact(
            EPOCH,
            DefinitionPublished(
                kind="workforce",
                name="tenant",
                version=version,
                effective_from=at,
                body=Workforce.model_validate(body).model_dump(mode="json"),
            ),
        )
        for version, (body, at) in enumerate(zip(bodies, since, strict=True), start=1)
    ]
    return _at(position, history(*facts, ticket=UUID(int=72)))


def _at(position: int, events: list[RecordedEvent]) -> list[RecordedEvent]:
    return [event._replace(position=position) for event in events]


def inputs_of(calendars: Sequence[RecordedEvent], workforces: Sequence[RecordedEvent]) -> FoldInputs:
    """What folds read beside their streams."""
    return FoldInputs(calendars, {}, workforces)
