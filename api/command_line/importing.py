"""Importing, seen from the terminal."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path

from api.command_line.desk import Unusable, connected, made
from api.following import FollowerProcess
from api.importing.explanation import explanation
from api.importing.importer import Outcome, Progress, import_file
from api.importing.mapping import read_mapping
from api.printing import bars, say, show_json, show_table
from api.roles import under
from api.standing import wait_until_projected
from domain.event_log.roles import DESK


def record(file: Path, mapping_file: Path, rejects: Path, data: Path | None, tenant: str, *, as_json: bool) -> None:
    """Imports while a follower works beside it, and says what became of the rows."""
    mapping = read_mapping(mapping_file)
    if not file.is_file():
        raise Unusable(f"There is no file {file}.")
    with (
        made(data, tenant) as dsn,
        FollowerProcess(dsn, [tenant]),
        connected(under(dsn, DESK)) as connection,
        bars() as shown,
    ):

        def tell(progress: Progress) -> None:
            shown.show(progress.phase, progress.done, progress.total)

        try:
            outcome = import_file(connection, tenant, file, mapping, rejects, tell)
        except OSError as error:
            raise Unusable(
                f"The reject file {rejects} cannot be written ({error}): choose another with --rejects."
            ) from error
        wait_until_projected(dsn, tenant, lambda done, total: shown.show("projecting", done, total))
    if as_json:
        show_json(asdict(outcome) | {"rejects": str(rejects) if outcome.rejected else None})
    else:
        _show(outcome, rejects)


def explain(file: Path, mapping_file: Path, rows: int, *, as_json: bool) -> None:
    """Shows what would become of the first rows."""
    lines = explanation(file, read_mapping(mapping_file), rows)
    if as_json:
        show_json(lines)
        return
    rows_shown = [{"line": line["line"], "ticket": line["ticket"], **fact} for line in lines for fact in line["facts"]]
    show_table(f"The first rows of {file.name}", rows_shown)
    _show_unknown_states(Counter(line["unknown_state"] for line in lines if line["unknown_state"] is not None))


def _show(outcome: Outcome, rejects: Path) -> None:
    counts = {name: value for name, value in asdict(outcome).items() if isinstance(value, int)}
    show_table("Import", [counts])
    _show_unknown_states(outcome.unknown_states)
    if outcome.back_in_time:
        lines = ", ".join(map(str, outcome.back_in_time_lines))
        say(f"{outcome.back_in_time} rows are earlier than the one before (lines {lines} ...); the order was kept.")
    if outcome.late:
        say(f"{outcome.late} rows lie before rows that were recorded already; they are kept as details.")
    if outcome.rejected:
        say(f"{outcome.rejected} rows became no event; {rejects} lists them with their reasons.")


def _show_unknown_states(states: dict[str, int]) -> None:
    if states:
        rows = [{"state": state, "rows": count} for state, count in sorted(states.items(), key=lambda one: -one[1])]
        show_table("Unknown states", rows)
        say(
            "The mapping does not name them: they are kept as written and tell no event. Say what they mean under"
            " [state.values], before the import: a row that is recorded is not told anew, unless as another `source`."
        )
