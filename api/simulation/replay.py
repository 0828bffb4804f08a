"""Sends the steps of a simulated desk to a service desk: the past at full speed, the present in real time or faster."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice

from api.simulation.desk import MadeUpDesk
from api.simulation.ticket_life import ScenarioStep
from domain.command_context import CommandContext, Origin
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import Now, Overloaded, ServiceDesk
from domain.event_log.store import LogUnavailable
from domain.refusal import Refusal

AT_ONCE = 512
"""How many commands are sent together. The service desk must record them in the order in which they come."""
LONGEST_PAUSE = 1.0
"""Seconds between two steps of a hastened desk at most: nothing happens at night."""
PATIENCE = 1.0
"""Seconds until a step is sent again after the log was unavailable or overloaded."""


@dataclass(slots=True)
class ReplayResult:
    """How many ``steps`` were sent. ``known``: recorded by an earlier run of the same desk. ``refused``: because
    somebody else has worked on the ticket.
    """

    steps: int = 0
    events: int = 0
    known: int = 0
    refused: int = 0


class Replayer:
    """Sends the steps of one desk to a service desk. A repetition from the start has no second effect."""

    def __init__(self, made_up: MadeUpDesk, service: ServiceDesk, clock: Now) -> None:
        self._clock = clock
        self._steps = _with_ids(made_up.name, made_up.steps())
        self._next: tuple[str, ScenarioStep] | None = None
        self._service = service
        self.played = ReplayResult()

    async def past(self, until: datetime, report: Callable[[datetime], None] = lambda _: None) -> None:
        """Sends every step up to an instant at full speed. Raises LogUnavailable."""
        steps = self._before(until)
        while together := list(islice(steps, AT_ONCE)):
            await self._send(together)
            report(together[-1][1].at)

    async def present(self) -> None:
        """Sends every later step at its time, without end."""
        while True:
            number, step = self._next or next(self._steps)
            self._next = None
            await asyncio.sleep(max(0.0, (step.at - self._clock()).total_seconds()))
            await self._send_when_possible(number, step)

    async def hastened(self, speed: float) -> None:
        """Sends every step as of now, ``speed`` times as fast as they follow each other, without end."""
        before: datetime | None = None
        for number, step in self._steps:
            if before is not None:
                await asyncio.sleep(min((step.at - before).total_seconds() / speed, LONGEST_PAUSE))
            before = step.at
            await self._send_when_possible(number, step._replace(at=self._clock()))

    async def _send_when_possible(self, number: str, step: ScenarioStep) -> None:
        while True:
            try:
                await self._send([(number, step)])
            except (LogUnavailable, Overloaded):
                await asyncio.sleep(PATIENCE)
            else:
                return

    def _before(self, until: datetime) -> Iterator[tuple[str, ScenarioStep]]:
        for number, step in self._steps:
            if step.at > until:
                self._next = (number, step)
                return
            yield number, step

    async def _send(self, steps: Sequence[tuple[str, ScenarioStep]]) -> None:
        answers = await asyncio.gather(*(self._handle(*step) for step in steps), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, CommandResult):
                self.played.events += 0 if answer.repeated else answer.answer.events
                self.played.known += answer.repeated
            elif isinstance(answer, Refusal):
                self.played.refused += 1
            else:
                raise answer
        self.played.steps += len(steps)

    async def _handle(self, command_id: str, step: ScenarioStep) -> CommandResult:
        command = step.command.model_copy(update={"occurred_at": step.at})
        context = CommandContext(
            actor=step.actor,
            command_id=command_id,
            origin=Origin(channel=step.channel, client="simulation"),
        )
        return await self._service.handle(step.stream, command, context)


def _with_ids(desk: str, steps: Iterator[ScenarioStep]) -> Iterator[tuple[str, ScenarioStep]]:
    """The steps, each with its command id: of its own name, or of its number among those without one."""
    numbers = count()
    for step in steps:
        named = f"profile/{desk}/{step.name}" if step.name else f"simulation/{desk}/{next(numbers)}"
        yield named, step
