"""A batch of commands, decided one after the other and not recorded yet."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.command_handling.command_request import CommandRequest
from domain.command_handling.decide import StreamsMissing, StreamState, decide_command
from domain.event_log.append import Answer, Batch
from domain.event_log.encryption import Encryptor


@dataclass(slots=True)
class DecidedBatch:
    """``states`` are those after the commands; ``outcomes`` stand in the order of the commands.

    The positions of the answers count from the head before the append. ``missing``: the streams, by the index of the
    command, without which commands cannot be decided; then nothing of the batch counts.
    """

    batch: Batch
    states: dict[UUID, StreamState]
    outcomes: list[Answer | Exception] = field(default_factory=list)
    missing: dict[int, Collection[UUID]] = field(default_factory=dict)

    def outcomes_after(self, head: int) -> list[Answer | Exception]:
        """The outcomes with positions in the log, once the batch is appended after ``head``."""
        return [
            Answer(outcome.stream, outcome.version, head + outcome.position, outcome.events)
            if isinstance(outcome, Answer)
            else outcome
            for outcome in self.outcomes
        ]


def decide_batch(
    requests: Sequence[CommandRequest],
    states: Mapping[UUID, StreamState],
    now: datetime,
    encryptor: Encryptor | None = None,
) -> DecidedBatch:
    """Decides each command on the states that the commands before it leave. An error is the outcome of its command.

    ``encryptor`` encrypts the personal values of the events; None in a log without encryption.
    """
    versions = {stream: current.version for stream, current in states.items()}
    batch = Batch(versions, [request.context.command_id for request in requests], encryptor)
    decided = DecidedBatch(batch, dict(states))
    for index, request in enumerate(requests):
        try:
            outcome: Answer | Exception = _add(decided, request, now)
        except StreamsMissing as missing:
            decided.missing[index] = missing.streams
            continue
        except Exception as error:  # noqa: BLE001 -- whatever one command fails with, its neighbours go on
            outcome = error
        decided.outcomes.append(outcome)
    return decided


def _add(decided: DecidedBatch, request: CommandRequest, now: datetime) -> Answer:
    """Decides one command and adds all of its events, or none when it fails.

    Nothing is added once streams are missing: it is decided again with them.
    """
    events, after = decide_command(request, decided.states, now)
    version = after[request.stream].version
    last = 0
    if not decided.missing:
        command_id, fingerprint = request.context.command_id, request.fingerprint
        last = decided.batch.add_decided(command_id, fingerprint, request.stream, version, events)
    decided.states.update(after)
    return Answer(request.stream, version, last, len(events))
