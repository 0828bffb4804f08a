"""`import`: tickets or customers from a file, with a check, an explanation and the draft of a mapping."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api.cli.import_refusals import refused_in_both_languages
from api.cli.import_sentences import reason_in
from api.cli.import_tables import ImportTables
from api.cli.import_words import IMPORT_WORDS
from api.cli.locale import settings_of
from api.cli.mapping_draft import write_draft
from api.cli.printing import Bars, bars, say, show_json
from api.cli.read_options import AnswerOptions
from api.cli.shared_options import options_of
from api.cli.tenant_database import connected, open_if_there, open_or_create
from api.cli.usage_error import UsageError
from api.database import NoDatabaseError
from api.database_roles import under
from api.importing.check import ImportForecast, check_file
from api.importing.explanation import explanation, for_programs
from api.importing.importer import import_file
from api.importing.mapping import ImportMapping
from api.importing.outcome import ImportResult
from api.importing.recorder import Recorder
from api.importing.records.importer import check_records, import_records
from api.importing.records.mapping import read_any_mapping
from api.importing.records.outcome import RecordsForecast, RecordsResult
from api.importing.staging import ImportProgress
from api.workers.projection_lag import wait_until_projected
from api.workers.worker_process import WorkerProcess
from domain.event_log.roles import DESK
from domain.readable import Language
from domain.tenant_settings import TenantSettings
from domain.zones import zone_named

SOME_NOT_TAKEN = 1
"""The exit code when rows were held back or rejected."""


@options_of(AnswerOptions)
def import_(
    options: AnswerOptions,
    file: Annotated[Path, typer.Argument(help="CSV, Excel or JSON; plain, in a zip archive or packed by gzip.")],
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file that says what the columns mean, or a shipped one, like zendesk, jira or plain."
        ),
    ] = None,
    guess: Annotated[bool, typer.Option("--guess", help="Only write a draft of a mapping for the file.")] = False,
    to: Annotated[Path | None, typer.Option("--to", dir_okay=False, help="Where --guess writes; else here.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what an import of the whole file would do; nothing is recorded.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Only show what would become of the first rows.")] = False,
    rows: Annotated[int, typer.Option(min=1, max=10_000, help="How many rows --explain reads.")] = 20,
    rejects: Annotated[
        Path | None, typer.Option(help="Where rows that are not taken are listed; else FILE.rejects.csv, here.")
    ] = None,
) -> None:
    """Import tickets, customers, purchases, contracts or usage; the mapping says which.

    The same file again adds nothing, a longer one only what is new.

    Every row becomes one or more events, or a line with its reason in the reject file. A ticket with a row that cannot
    be read is held back until the file is mended. Exit code 1: some rows were not taken.
    """
    if file.is_dir():
        raise UsageError(f"{file} is a folder: name a file.", f"{file} là thư mục: hãy ghi tên một tệp.")
    if not file.is_file():
        raise UsageError(f"There is no file {file}.", f"Không có tệp {file}.")
    with refused_in_both_languages():
        if guess:
            settings = _settings(options)
            write_draft(file, to, settings.zone, options.language or settings.language)
        elif mapping is None:
            raise UsageError(
                "Say with --mapping what the columns mean; --guess drafts a mapping.",
                "Hãy nêu ý nghĩa các cột bằng --mapping; --guess viết một tệp ánh xạ nháp.",
            )
        elif check:
            _check(file, mapping, options)
        elif explain:
            _explain(file, mapping, rows, options)
        else:
            _record(file, mapping, rejects or Path(f"{file.name}.rejects.csv"), options)


def _settings(options: AnswerOptions) -> TenantSettings:
    """Those of the tenant; those of a new one where the database cannot be reached: a draft needs none."""
    try:
        return settings_of(options.data, options.tenant)
    except NoDatabaseError:
        return TenantSettings()


def _explain(file: Path, mapping_file: Path, rows: int, options: AnswerOptions) -> None:
    """Shows the events of the first rows."""
    mapping = read_any_mapping(mapping_file)
    if not isinstance(mapping, ImportMapping):
        raise UsageError(
            "--explain shows the rows of tickets; use --check for this mapping.",
            "--explain cho xem các dòng của phiếu; với tệp ánh xạ này hãy dùng --check.",
        )
    lines = explanation(file, mapping, rows)
    if options.as_json:
        show_json(map(for_programs, lines))
        return
    settings = _settings(options)
    tables = ImportTables(options.language or settings.language)
    tables.explanation(file, lines, zone_named(mapping.time.zone or settings.zone))


def _record(file: Path, mapping_file: Path, rejects: Path, options: AnswerOptions) -> None:
    """Imports while a follower works beside it, and reports the outcome."""
    mapping = read_any_mapping(mapping_file)
    tenant = options.tenant
    with open_or_create(options.data, tenant) as dsn, WorkerProcess(dsn, [tenant]), bars() as progress:
        address, language = under(dsn, DESK), options.language_now()
        report, in_words = _shown_by(progress, language), partial(reason_in, language=language)
        try:
            outcome: ImportResult | RecordsResult
            if isinstance(mapping, ImportMapping):
                with connected(address) as connection:
                    outcome = import_file(connection, tenant, file, mapping, rejects, report, in_words)
            else:
                outcome = import_records(address, tenant, file, mapping, rejects, report, in_words)
        except OSError as error:
            raise UsageError(
                f"The reject file {rejects} cannot be written ({error}): choose another with --rejects.",
                f"Không ghi được tệp từ chối {rejects} ({error}): hãy chọn tệp khác bằng --rejects.",
            ) from error
        projecting = IMPORT_WORDS[language]["projecting"]
        wait_until_projected(dsn, tenant, lambda done, total: progress.show(projecting, done, total))
    if options.as_json:
        show_json(asdict(outcome) | {"rejects": None if outcome.whole else str(rejects)})
    else:
        tables = ImportTables(language)
        if isinstance(outcome, ImportResult):
            tables.outcome(outcome, "import")
        else:
            tables.records(outcome, "import")
        if not outcome.whole:
            say(IMPORT_WORDS[language]["mend"].format(not_taken=tables.not_taken(outcome), rejects=rejects))
    _end(outcome)


def _check(file: Path, mapping_file: Path, options: AnswerOptions) -> None:
    """Says what an import of the whole file would do."""
    mapping = read_any_mapping(mapping_file)
    tenant = options.tenant
    with open_if_there(options.data, tenant, DESK) as dsn, bars() as progress:
        language = options.language_now()
        report = _shown_by(progress, language)
        forecast: ImportForecast | RecordsForecast
        if not isinstance(mapping, ImportMapping):
            with nullcontext() if dsn is None else connected(dsn) as known:
                forecast = check_records(known, tenant, file, mapping, report)
        elif dsn is None:
            forecast = check_file(file, mapping, report=report)
        else:
            with connected(dsn) as connection:
                forecast = check_file(
                    file,
                    mapping,
                    lambda binding: Recorder(connection, tenant, binding).forecast,
                    report,
                )
    if options.as_json:
        fields = asdict(forecast)
        show_json(fields.pop("outcome") | fields)
    else:
        tables, words = ImportTables(language), IMPORT_WORDS[language]
        if isinstance(forecast, ImportForecast) and isinstance(mapping, ImportMapping):
            tables.forecast(forecast, zone_named(mapping.time.zone or "UTC"))
        elif isinstance(forecast, RecordsForecast):
            tables.records(forecast.outcome, "check")
            tables.reasons(forecast.not_taken)
        if not forecast.outcome.whole:
            say(words["mend_before"].format(tables.not_taken(forecast.outcome)))
        say(words["nothing_recorded"])
    _end(forecast.outcome)


def _shown_by(progress: Bars, language: Language) -> Callable[[ImportProgress], None]:
    return lambda step: progress.show(IMPORT_WORDS[language][step.phase], step.done, step.total)


def _end(outcome: ImportResult | RecordsResult) -> None:
    if not outcome.whole:
        raise typer.Exit(SOME_NOT_TAKEN)
