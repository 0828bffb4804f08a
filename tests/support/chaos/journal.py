"""The commands that other processes sent to desks, and the answers that they got."""

import json
import queue
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.event_log.append import Answer
from domain.ticket import commands as ticket_commands

TIME_LIMIT = 60  # seconds without a line until the test gives up


@dataclass
class Journal:
    """Reads the output of the writers (tests/support/chaos/writer.py)."""

    lines: queue.Queue[str]
    commands: dict[str, tuple[UUID, Any]] = field(default_factory=dict)
    answered: dict[str, Answer] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)

    def wait_for_answers(self, count: int) -> None:
        while count:
            count -= self._take(self.lines.get(timeout=TIME_LIMIT))

    def drain(self) -> None:
        """Reads the output so far."""
        while not self.lines.empty():
            self._take(self.lines.get())

    def _take(self, line: str) -> bool:
        """Reads a line; returns whether it is an answer."""
        match json.loads(line):
            case {"asked": name, "stream": stream, "kind": kind, "command": command}:
                self.commands[name] = UUID(stream), getattr(ticket_commands, kind).model_validate_json(command)
                return False
            case {"answered": name, "answer": [stream, *numbers]}:
                self.answered[name] = Answer(UUID(stream), *numbers)
            case {"refused": name}:
                self.refused.add(name)
            case _:
                return False
        return True
