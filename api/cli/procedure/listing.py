"""`procedure list`, `procedure show` and `procedure whatif`."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import typer

from api.cli.definitions.definition_files import read
from api.cli.named_streams import PROCEDURE_IDS, no_stream, stream_named
from api.cli.printing import local, say, show_json, show_table
from api.cli.procedure.words import WORDS
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from api.cli.usage_error import UsageError
from domain.definitions.definition_file import WrittenDefinition, read_definition_file
from domain.definitions.kinds import PROCEDURE
from domain.definitions.procedure_book import ProcedureBook
from domain.definitions.shipped import shipped_files
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.ids import short_reference
from projections.audit.words import word_of
from projections.engine.checkpoints import position_of
from projections.procedures.queries import ProcedureFilter, is_overdue, one_procedure, procedures
from projections.procedures.table import PROCEDURES
from projections.procedures.what_if import MOST_NAMED, would_have_started


@options_of(ReadOptions)
def list_procedures(
    reading: ReadOptions,
    procedure: Annotated[str | None, typer.Option(help="Of this definition alone.")] = None,
    state: Annotated[Literal["running", "completed", "abandoned", "any"], typer.Option(help="In this state.")] = (
        "running"
    ),
    subject: Annotated[UUID | None, typer.Option(help="About this ticket, customer or contract.")] = None,
    customer: Annotated[UUID | None, typer.Option(help="For this customer.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="With an open step whose due time has passed.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 50,
) -> None:
    """List procedures, the newest first."""
    wanted = ProcedureFilter(procedure, None if state == "any" else state, subject, customer, overdue)
    with reading.connection() as connection:
        locale = reading.locale(connection)
        position_of(connection, reading.tenant, [PROCEDURES])
        book = ProcedureBook(reader.definitions(connection, reading.tenant))
        listed, _ = procedures(connection, schema_of(reading.tenant), wanted, reader.now(connection), limit=limit)
    if reading.as_json:
        show_json(listed)
        return
    rows = [
        {
            "started": local(each.started_at, locale.zone),
            "procedure": book.title(each.procedure, each.definition_version, locale.language),
            "about": f"{word_of('stream kind', each.subject_kind, locale.language)} {short_reference(each.subject)}",
            "owner": each.owner,
            "state": word_of("state of a procedure", each.state, locale.language),
            "outcome": each.outcome and word_of("result of a step", each.outcome, locale.language),
            "id": each.procedure_stream,
        }
        for each in listed
    ]
    show_table(WORDS[locale.language].title, rows, language=locale.language)
    say(locale.zone_sentence)


@options_of(ReadOptions)
def show(
    reading: ReadOptions,
    procedure: Annotated[str, typer.Argument(help="The id of a procedure, or the last 12 digits of it.")],
) -> None:
    """Show a procedure with its steps."""
    with reading.connection() as connection:
        locale = reading.locale(connection)
        position_of(connection, reading.tenant, [PROCEDURES])
        stream = stream_named(connection, reading.tenant, PROCEDURE_IDS, procedure)
        shown, now = one_procedure(connection, schema_of(reading.tenant), stream), reader.now(connection)
        book = ProcedureBook(reader.definitions(connection, reading.tenant))
    if shown is None:
        raise no_stream(PROCEDURE_IDS, procedure)
    if reading.as_json:
        show_json(shown)
        return
    language, zone = locale
    row, words = shown.procedure, WORDS[language]
    state = word_of("state of a procedure", row.state, language)
    kind = word_of("stream kind", row.subject_kind, language)
    outcome = f", {word_of('result of a step', row.outcome, language)}" if row.outcome else ""
    title = book.title(row.procedure, row.definition_version, language)
    say(words.state.format(procedure=title, version=row.definition_version, state=state, outcome=outcome))
    say(words.subject.format(kind=kind, subject=row.subject, owner=row.owner or words.nobody))
    rows = [
        (
            each.step,
            each.title_vi if language == "vi" else each.title_en,
            each.agent or each.team or (each.role and word_of("role", each.role, language)),
            local(each.due_at, zone),
            words.overdue if is_overdue(each, now) else None,
            local(each.ended_at, zone),
            each.ended_as and word_of("end of a step", each.ended_as, language),
            each.result and word_of("result of a step", each.result, language),
        )
        for each in shown.steps
    ]
    show_table(words.steps, [dict(zip(words.columns, cells, strict=True)) for cells in rows], language=language)
    say(locale.zone_sentence)


@options_of(ReadOptions)
def whatif(
    reading: ReadOptions,
    file: Annotated[Path, typer.Argument(help="A TOML file, or the name of a shipped procedure, such as complaint.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days back.")] = 30,
) -> None:
    """Show what a procedure file would have started by itself.

    Nothing is recorded.

    The starts that its `starts_on` names are counted, imports and stale facts left out; while one runs, another does
    not start, which is not counted here.
    """
    written = _written(file)
    if written.kind is not PROCEDURE:
        raise UsageError(f"{file} is a {written.kind.name}: give the file of a procedure.")
    with reading.connection() as connection:
        locale = reading.locale(connection)
        now = reader.now(connection)
        result = would_have_started(connection, reading.tenant, written.name, written.body, now - timedelta(days=days))  # type: ignore[arg-type]  # of PROCEDURE
    if reading.as_json:
        show_json(result)
        return
    words = WORDS[locale.language]
    say(words.starts.format(days=days, name=written.name, starts=result.starts, subjects=result.subjects))
    say(words.stale.format(result.stale))
    rows = [{"at": local(each.at, locale.zone), "topic": each.topic, "subject": each.subject} for each in result.named]
    show_table(words.last.format(min(result.starts, MOST_NAMED)), rows, language=locale.language)
    say(locale.zone_sentence)


def _written(file: Path) -> WrittenDefinition:
    """The definition of a file or of a shipped procedure. Raises UsageError."""
    shipped = shipped_files(PROCEDURE.name).get(str(file))
    return read(file)[0] if shipped is None or file.exists() else read_definition_file(shipped)
