"""What an import did or would do, as tables and sentences."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic_core import to_jsonable_python

from api.cli.import_sentences import form_in, reason_in
from api.cli.import_words import IMPORT_WORDS
from api.cli.locale import zone_sentence
from api.cli.printing import local, say, show_table
from api.importing.check import ImportForecast, NotTaken
from api.importing.explanation import ExplainedRow
from api.importing.imported_event import ImportedEvent
from api.importing.outcome import ImportResult
from api.importing.records.outcome import RecordsResult
from domain.readable import Language, minute, number
from domain.zones import TimeZone
from projections.audit.sentences import sentence
from projections.audit.words import word_of

MOST_WORDS_SHOWN = 20
_ALWAYS_SHOWN = frozenset({"rows", "recorded", "known", "held_back", "rejected", "events", "tickets"})
"""The counts of an import that stand in its table when they are zero, too."""


class ImportTables:
    """Shows people what an import did, would do or makes of the first rows, in their language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._words = IMPORT_WORDS[language]

    def explanation(self, file: Path, lines: Sequence[ExplainedRow], zone: TimeZone) -> None:
        """The events of the first rows as the history says them, with times in a zone, and the unknown states."""
        rows = [row for line in lines for row in self._explained(line, zone)]
        show_table(self._words["first_rows"].format(file.name), rows, language=self._language)
        say(zone_sentence(zone, self._language))
        self._unknown_states(Counter(line.unknown_state for line in lines if line.unknown_state is not None))

    def _explained(self, line: ExplainedRow, zone: TimeZone) -> Iterator[Mapping[str, object]]:
        """A row of the table for each event, or for the reason why a row of the file has none."""
        if line.rejected is not None:
            reason = reason_in(line.rejected, self._language)
            yield self._explained_row(line, None, f"{self._words['rejected']}: {reason}")
        for event in line.events:
            said = sentence(_described(event), self._language, zone=zone)
            yield self._explained_row(line, minute(event.at.astimezone(zone), self._language), said)

    def _explained_row(self, line: ExplainedRow, at: str | None, said: str) -> Mapping[str, object]:
        words = self._words
        return {
            words["of_line"]: line.line,
            words["of_ticket"]: line.ticket,
            words["of_occurred_at"]: at,
            words["of_event"]: said,
        }

    def not_taken(self, outcome: ImportResult | RecordsResult) -> str:
        """How many rows are rejected and held back."""
        counts = {"rejected_said": outcome.rejected, "held_back_said": outcome.held_back}
        return "; ".join(self._words[reason].format(self._number(count)) for reason, count in counts.items() if count)

    def outcome(self, outcome: ImportResult, title: Literal["import", "check"]) -> None:
        """The counts of an import, and a sentence for each thing that needs a look."""
        self._counts(outcome, title)
        self._unknown_states(outcome.unknown_states)
        if outcome.back_in_time:
            self._say_lines("back_in_time_said", outcome.back_in_time, outcome.back_in_time_lines)
        if outcome.moved_back:
            self._say_lines("moved_back_said", outcome.moved_back, outcome.moved_back_lines)
        if outcome.not_overwritten:
            self._say("not_overwritten_said", count=self._number(outcome.not_overwritten))
        if outcome.late:
            self._say("late_said", count=self._number(outcome.late))

    def forecast(self, forecast: ImportForecast, zone: TimeZone) -> None:
        """The outcome, events, dates, unknown words and reasons that an import would have, with times in a zone."""
        self.outcome(forecast.outcome, "check")
        self._events(forecast.events_by_kind)
        self._dates(forecast, zone)
        words = [
            {self._words["key"]: key, **word}
            for key, counts in forecast.unknown_words.items()
            for word in (self._most(counts, "word") if counts else [])
        ]
        if words:
            self._table("words", words)
        self.reasons(forecast.not_taken)

    def records(self, outcome: RecordsResult, title: Literal["import", "check"]) -> None:
        """The counts of an import of records, and its events by kind."""
        self._counts(outcome, title)
        self._events(outcome.events_by_kind)

    def reasons(self, not_taken_rows: Sequence[NotTaken]) -> None:
        """The rows that are not taken by reason."""
        words = self._words
        reasons = [
            {
                words["reason"]: reason_in(group.reason, self._language),
                words["rows"]: group.rows,
                words["in_lines"]: ", ".join(map(str, group.lines)),
            }
            for group in not_taken_rows
        ]
        if reasons:
            self._table("not_taken", reasons)

    def _counts(self, outcome: ImportResult | RecordsResult, title: str) -> None:
        self._say("read_as", form_in(outcome.read_as, self._language))
        counts = {
            self._words[name]: value
            for name, value in asdict(outcome).items()
            if isinstance(value, int) and (value or name in _ALWAYS_SHOWN)
        }
        self._table(title, [counts])

    def _events(self, by_kind: Mapping[str, int]) -> None:
        rows = [
            {self._words["event"]: word_of("counted event", kind, self._language), self._words["events"]: count}
            for kind, count in _most_frequent_first(by_kind)
        ]
        self._table("events_by_kind", rows)

    def _dates(self, forecast: ImportForecast, zone: TimeZone) -> None:
        words = self._words
        rows = [
            {
                words["column"]: dates.column,
                words["which"]: words[which],
                words["written"]: date.written,
                words["read"]: local(date.read, zone),
            }
            for dates in forecast.dates
            for which, group in (
                ("example", dates.examples),
                ("earliest", [dates.earliest]),
                ("latest", [dates.latest]),
            )
            for date in group
            if date is not None
        ]
        show_table(words["dates"], rows, words["no_dates"], language=self._language)
        if rows:
            say(zone_sentence(zone, self._language))
        for dates in forecast.dates:
            if dates.unreadable:
                self._say("unreadable_dates", column=repr(dates.column), count=self._number(dates.unreadable))
        if forecast.unmapped_times:
            self._say("unmapped_times", ", ".join(map(repr, forecast.unmapped_times)))

    def _unknown_states(self, states: Mapping[str, int]) -> None:
        if states:
            self._table("states", self._most(states, "state"))
            self._say("states_said")

    def _most(self, counts: Mapping[str, int], name: str) -> Sequence[Mapping[str, object]]:
        """The most frequent ones, and how many rows the others have."""
        head, of_rows = self._words[name], self._words["rows"]
        ordered = _most_frequent_first(counts)
        others = ordered[MOST_WORDS_SHOWN:]
        rows: list[Mapping[str, object]] = [{head: word, of_rows: count} for word, count in ordered[:MOST_WORDS_SHOWN]]
        if others:
            more = self._words["others"].format(self._number(len(others)))
            rows.append({head: more, of_rows: sum(count for _, count in others)})
        return rows

    def _table(self, title: str, rows: Sequence[Mapping[str, object]]) -> None:
        show_table(self._words[title], rows, language=self._language)

    def _say(self, sentence: str, *values: str, **named: str) -> None:
        say(self._words[sentence].format(*values, **named))

    def _say_lines(self, sentence: str, count: int, lines: Sequence[int]) -> None:
        """A sentence with a count of rows and their lines, of which the first ones are known."""
        which = "first_lines" if count > len(lines) else "line" if count == 1 else "lines"
        listed = self._words[which].format(", ".join(map(str, lines)))
        self._say(sentence, count=self._number(count), lines=listed)

    def _number(self, count: int) -> str:
        return number(count, self._language)


class _FirstEvent(NamedTuple):
    """An event that would be recorded, as the history says it."""

    topic: str
    actor: str
    actor_kind: str
    on_behalf_of: str | None
    facts: dict[str, Any]


def _described(event: ImportedEvent) -> _FirstEvent:
    facts = to_jsonable_python(event.payload)
    return _FirstEvent(event.payload.topic, event.actor.id, event.actor.kind, event.actor.on_behalf_of, facts)


def _most_frequent_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: -item[1])
