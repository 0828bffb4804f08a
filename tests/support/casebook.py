"""Commands decided in memory as the service desk decides them, for commands that read and write several streams."""

from datetime import datetime
from typing import Any
from uuid import UUID

from domain.command_context import Actor, CommandContext
from domain.command_handling.command_request import CommandRequest
from domain.command_handling.decide import EMPTY, Decision, StreamsMissing, StreamState, decide_command
from domain.envelope import RecordedEvent
from domain.ids import new_id_text
from domain.messages import Command, Event
from tests.support.events import AGENT


class Casebook:
    """Streams without a log. ``events`` are all recorded events, in order."""

    def __init__(self) -> None:
        self.states: dict[UUID, StreamState] = {}
        self.events: list[RecordedEvent] = []

    def give(self, stream: UUID, command: Command, at: datetime, by: Actor = AGENT) -> list[Event]:
        """The payloads of the events of the command. Raises what its decision raises."""
        request = CommandRequest.of(stream, command, CommandContext(by, new_id_text()))
        decision = self._decided(request, at)
        while isinstance(decision, StreamsMissing):
            request = request.reading_too(decision.streams)
            decision = self._decided(request, at)
        self.states |= {read: state for read, state in decision.after.items() if state.version}
        for event in decision.events:
            facts = (event.stream, event.version, event.payload.topic, at, event.envelope, event.payload)
            self.events.append(RecordedEvent(len(self.events) + 1, *facts))
        return [event.payload for event in decision.events]

    def _decided(self, request: CommandRequest, at: datetime) -> Decision | StreamsMissing:
        known = {read: self.states.get(read, EMPTY) for read in request.streams}
        try:
            return decide_command(request, known, at)
        except StreamsMissing as missing:
            return missing

    def state(self, stream: UUID) -> Any:
        """The state of a stream."""
        return self.states[stream].state

    def history(self, stream: UUID) -> list[RecordedEvent]:
        """The events of a stream."""
        return [event for event in self.events if event.stream == stream]

    def topics(self, stream: UUID) -> list[str]:
        """The topics of a stream's events."""
        return [event.topic for event in self.history(stream)]
