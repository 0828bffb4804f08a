"""Rows of the due watch's table with something that happens after a watch has judged, before it records."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

from api.workers.due import Due, JudgedStream
from domain.messages import Command
from tests.support.sla_watching import Watched

Judged = list[JudgedStream]


def judged_then(due: Due, happens: Callable[[Judged], Judged]) -> Due:
    """The row. What it judges goes through ``happens``, in the thread of the watch."""

    def judge(*given: Any) -> Judged:
        return happens(due.judge(*given))

    return due._replace(judge=judge)


def interrupted(due: Due, by: Watched, command: Command, customer: UUID | None = None) -> Due:
    """After a ticket is judged, ``command`` reaches the ticket, or ``customer`` where one is given."""
    loop = asyncio.get_running_loop()

    def interrupt(judged: Judged) -> Judged:
        for each in judged:
            asyncio.run_coroutine_threadsafe(by.ask(customer or each.candidate, command), loop).result()
        return judged

    return judged_then(due, interrupt)


def judged_by_both(due: Due) -> Due:
    """The first two judgements wait for each other: two watches with this row judge before either records."""
    both, turns = threading.Barrier(2), iter(range(2))

    def meet(judged: Judged) -> Judged:
        if next(turns, None) is not None:
            both.wait(timeout=60)
        return judged

    return judged_then(due, meet)
