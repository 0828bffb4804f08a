"""A stand-in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from domain.automation.facts import Facts
from domain.envelope import RecordedEvent


def gather(
    _connection: Connection, _tenant: str, histories: Sequence[Sequence[RecordedEvent]], _now: datetime
) -> Mapping[UUID, Facts]:
    return {
        history[0].stream: Facts(
            lambda _condition: None, ticket=history[0].stream if history[0].kind == "ticket" else None
        )
        for history in histories
    }
