"""`assign explain` and `assign queue`: why a ticket is assigned as it is, and who would be next."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, NamedTuple

import typer

from api.cli.locale import Locale
from api.cli.printing import local, say, show_json, show_sentence, show_table
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from api.cli.ticket_names import ticket_named, unknown_ticket
from api.headings import nothing
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.readable import Language
from projections.assignments.readings import READS, AssignmentChoice, assignment_queue, explained
from projections.audit.routing_text import candidate_text, routing_text
from projections.audit.words import actor_words
from projections.engine.checkpoints import position_of


class AssignmentWords(NamedTuple):
    """The words around the tables. Some have placeholders."""

    recorded: str
    proposed: str
    assigned: str
    nobody: str
    following: str
    nothing_waits: str
    choice: str
    no_one: str
    candidates: str
    no_agents: str
    routing: str
    unpublished: str


_WORDS: Mapping[Language, AssignmentWords] = MappingProxyType(
    {
        "en": AssignmentWords(
            recorded="Recorded",
            proposed="proposed",
            assigned="assigned",
            nobody="nobody was assigned",
            following="Next",
            nothing_waits="no ticket waits for an agent",
            choice="Routing would choose {agent} of {team} (rule: {rule}).",
            no_one="nobody",
            candidates="Candidates: {} of {}",
            no_agents="the team has no agents",
            routing="Routing {}.",
            unpublished="No routing is published: nothing is assigned by itself.",
        ),
        "vi": AssignmentWords(
            recorded="Đã ghi nhận",
            proposed="đề xuất",
            assigned="phân công",
            nobody="chưa phân công cho ai",
            following="Tiếp theo",
            nothing_waits="không có phiếu nào chờ nhân viên",
            choice="Phân công tự động sẽ chọn {agent} của nhóm {team} (quy tắc: {rule}).",
            no_one="không ai",
            candidates="Người có thể nhận: {} trên {}",
            no_agents="nhóm không có nhân viên",
            routing="Phân công tự động, phiên bản {}.",
            unpublished="Chưa ban hành phân công tự động: không có gì được tự phân công.",
        ),
    }
)


@options_of(ReadOptions)
def explain(
    reading: ReadOptions,
    ticket: Annotated[str, typer.Argument(help="The id of a ticket, or its number in the source.")],
) -> None:
    """Explain the assignment of a ticket.

    Every assignment and proposal that was recorded, and what routing would choose now if nobody had the ticket.
    """
    with reading.connection() as connection, connection.transaction():
        locale = reading.locale(connection)
        position_of(connection, reading.tenant, READS)
        stream = ticket_named(connection, schema_of(reading.tenant), ticket)
        explanation = explained(connection, reading.tenant, stream, reader.now(connection))
    if explanation is None:
        raise unknown_ticket(ticket)
    if reading.as_json:
        show_json(explanation)
        return
    words = _WORDS[locale.language]
    rows = [
        {
            "at": local(each.at, locale.zone),
            "by": actor_words(each.by, each.by_kind, locale.language),
            "what": words.proposed if each.proposed else words.assigned,
            "team": each.team,
            "agent": each.agent,
            "why": routing_text(None if each.routing is None else each.routing.model_dump(), locale.language).strip(
                " ()"
            )
            or None,
        }
        for each in explanation.recorded
    ]
    show_table(words.recorded, rows, words.nobody, language=locale.language)
    if explanation.now is not None:
        _show_choice(explanation.now, locale.language)
    say(_under(explanation.routing_version, locale))


@options_of(ReadOptions)
def queue(
    reading: ReadOptions, limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 20
) -> None:
    """List the tickets that come next, and who would get them.

    Tickets without an agent, the one that is due first in front.
    """
    with reading.connection() as connection, connection.transaction():
        locale = reading.locale(connection)
        position_of(connection, reading.tenant, READS)
        waiting = assignment_queue(connection, reading.tenant, reader.now(connection), limit)
    if reading.as_json:
        show_json(waiting)
        return
    rows = [
        {
            "due": local(each.due_at, locale.zone),
            "waits_since": local(each.since, locale.zone),
            "ticket": each.ticket,
            "priority": each.priority,
            "team": each.choice.team,
            "rule": each.choice.rule,
            "agent": each.choice.agent,
            "because": candidate_text(each.choice.because, locale.language),
        }
        for each in waiting.tickets
    ]
    words = _WORDS[locale.language]
    show_table(words.following, rows, words.nothing_waits, language=locale.language)
    say(_under(waiting.routing_version, locale))


def _show_choice(choice: AssignmentChoice, language: Language) -> None:
    words = _WORDS[language]
    chosen = words.choice.format(
        agent=choice.agent or words.no_one, team=choice.team, rule=choice.rule or nothing(language)
    )
    show_sentence(chosen)
    rows = [{"candidate": each.agent, "why": candidate_text(each.why, language)} for each in choice.candidates]
    show_table(words.candidates.format(len(rows), choice.considered), rows, words.no_agents, language=language)


def _under(version: int | None, locale: Locale) -> str:
    words = _WORDS[locale.language]
    routing = words.unpublished if version is None else words.routing.format(version)
    return f"{routing} {locale.zone_sentence}"
