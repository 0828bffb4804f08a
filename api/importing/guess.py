"""A draft of a mapping for a file.

Doubtful lines are marked with "# ?".
"""

import re
from collections.abc import Callable, Sequence

from api.importing.column_roles import MOST_STATES, TIMES, Profile, missing_words, profile, roles_of
from api.importing.draft_lines import MARK, DraftLines, quoted
from api.importing.guess_times import TimeGuess, days_spanned, guess_times, is_day, month_first
from api.importing.known_words import CHANNELS, OWN_STATES, PRIORITIES, SCORES, STATES
from api.importing.records.guess import draft_of_customers, lists_customers
from api.importing.word_meaning import KnownWords

_UTC = re.compile(r"\b(UTC|GMT)\b")
_COMMENT = re.compile(r"([^;]+);([^;]*);.+", re.DOTALL)
_SECTIONS = (
    ("assignment", (("team", "team"), ("agent", "agent"))),
    ("received", (("subject", "subject"), ("body", "body"))),
    ("resolution", (("text", "resolution"),)),
)


def draft(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    source: str,
    zone: str,
    encoding: str | None = None,
    skip_lines: int = 0,
    in_words: Callable[[str], str] = str,
) -> str:
    """The text of a mapping for a file with these first rows.

    ``zone`` is that of times that name none. ``encoding`` is given when it was guessed, ``skip_lines`` when a title
    stands above the header. ``in_words`` says comments in the language of people.
    """
    columns = [profile(name, [row[index].strip() for row in rows]) for index, name in enumerate(header)]
    lines = DraftLines(source, encoding, skip_lines, in_words)
    if lists_customers(header):
        return draft_of_customers(lines, columns, zone)
    return _Draft(lines, columns, len(rows), zone).text()


