"""One attempt of a notification: begun on the log, handed over, and its outcome recorded."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from api.channels.hand_over import HandOver, Lost, NotAccepted, OutgoingChannel, OutgoingMessage, Taken
from api.workers.command_failures import NO_ANSWER
from api.workers.sending.judging import JudgedNotification
from domain.backoff import Backoff
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandIdReused
from domain.command_handling.service_desk import ServiceDesk
from domain.contact_rules.admit import Postpone, Suppress
from domain.event_log.append import Answer
from domain.ids import new_id_text
from domain.messages import Command
from domain.notification import sending as s
from domain.refusal import Refusal
from domain.switches.commands import StopSwitch
from domain.switches.state import SWITCHES

SENDER = Actor(id="sender", kind="system")
_ORIGIN = Origin(channel="sender")
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Attempts:
    """Records what the sender does. ``token`` makes the command ids of this process its own.

    An attempt that is begun is handed over within ``fresh``, or not at all: later it may count as lost, and a person or
    another sender may have begun the next one. What became of it is recorded as soon as the log takes it, for
    ``patience`` at most.
    """

    desk: ServiceDesk
    fresh: timedelta = timedelta(seconds=5)
    patience: timedelta = timedelta(minutes=10)
    token: str = field(default_factory=new_id_text)

    async def carry_out(self, judged: JudgedNotification, channel: OutgoingChannel) -> int | None:
        """Records what was judged, and hands over what is sent; returns the last position that it recorded."""
        admission = judged.admission
        if isinstance(admission, Suppress):
            command: Command = s.SuppressNotification(why=admission.why)
        elif isinstance(admission, Postpone):
            command = s.PostponeNotification(until=admission.until, why=admission.why)
        else:
            assert judged.message is not None  # noqa: S101 -- what is sent has an address and a text
            return await self._hand_over(judged, judged.message, channel)
        return _position(await self._record(judged.id, command, f"{judged.version}/judged", judged.version))

    async def record_lost(self, notification: UUID, version: int, attempt: int) -> int | None:
        """Records that the outcome of an attempt is unknown."""
        command = s.RecordUncertain(attempt=attempt)
        return _position(await self._record(notification, command, f"{attempt}/lost", version))

    async def record_put_back(self, notification: UUID, version: int, now: datetime) -> int | None:
        """Records that a notification is judged ``now``: what it waits for was given by a clock that was ahead."""
        command = s.PostponeNotification(until=now, why="clock_put_back")
        return _position(await self._record(notification, command, f"{version}/put back", version))

    async def _hand_over(
        self, judged: JudgedNotification, message: OutgoingMessage, channel: OutgoingChannel
    ) -> int | None:
        attempt, loop = judged.attempt, asyncio.get_running_loop()
        begun_at = loop.time()
        begin = s.StartAttempt(attempt=attempt, address=message.address, text_hash=message.text.text_hash)
        begun = await self._record(judged.id, begin, f"{attempt}/begin", judged.version)
        if begun is None:
            return None
        outcome: HandOver
        if loop.time() - begun_at > self.fresh.total_seconds():
            outcome = NotAccepted("begun_too_late")
        else:
            outcome = await _outcome(message, channel)
        command = _command(attempt, outcome)
        ended = await self._record(judged.id, command, f"{attempt}/end", None)
        if isinstance(outcome, NotAccepted) and outcome.gone:
            await self._stop_endpoint(message.address, judged.id, attempt)
        return _position(ended) or begun.position

    async def _stop_endpoint(self, name: str, notification: UUID, attempt: int) -> None:
        stop = StopSwitch(what="endpoint", name=name, reason="the endpoint answered 410: it wants nothing more")
        await self._record(SWITCHES, stop, f"{notification}/{attempt}/gone", None)

    async def _record(self, stream: UUID, command: Command, what: str, version: int | None) -> Answer | None:
        """The answer to a command; None when the log moved on. The same id again finds what was recorded before."""
        context = CommandContext(
            SENDER, f"notification/{stream}/{what}/{self.token}", _ORIGIN, expected_version=version
        )
        backoff, loop = Backoff(), asyncio.get_running_loop()
        until = loop.time() + self.patience.total_seconds()
        while True:
            try:
                return (await self.desk.handle(stream, command, context)).answer
            except (StaleVersion, Refusal, CommandIdReused):
                return None
            except NO_ANSWER:
                if loop.time() > until:
                    return None
                await asyncio.sleep(backoff.failed())


async def _outcome(message: OutgoingMessage, channel: OutgoingChannel) -> HandOver:
    try:
        return await channel.hand_over(message)
    except Exception as error:  # noqa: BLE001 -- a defect of one channel must not end the sender; it may have sent
        _LOG.error("the hand-over of notification %s failed: %s", message.id, type(error).__name__)
        # without its trace, which may hold the text or a secret
        return Lost()


def _command(attempt: int, outcome: HandOver) -> Command:
    match outcome:
        case Taken(provider_id=provider_id):
            return s.RecordHandOver(attempt=attempt, provider_id=provider_id)
        case NotAccepted():
            return s.RecordFailure(
                attempt=attempt, why=outcome.why, permanent=outcome.permanent, retry_after=outcome.retry_after
            )
        case Lost():
            return s.RecordUncertain(attempt=attempt)


def _position(answer: Answer | None) -> int | None:
    return None if answer is None else answer.position
