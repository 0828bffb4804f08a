"""Chunks are recorded in order, and the next one is translated while one is appended."""

import threading
from datetime import UTC, datetime
from typing import cast

import psycopg
import pytest

from api.importing import chunk_pipeline
from api.importing.chunk_pipeline import ATTEMPTS, ConcurrentImport, Decided, record_chunks
from domain.event_log.append import Appended, Batch
from domain.ids import new_id

NOW = datetime(2026, 11, 28, tzinfo=UTC)
RECORDED, OVERTAKEN = Appended(0, NOW, [], [], NOW), Appended(0, NOW, [], [new_id()], NOW)


class Steps:
    """A recorder that notes what it was called with; chunk "quiet" leads to no command."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.translated: dict[str, threading.Event] = {}

    def look_up(self, chunk: str) -> str:
        self.calls.append(f"look up {chunk}")
        return chunk.upper()

    def translate(self, chunk: str, known: str) -> str:
        assert known == chunk.upper()
        self.translated.setdefault(chunk, threading.Event()).set()
        return chunk

    def decide(self, translated: str) -> Decided[str]:
        self.calls.append(f"decide {translated}")
        batch = Batch(judged={}, seen=[])
        if translated != "quiet":
            batch.add_command(translated, "", new_id(), 0, 0)
        return Decided(f"outcome of {translated}", batch)


@pytest.fixture
def steps() -> Steps:
    return Steps()


def recorded(steps: Steps, *chunks: str) -> list[str]:
    nowhere = cast("psycopg.Connection", None)  # the append of these tests needs none
    return list(record_chunks(nowhere, "default", steps, chunks))


def test_the_next_chunk_is_translated_while_one_is_appended(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    steps.translated["second"] = threading.Event()
    overlapped: list[bool] = []

    def append(_connection: object, _tenant: str, batch: Batch) -> Appended:
        if batch.commands[0].command_id == "first":
            overlapped.append(steps.translated["second"].wait(60))
        return RECORDED

    monkeypatch.setattr(chunk_pipeline, "append", append)
    assert recorded(steps, "first", "second") == ["outcome of first", "outcome of second"]
    assert overlapped == [True]


def test_a_chunk_is_decided_when_the_one_before_is_recorded(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    def append(_connection: object, _tenant: str, batch: Batch) -> Appended:
        steps.calls.append(f"append {batch.commands[0].command_id}")
        return RECORDED

    monkeypatch.setattr(chunk_pipeline, "append", append)
    assert recorded(steps, "first", "quiet", "last") == ["outcome of first", "outcome of quiet", "outcome of last"]
    assert [call for call in steps.calls if not call.startswith("look up")] == [
        "decide first", "append first", "decide quiet", "decide last", "append last",
    ]  # fmt: skip


def test_a_chunk_that_others_overtook_is_looked_up_and_decided_again(
    steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([OVERTAKEN, OVERTAKEN, RECORDED, RECORDED])
    monkeypatch.setattr(chunk_pipeline, "append", lambda *_: next(answers))
    assert recorded(steps, "first", "second") == ["outcome of first", "outcome of second"]
    assert steps.calls == [
        "look up first", "decide first", "look up second", "look up first", "decide first", "look up first",
        "decide first", "decide second",
    ]  # fmt: skip


def test_an_import_that_is_always_overtaken_gives_up(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_pipeline, "append", lambda *_: OVERTAKEN)
    with pytest.raises(ConcurrentImport):
        recorded(steps, "first")
    assert steps.calls.count("decide first") == ATTEMPTS