class _Draft:
    """Writes a draft. ``roles``: the columns by the role that their names or contents show."""

    def __init__(self, lines: DraftLines, columns: Sequence[Profile], rows: int, zone: str) -> None:
        self._columns = columns
        self._rows = rows
        self._zone = zone
        self.roles = roles_of(columns)
        self._lines = lines

    def text(self) -> str:
        ticket, sure = self._ticket()
        several = self._is_log_of_changes(ticket)
        self._lines.key("ticket", ticket.name, ticket.doubt if sure else "no column has a name that is known")
        if missing := missing_words(self._columns, self.roles):
            self._lines.texts("missing", ["", *missing])
        if customer := self.roles.get("customer"):
            self._lines.key("customer", customer.name)
        if several and (agent := self.roles.get("agent")):
            self._lines.key("actor", agent.name, agent.doubt)
        self._times(one_row_each=not several)
        self._state()
        self._sections()
        self._translated("channel", CHANNELS, otherwise="other")
        self._translated("category")
        self._translated("priority", PRIORITIES, otherwise="P3")
        self._comments()
        self._extras()
        text = self._lines.text()
        unused = [column for column in self._columns if quoted(column.name) not in text]
        dated = ", ".join(quoted(column.name) for column in unused if column.times)
        others = ", ".join(quoted(column.name) for column in unused if not column.times)
        if dated:
            kept = f"No key names these columns of times; their values are kept as details: {dated}"
            self._lines.comment(kept, MARK)
            if several:
                (repeated, _), *_ = ticket.words.most_common(1)
                sentence = f"Several rows name the ticket {quoted(repeated[:40])}, so that each is read as a change."
                self._lines.comment(sentence)
        if others:
            self._lines.comment(f"No key names these columns; their values are kept as details: {others}")
        return self._lines.text()

    def _is_log_of_changes(self, ticket: Profile) -> bool:
        """Whether tickets have several rows, of which each is a change. A row that stands twice is one row.

        Where columns date the end of tickets and none dates changes, a row is a ticket, whatever is repeated.
        """
        dates_ends = {"first_reply", "resolved", "closed"} & self.roles.keys()
        if dates_ends and not {"time", "updated"} & self.roles.keys():
            return False
        rows = set(zip(ticket.cells, *(column.cells for column in self._columns), strict=True))
        return len(ticket.words) < sum(row[0] in ticket.words for row in rows)

    def _ticket(self) -> tuple[Profile, bool]:
        """The column that names the ticket, and whether its name shows that."""
        if column := self.roles.get("ticket"):
            return column, True
        with_roles = {column.name for column in self.roles.values()}
        others = [column for column in self._columns if column.name not in with_roles] or self._columns
        filled = [column for column in others if len(column.filled) == self._rows and column.times is None]
        return max(filled or others, key=lambda column: len(column.words)), False

    def _times(self, *, one_row_each: bool) -> None:
        dated = [column for column in self._columns if column.times is not None]
        roles = {role: self.roles[role] for role in ("created", *TIMES) if role in self.roles}
        first = roles.pop("created", None) or self.roles.get("time")
        doubt = "" if first else "no column has a name that is known"
        first = first or (dated[0] if dated else self._columns[0])
        self._lines.section("time")
        if one_row_each:
            self._time("created", first, doubt, self.roles.get("hour"))
            ended = roles.keys() & {"resolved", "closed"}
            for role, column in roles.items():
                dates_ends = role == "updated" and not ended
                self._time(role, column, "it dates what ended: no column holds times of that" if dates_ends else "")
        else:
            when = self.roles.get("time") or self.roles.get("updated") or first
            self._time(
                "column", when, "when the change of a row happened" if when is first else "", self.roles.get("hour")
            )
            if "created" in self.roles and self.roles["created"] is not when:
                self._time("received", self.roles["created"])
        in_utc = any(_UTC.search(column.name) for column in dated)
        self._lines.key("zone", "UTC" if in_utc else self._zone, "the zone of times that name none")

    def _time(self, key: str, column: Profile, doubt: str = "", hour: Profile | None = None) -> None:
        """The line of a key. A column of days is joined with that of the hours."""
        doubt = doubt or column.doubt
        if column.unit is not None:
            count = doubt or "it counts from the creation"
            self._lines.doubtful(f'{key} = {{ column = {quoted(column.name)}, format = "{column.unit}" }}', count)
            return
        if column.times is None:
            unread = "it holds times in no usual format: name theirs as `format`" if column.filled else ""
            self._lines.key(key, column.name, doubt or unread or "it holds no time in the rows that were read")
            return
        times, named = column.times, quoted(column.name)
        if hour is not None and is_day(column.filled):
            named = f"[[{named}, {quoted(hour.name)}]]"
            together = [" ".join(filter(None, both)) for both in zip(column.cells, hour.cells, strict=True) if both[0]]
            joined = guess_times(together)
            doubt = doubt if joined else "the hours are in no usual format: add one that reads both columns"
            doubt = doubt or hour.doubt or _unread(together, joined)
            times = times._replace(formats=tuple(dict.fromkeys([*times.formats, *(joined or times).formats])))
        guess = self._one_order(times)
        if guess.ambiguous:
            doubt = "day first or month first: the rows that were read fit both"
        doubt = doubt or _unread(column.filled, times)
        formats = list(guess.formats)
        parts = [f"column = {named}", f"format = [{', '.join(map(quoted, formats))}]"]
        if guess.language:
            parts.append(f"language = {quoted(guess.language)}")
        self._lines.doubtful(f"{key} = {{ {', '.join(parts)} }}", doubt)

    def _one_order(self, guess: TimeGuess) -> TimeGuess:
        """The guess with the order of day and month of the columns that are not ambiguous.

        Without such a column it is the order in which the times of the file lie closer together.
        """
        sure = {
            _order(form)
            for column in self._columns
            if column.times and not column.times.ambiguous
            for form in column.times.formats
        } - {None}
        if not guess.ambiguous:
            return guess
        if len(sure) != 1:
            doubtful = [
                (column.filled, times) for column in self._columns if (times := column.times) and times.ambiguous
            ]
            as_written = sum(days_spanned(cells, times) for cells, times in doubtful)
            swapped = sum(days_spanned(cells, month_first(times)) for cells, times in doubtful)
            return month_first(guess) if swapped < as_written else guess
        (order,) = sure
        fitting = guess if any(_order(form) == order for form in guess.formats) else month_first(guess)
        return fitting._replace(ambiguous=False)

    def _state(self) -> None:
        column = self.roles.get("state") or self._by_words(STATES)
        if column is None:
            return
        self._lines.section("state")
        self._lines.key("column", column.name, column.doubt)
        self._lines.section("state.values")
        self._words(column, STATES, "{word} = {key}", "unchanged", "what it means")
        if len(column.words) > 1 and column.words.keys() <= OWN_STATES.keys():  # the first rows may lack some of them
            self._lines.add(*[f"{quoted(w)} = {quoted(k)}" for w, k in OWN_STATES.items() if w not in column.words])

    def _by_words(self, known: KnownWords) -> Profile | None:
        """The column with the largest share of known words, at least half."""

        def share(column: Profile) -> float:
            return sum(word in known for word in column.words) / max(len(column.words), 1)

        few = [column for column in self._columns if 0 < len(column.words) <= MOST_STATES]
        best = max(few, key=share, default=None)
        return best if best is not None and share(best) * 2 >= 1 else None

    def _sections(self) -> None:
        for section, keys in _SECTIONS:
            named = [(key, self.roles[role]) for key, role in keys if role in self.roles]
            if named:
                self._lines.section(section)
                for key, column in named:
                    self._lines.key(key, column.name, column.doubt)

    def _translated(self, role: str, known: KnownWords | None = None, otherwise: str = "") -> None:
        """A column and its words. Unknown words stay as they are written, unless the line of ``otherwise`` is used."""
        if (column := self.roles.get(role)) is None:
            return
        self._lines.section(role)
        self._lines.key("column", column.name, column.doubt)
        if known is not None and column.words:
            self._lines.section(f"{role}.values")
            self._words(column, known, f"{MARK} {{word}} = {{key}}", otherwise)

    def _words(self, column: Profile, known: KnownWords, unknown: str, otherwise: str, doubt: str = "") -> None:
        """A line for each word of a column; ``unknown`` is the line of an unknown word, with the key ``otherwise``."""
        for word in column.words:
            meaning = known.meaning(word)
            if meaning is None:
                self._lines.doubtful(unknown.format(word=quoted(word), key=quoted(otherwise)), doubt)
            else:
                self._lines.key(quoted(word), meaning.key, meaning.doubt)

    def _comments(self) -> None:
        if (column := self.roles.get("comment")) is None:
            return
        self._lines.add("", "[[comments]]")
        self._lines.key("column", column.name)
        if column.filled and all(_COMMENT.fullmatch(cell) for cell in column.filled):
            guess = guess_times([cell.partition(";")[0] for cell in column.filled])
            if guess is not None and not guess.unread:
                self._lines.key("shape", "date;author;text")
                self._lines.texts("format", guess.formats)
                if guess.language:
                    self._lines.key("language", guess.language)
        self._lines.key("kind", "note", 'or "reply", when the customer sees it')

    def _extras(self) -> None:
        if column := self.roles.get("satisfaction"):
            self._lines.section("satisfaction")
            self._lines.key("column", column.name)
            words = {word: key for word in column.words if (key := SCORES.key(word))}
            if words:
                self._lines.section("satisfaction.values")
                self._lines.add(*[f"{quoted(word)} = {score}" for word, score in words.items()])
        if column := self.roles.get("effort"):
            self._lines.section("effort")
            self._lines.key("column", column.name)
            self._lines.key("unit", "minutes", 'or "seconds" or "hours"')


def _order(form: str) -> str | None:
    """Whether the date of a format begins with the day or the month; None for a named month or a year first."""
    match = re.search("(?<![/.-])%([dm])[/.-]%[dm]", form)
    return match[1] if match else None


def _unread(cells: Sequence[str], guess: TimeGuess | None) -> str:
    """How many cells a guess does not read, with the first one; empty for none."""
    if guess is None or not guess.unread:
        return ""
    count = sum(cell in guess.unread for cell in cells)
    return f"no format reads {count} of {len(cells)} cells, such as {quoted(guess.unread[0][:40])}"
