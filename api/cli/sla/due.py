"""`sla due`: the running clocks that are due next."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, NamedTuple

import typer

from api.cli.printing import local, say, show_json, show_table
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.readable import Language, number
from projections.audit.words import word_of
from projections.engine.checkpoints import position_of
from projections.sla.queries import due_next, open_clocks
from projections.sla.table import SLA_CLOCKS


class SlaDueWords(NamedTuple):
    """The words around the table; ``late`` has a placeholder."""

    title: str
    nothing: str
    late: str


_WORDS: Mapping[Language, SlaDueWords] = MappingProxyType(
    {
        "en": SlaDueWords("Due next", "nothing is due", "Late already: {}. `report sla` counts them by target."),
        "vi": SlaDueWords("Sắp đến hạn", "không có gì đến hạn", "Đã trễ: {}. `report sla` đếm theo cam kết."),
    }
)


@options_of(ReadOptions)
def due(
    reading: ReadOptions, limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 20
) -> None:
    """List the running clocks that are due next.

    Clocks that are late already are not listed; a sentence says how many there are.
    """
    with reading.connection() as connection:
        schema = schema_of(reading.tenant)
        locale = reading.locale(connection)
        position_of(connection, reading.tenant, [SLA_CLOCKS])
        now = reader.now(connection)
        clocks = due_next(connection, schema, now=now, limit=limit)
        late = sum(group.late for group in open_clocks(connection, schema, now=now))
    if reading.as_json:
        show_json(clocks)
        return
    rows = [
        {
            "due": local(clock.due_at, locale.zone),
            "ticket": clock.ticket,
            "target": word_of("target", clock.target, locale.language),
            "priority": clock.priority,
            "team": clock.team,
            "agent": clock.agent,
        }
        for clock in clocks
    ]
    words = _WORDS[locale.language]
    show_table(words.title, rows, words.nothing, language=locale.language)
    say(locale.zone_sentence)
    if late:
        say(words.late.format(number(late, locale.language)))
