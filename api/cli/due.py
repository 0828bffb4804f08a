"""`due`: what becomes due next."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, NamedTuple
from uuid import UUID

import typer
from psycopg import Connection

from api.cli.options import INSTANT
from api.cli.printing import local, say, show_json, show_table
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from domain.due.instance import identity_of
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.readable import Language, number
from projections.audit.due_words import due_in_words, step_in_words
from projections.audit.words import word_of
from projections.engine.checkpoints import position_of
from projections.procedures.queries import steps_of
from projections.procedures.table import PROCEDURES
from projections.timers.table import STEP, TIMERS, Timer
from projections.timers.upcoming import DueQuery, overdue, upcoming_timers


class DueWords(NamedTuple):
    """The words around the table; ``before`` has a placeholder."""

    title: str
    nothing: str
    before: str


_WORDS: Mapping[Language, DueWords] = MappingProxyType(
    {
        "en": DueWords("Due next", "nothing is due", "Due before that, and not recorded yet: {}."),
        "vi": DueWords("Sắp đến hạn", "không có gì đến hạn", "Đến hạn trước đó mà chưa ghi nhận: {}."),
    }
)


@options_of(ReadOptions)
def due(
    reading: ReadOptions,
    at: Annotated[
        datetime | None,
        typer.Option(formats=INSTANT, help="From this instant on; else from now on. A day means its beginning."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 20,
) -> None:
    """List what becomes due next: reminders, ends of holds, steps of procedures.

    `sla due` lists the clocks of tickets. What is due already and waits to be recorded is counted in a sentence.
    """
    with reading.connection() as connection:
        schema = schema_of(reading.tenant)
        locale = reading.locale(connection)
        position_of(connection, reading.tenant, [PROCEDURES, TIMERS])
        now = reader.now(connection)
        start = locale.instant(at) or now
        query = DueQuery(connection, reading.tenant, schema, now)
        timers, _ = upcoming_timers(query, start, limit=limit)
        before = overdue(query, start)
        steps = _steps(connection, schema, timers, locale.language)
    if reading.as_json:
        show_json([asdict(timer) for timer in timers])
        return
    words = _WORDS[locale.language]
    rows = [
        {
            "due": local(timer.due_at, locale.zone),
            "source": word_of("due source", timer.source, locale.language),
            "kind": word_of("stream kind", timer.kind, locale.language),
            "subject": timer.stream,
            "identity": steps.get((timer.stream, timer.identity))
            or due_in_words(timer.identity, locale.language, locale.zone),
        }
        for timer in timers
    ]
    show_table(words.title, rows, words.nothing, language=locale.language)
    say(locale.zone_sentence)
    if before:
        say(words.before.format(number(before, locale.language)))


def _steps(
    connection: Connection, schema: str, timers: Sequence[Timer], language: Language
) -> dict[tuple[UUID, str], str]:
    """The steps of procedures among what is due, by their titles."""
    procedures = {timer.stream for timer in timers if timer.source == STEP}
    return {
        (stream, identity_of(step.step, step.version)): step_in_words(
            step.title_vi if language == "vi" else step.title_en, language
        )
        for stream, steps in steps_of(connection, schema, procedures).items()
        for step in steps
    }
