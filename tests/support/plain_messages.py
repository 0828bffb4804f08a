"""Whom rules should have told what and when, by brute force: the slow second opinion on reactor, watch and sender.

It shares no code with rules and due functions: it goes look by look, with the dates of the `holidays` library.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from tests.support.plain_reminders import DAY, HANOI, HOUR, Done, Life, is_open, open_days_after
from tests.support.plain_sending import Booked, Books


@dataclass(frozen=True)
class PlainRule:
    """A rule that tells the customer something. ``of`` says what it waits for, ``given`` are the parameters.

    ``event``: it reacts to that topic instead. ``tiers``: the customer's tier must be one of them.
    """

    name: str
    of: str
    given: Mapping[str, Any]
    purpose: str
    channel: str
    importance: int
    stale: timedelta
    kept: timedelta | None = None
    tiers: Sequence[str] = ()
    quiet: bool = False
    event: str | None = None


class DueOnce(NamedTuple):
    """Something that is due of a subject, by what makes it due. After ``ends`` it is too late; None: never."""

    identity: tuple[object, ...]
    at: datetime
    ends: datetime | None = None


Key = tuple[str, str, tuple[object, ...]]
"""A rule, a subject, and what made it due there."""


class Told(NamedTuple):
    """What became of a due thing: not fired, or what its notification came to, and when its attempts began."""

    rule: str
    subject: str
    due_at: datetime
    outcome: str
    attempts: Sequence[datetime] = ()


@dataclass
class PlainDesk:
    """Two things are the program's choice, as nothing prescribes them: ``number`` says in which order it recorded the
    requests of one look, ``retry_at`` by how much it lengthened a pause between attempts.
    """

    rules: Sequence[PlainRule]
    lives: Sequence[Life]
    books: Books
    customer_of: Mapping[str, UUID]
    number: Callable[[str, str, datetime], int]
    retry_at: Callable[[str, str, datetime, int], datetime | None]
    told: dict[Key, tuple[DueOnce, str | Booked]] = field(default_factory=dict)

    def look(self, now: datetime) -> None:
        """What reactor, watch and sender do at an instant."""
        for rule in self.rules:
            for life in self.lives:
                for due in due_of(rule, life, now):
                    key = (rule.name, life.name, due.identity)
                    if due.at <= now and key not in self.told and (judged := self._judged(rule, life, due, now)):
                        self.told[key] = due, judged
        self.books.booked.sort(key=lambda each: each.number)
        self.books.look(now)

    def _judged(self, rule: PlainRule, life: Life, due: DueOnce, now: datetime) -> str | Booked | None:
        late = now > due.at + rule.stale or (due.ends is not None and now > due.ends)
        if rule.quiet and not is_office(now):
            return ("missed" if late else None) if rule.event is None else "closed"
        owner = life.owner or life.name
        if rule.tiers and tier_of(self.lives, owner, now) not in rule.tiers:
            return "condition"
        if late:
            return "missed"
        until = min(filter(None, (due.ends, None if rule.kept is None else now + rule.kept)), default=None)

        def stands(at: datetime) -> bool:
            return rule.event is not None or due.identity in {each.identity for each in due_of(rule, life, at)}

        booked = Booked(
            UUID(int=0), self.number(rule.name, life.name, due.at), self.customer_of[owner], rule.purpose,
            rule.channel, rule.importance, now, until, stands,
            retry_at=partial(self.retry_at, rule.name, life.name, due.at),
        )  # fmt: skip
        self.books.booked.append(booked)
        return booked

    def all_told(self) -> list[Told]:
        """What was told in the end; a rule on events records no condition that failed."""
        events = {rule.name for rule in self.rules if rule.event is not None}
        judged = []
        for (rule, subject, _), (due, what) in self.told.items():
            if isinstance(what, Booked):
                outcome = "uncertain" if (what.outcome, what.unknown) == ("waiting", True) else what.outcome
                judged.append(Told(rule, subject, due.at, outcome, tuple(what.begun)))
            elif rule not in events or what == "missed":
                judged.append(Told(rule, subject, due.at, what))
        return sorted(judged, key=str)


def due_of(rule: PlainRule, life: Life, at: datetime) -> Iterator[DueOnce]:
    """Everything that is due of a subject by a rule, by what was done until then."""
    done = life.by(at)
    if not done or life.imported:
        return
    if rule.event is not None:
        yield from (DueOnce((each.at,), each.at) for each in done if each.what == rule.event)
        return
    sources: dict[str, Callable[[PlainRule, Sequence[Done]], Iterator[DueOnce]]] = {
        "csat-missing": _rating, "waiting-for-customer": _waiting, "call-back": _call_back, "agreed-day": _agreed,
        "annual-day": _annual, "warranty": _warranty,
    }  # fmt: skip
    yield from sources[rule.of](rule, done)


def _rating(rule: PlainRule, done: Sequence[Done]) -> Iterator[DueOnce]:
    last = [each for each in done if each.what in {"resolve", "reopen", "rate"}][-1:]
    for each in last:
        if each.what == "resolve":
            for hours in rule.given["after"]:
                yield DueOnce((each.at, hours), each.at + hours * HOUR, each.at + 7 * DAY)


def _waiting(rule: PlainRule, done: Sequence[Done]) -> Iterator[DueOnce]:
    hold: Done | None = None
    for each in done:
        if each.what in {"hold", "resume", "resolve", "message"}:
            hold = each if each.detail == "customer" else None
    if hold is not None:
        for days in rule.given["open_days"]:
            due_at = open_days_after(hold.at, days) if rule.given["calendar"] else weekdays_after(hold.at, days)
            yield DueOnce((hold.at, days), due_at)


def _call_back(rule: PlainRule, done: Sequence[Done]) -> Iterator[DueOnce]:
    is_over = [each.what for each in done if each.what in {"resolve", "reopen"}][-1:] == ["resolve"]
    for each in done:
        if each.what == "promise" and not is_over:
            assert isinstance(each.detail, datetime)
            for minutes in rule.given["before"]:
                yield DueOnce((each.at, minutes), each.detail - timedelta(minutes=minutes))


def _agreed(rule: PlainRule, done: Sequence[Done]) -> Iterator[DueOnce]:
    for each in [each for each in done if each.what == rule.given["name"]][-1:]:
        assert isinstance(each.detail, date)
        for days in rule.given["days"]:
            yield DueOnce((each.detail, days), wall(each.detail - days * DAY, rule), midnight_behind(each.detail))


def _annual(rule: PlainRule, done: Sequence[Done]) -> Iterator[DueOnce]:
    for each in done:
        if each.what == "birthday":
            assert isinstance(each.detail, date)
            yield DueOnce((each.detail.year,), wall(each.detail, rule), midnight_behind(each.detail))


def _warranty(rule: PlainRule, done: Sequence[Done]) -> Iterator[DueOnce]:
    returned = {each.detail for each in done if each.what == "return"}
    for number, each in enumerate([each for each in done if each.what == "buy"]):
        assert isinstance(each.detail, date)
        if number not in returned:
            for days in rule.given["days"]:
                yield DueOnce((number, days), wall(each.detail - days * DAY, rule))


def tier_of(lives: Sequence[Life], customer: str, at: datetime) -> object:
    """The tier of a customer at an instant."""
    (life,) = [each for each in lives if each.name == customer]
    return [each.detail for each in life.by(at) if each.what in {"registered", "tier"}][-1]


def wall(day: date, rule: PlainRule) -> datetime:
    """The wall time of a rule on a day."""
    return datetime.combine(day, time.fromisoformat(rule.given["time"]), HANOI)


def midnight_behind(day: date) -> datetime:
    """The end of a local day."""
    return datetime.combine(day + DAY, time(0), HANOI)


def weekdays_after(at: datetime, days: int) -> datetime:
    """The same time of day, so many days from Monday to Friday later."""
    later = at
    while days:
        later += DAY
        days -= later.weekday() < 5
    return later


def is_office(at: datetime) -> bool:
    """Whether the office is open: from 8 to 17 on open days."""
    local = at.astimezone(HANOI)
    return is_open(local.date()) and 8 <= local.hour < 17
