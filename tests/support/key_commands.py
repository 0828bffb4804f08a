"""Making keys by the command line, and their events."""

from typing import Any

import psycopg

from domain.event_log import reader
from tests.support.command_line import Run


def created(run: Run, *words: str) -> str:
    answer = run("keys", "create", "--actor", "Lan", "--scope", "read", *words, "--json")
    assert answer.code == 0, answer.err
    key = answer.json["key"]
    assert isinstance(key, str)
    return key


def key_events(dsn: str) -> list[tuple[str, dict[str, Any]]]:
    with psycopg.connect(dsn) as connection:
        return [
            (event.topic, event.payload.model_dump(mode="json")) for event in reader.page(connection, "default", 0, 99)
        ]


def id_of(key: str) -> str:
    return key.split("_")[2]
