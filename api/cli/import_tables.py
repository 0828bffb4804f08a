"""What an import did or would do, as tables and sentences."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.cli.locale import zone_sentence
from api.cli.printing import local, say, show_table
from api.importing.check import ImportForecast, NotTaken
from api.importing.outcome import ImportResult
from api.importing.records.outcome import RecordsResult
from domain.zones import TimeZone

MOST_WORDS_SHOWN = 20


def show_explanation(file: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    """The events of the first rows, and the states that the mapping does not name."""
    rows = [{"line": line["line"], "ticket": line["ticket"], **fact} for line in lines for fact in line["facts"]]
    show_table(f"The first rows of {file.name}", rows)
    _show_unknown_states(Counter(line["unknown_state"] for line in lines if line["unknown_state"] is not None))


def not_taken(outcome: ImportResult | RecordsResult) -> str:
    """How many rows are rejected and held back."""
    rejected = f"Rows that cannot be taken: {outcome.rejected:,}" if outcome.rejected else ""
    held = f"rows held back with others of their tickets: {outcome.held_back:,}" if outcome.held_back else ""
    return "; ".join(filter(None, (rejected, held)))


def show_outcome(outcome: ImportResult, title: str) -> None:
    """The counts of an import, and a sentence for each thing that needs a look."""
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
        say(f"{outcome.not_overwritten} rows contradict what was decided here since; they are kept as details.")
    if outcome.late:
        say(f"{outcome.late} rows lie before rows that were recorded already; they are kept as details.")


def show_forecast(forecast: ImportForecast, zone: TimeZone) -> None:
    """The outcome, events, dates, unknown words and reasons that an import would have, with times in a zone."""
    show_outcome(forecast.outcome, "Check")
    kinds = _most_frequent_first(forecast.events_by_kind)
    show_table("Events by kind", [{"event": kind, "events": count} for kind, count in kinds])
    dates_shown = [
        {"column": dates.column, "which": which, "as written": date.written, "as read": local(date.read, zone)}
        for dates in forecast.dates
        for which, group in (
            ("for example", dates.examples),
            ("earliest", [dates.earliest]),
            ("latest", [dates.latest]),
        )
        for date in group
        if date is not None
    ]
    show_table("Dates", dates_shown, "none could be read")
    if dates_shown:
        say(zone_sentence(zone))
    for dates in forecast.dates:
        if dates.unreadable:
            say(f"Dates in {dates.column!r} that cannot be read: {dates.unreadable:,}.")
    if forecast.unmapped_times:
        columns = ", ".join(map(repr, forecast.unmapped_times))
        say(f"No key of the mapping names these columns of times; their values are kept as details: {columns}.")
    words = [
        {"key": key, **word}
        for key, counts in forecast.unknown_words.items()
        for word in (_most(counts, "word") if counts else [])
    ]
    if words:
        show_table("Words kept as written", words)
    show_reasons(forecast.not_taken)


def show_records(outcome: RecordsResult, title: str) -> None:
    """The counts of an import of records, and its events by kind."""
    say(f"Read as {outcome.read_as}.")
    show_table(title, [{name: value for name, value in asdict(outcome).items() if isinstance(value, int)}])
    kinds = _most_frequent_first(outcome.events_by_kind)
    show_table("Events by kind", [{"event": kind, "events": count} for kind, count in kinds])


def show_reasons(not_taken_rows: Sequence[NotTaken]) -> None:
    """The rows that are not taken by reason."""
    reasons = [
        {"reason": group.reason, "rows": group.rows, "first lines": ", ".join(map(str, group.lines))}
        for group in not_taken_rows
    ]
    if reasons:
        show_table("Not taken", reasons)


def _show_unknown_states(states: Mapping[str, int]) -> None:
    if states:
        show_table("Unknown states", _most(states, "state"))
        say(
            "The mapping does not name them: they are kept as written and become no event. Name them under"
            " [state.values] before the import: a recorded row is not read again, unless under another `source`."
        )


def _most(counts: Mapping[str, int], name: str) -> Sequence[Mapping[str, object]]:
    """The most frequent ones, and how many rows the others have."""
    ordered = _most_frequent_first(counts)
    others = sum(count for _, count in ordered[MOST_WORDS_SHOWN:])
    rows = [{name: word, "rows": count} for word, count in ordered[:MOST_WORDS_SHOWN]]
    return [*rows, {name: f"({len(ordered) - MOST_WORDS_SHOWN} others)", "rows": others}] if others else rows


def _most_frequent_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: -item[1])
