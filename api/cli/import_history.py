"""Importing, seen from the terminal."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import typer
from psycopg import Connection

from api.cli.printing import Bars, bars, say, show_json, show_table
from api.cli.tenant_database import UsageError, connected, open_if_there, open_or_create
from api.database_roles import under
from api.importing.check import ImportForecast, ReconcileTickets, as_all_new, check_file
from api.importing.explanation import explanation
from api.importing.importer import import_file
from api.importing.mapping import read_mapping
from api.importing.outcome import ImportResult
from api.importing.recorder import Recorder
from api.importing.staging import ImportProgress
from api.workers.projection_lag import wait_until_projected
from api.workers.projection_workers import FollowerProcess
from domain.event_log.roles import DESK

SOME_NOT_TAKEN = 1
"""The exit code when rows were held back or rejected."""

MOST_WORDS_SHOWN = 20


def record(file: Path, mapping_file: Path, rejects: Path, data: Path | None, tenant: str, *, as_json: bool) -> None:
    """Imports while a follower works beside it, and says what became of the rows."""
    mapping = read_mapping(mapping_file)
    _check_there(file)
    with (
        open_or_create(data, tenant) as dsn,
        FollowerProcess(dsn, [tenant]),
        connected(under(dsn, DESK)) as connection,
        bars() as shown,
    ):
        try:
            outcome = import_file(connection, tenant, file, mapping, rejects, _teller(shown))
        except OSError as error:
            raise UsageError(
                f"The reject file {rejects} cannot be written ({error}): choose another with --rejects."
            ) from error
        wait_until_projected(dsn, tenant, lambda done, total: shown.show("projecting", done, total))
    if as_json:
        show_json(asdict(outcome) | {"rejects": None if outcome.whole else str(rejects)})
    else:
        _show(outcome, "Import")
        if not outcome.whole:
            say(f"{_not_taken(outcome)}. {rejects} lists them with their reasons: mend the file and import it again.")
    _end(outcome)


def check(file: Path, mapping_file: Path, data: Path | None, tenant: str, *, as_json: bool) -> None:
    """Says what an import of the whole file would do."""
    mapping = read_mapping(mapping_file)
    _check_there(file)
    with open_if_there(data, tenant, DESK) as dsn, bars() as shown:
        if dsn is None:
            forecast = check_file(file, mapping, as_all_new, _teller(shown))
        else:
            with connected(dsn) as connection:
                forecast = check_file(file, mapping, _against_log(connection, tenant), _teller(shown))
    if as_json:
        said = asdict(forecast)
        show_json(said.pop("outcome") | said)
    else:
        _show(forecast.outcome, "Check")
        _show_forecast(forecast)
        if not forecast.outcome.whole:
            say(f"{_not_taken(forecast.outcome)}: mend the file, or the mapping, before the import.")
        say("This is what an import would do; nothing was recorded.")
    _end(forecast.outcome)


def _against_log(connection: Connection, tenant: str) -> ReconcileTickets:
    return lambda binding, tickets: Recorder(connection, tenant, binding).forecast(tickets)


def explain(file: Path, mapping_file: Path, rows: int, *, as_json: bool) -> None:
    """Shows what would become of the first rows."""
    lines = explanation(file, read_mapping(mapping_file), rows)
    if as_json:
        show_json(lines)
        return
    rows_shown = [{"line": line["line"], "ticket": line["ticket"], **fact} for line in lines for fact in line["facts"]]
    show_table(f"The first rows of {file.name}", rows_shown)
    _show_unknown_states(Counter(line["unknown_state"] for line in lines if line["unknown_state"] is not None))


def _check_there(file: Path) -> None:
    if not file.is_file():
        raise UsageError(f"There is no file {file}.")


def _teller(shown: Bars) -> Callable[[ImportProgress], None]:
    def tell(progress: ImportProgress) -> None:
        shown.show(progress.phase, progress.done, progress.total)

    return tell


def _end(outcome: ImportResult) -> None:
    if not outcome.whole:
        raise typer.Exit(SOME_NOT_TAKEN)


def _not_taken(outcome: ImportResult) -> str:
    rejected = f"Rows that cannot be taken: {outcome.rejected:,}" if outcome.rejected else ""
    held = f"rows held back with others of their tickets: {outcome.held_back:,}" if outcome.held_back else ""
    return "; ".join(filter(None, (rejected, held)))


def _show(outcome: ImportResult, title: str) -> None:
    say(f"Read as {outcome.read_as}.")
    counts = {name: value for name, value in asdict(outcome).items() if isinstance(value, int)}
    show_table(title, [counts])
    _show_unknown_states(outcome.unknown_states)
    if outcome.back_in_time:
        lines = ", ".join(map(str, outcome.back_in_time_lines))
        say(
            f"{outcome.back_in_time} rows hold a time that is earlier than what comes before it (lines {lines} ...);"
            " the order was kept. What they end is ended when it began."
        )
    if outcome.moved_back:
        lines = ", ".join(map(str, outcome.moved_back_lines))
        say(
            f"{outcome.moved_back} tickets are further back than in the export before (lines {lines} ...); they were"
            " put back to that state."
        )
    if outcome.not_overwritten:
        say(f"{outcome.not_overwritten} rows say otherwise what was decided here since; they are kept as details.")
    if outcome.late:
        say(f"{outcome.late} rows lie before rows that were recorded already; they are kept as details.")


def _show_forecast(forecast: ImportForecast) -> None:
    kinds = sorted(forecast.events_by_kind.items(), key=lambda one: -one[1])
    show_table("Events by kind", [{"event": kind, "events": count} for kind, count in kinds])
    shown = [
        {"column": dates.column, "which": which, "as written": one.written, "as read": one.read}
        for dates in forecast.dates
        for which, ones in (("for example", dates.examples), ("earliest", [dates.earliest]), ("latest", [dates.latest]))
        for one in ones
        if one is not None
    ]
    show_table("Dates", shown, "none could be read")
    for dates in forecast.dates:
        if dates.unreadable:
            say(f"Dates in {dates.column!r} that cannot be read: {dates.unreadable:,}.")
    words = [
        {"key": key, **word}
        for key, counts in forecast.unknown_words.items()
        for word in (_most(counts, "word") if counts else [])
    ]
    if words:
        show_table("Words kept as written", words)
    reasons = [
        {"reason": one.reason, "rows": one.rows, "first lines": ", ".join(map(str, one.lines))}
        for one in forecast.not_taken
    ]
    if reasons:
        show_table("Not taken", reasons)


def _show_unknown_states(states: Mapping[str, int]) -> None:
    if states:
        show_table("Unknown states", _most(states, "state"))
        say(
            "The mapping does not name them: they are kept as written and tell no event. Say what they mean under"
            " [state.values], before the import: a row that is recorded is not told anew, unless as another `source`."
        )


def _most(counts: Mapping[str, int], name: str) -> Sequence[Mapping[str, object]]:
    """The most frequent ones, and how many rows the others have."""
    ordered = sorted(counts.items(), key=lambda one: -one[1])
    others = sum(count for _, count in ordered[MOST_WORDS_SHOWN:])
    rows = [{name: word, "rows": count} for word, count in ordered[:MOST_WORDS_SHOWN]]
    return [*rows, {name: f"({len(ordered) - MOST_WORDS_SHOWN} others)", "rows": others}] if others else rows
