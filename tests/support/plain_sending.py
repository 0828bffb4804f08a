"""What becomes of each request to a customer, by plain bookkeeping: the slow second opinion on the sender.

It shares no code with contact rules: it goes hour by hour in the zone of Hanoi.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from domain.zones import zone_named

HANOI = zone_named("Asia/Ho_Chi_Minh")
HOUR = timedelta(hours=1)


class PlainCap(NamedTuple):
    """At most ``most`` of these purposes within ``hours``; ``channels`` None: over any channel."""

    purposes: Sequence[str]
    channels: Sequence[str] | None
    most: int
    hours: int

    @property
    def body(self) -> dict[str, Any]:
        over = {} if self.channels is None else {"channels": self.channels}
        return {"purposes": self.purposes, "most": self.most, "hours": self.hours} | over


@dataclass(frozen=True)
class PlainContactRules:
    """``opens`` are the hours of each purpose, ``rests`` the local days on which one is not sent.

    Zalo is open for ``window_hours`` after the customer's last word there, and for ``window_answers`` answers.
    """

    opens: Mapping[str, tuple[int, int]]
    rests: Mapping[str, Sequence[date]]
    caps: Sequence[PlainCap]
    window_hours: int
    window_answers: int

    @property
    def body(self) -> dict[str, Any]:
        """The definition that says the same."""
        return {
            "hours": [
                {"purposes": [purpose], "opens": f"{first:02}:00", "closes": f"{last:02}:00"}
                for purpose, (first, last) in self.opens.items()
                if (first, last) != (0, 24)
            ],
            "quiet_days": [
                {"name": "rest", "purposes": [purpose], "first": str(day), "last": str(day)}
                for purpose, days in self.rests.items()
                for day in days
            ],
            "caps": [cap.body for cap in self.caps],
            "windows": [{"channels": ["zalo"], "hours": self.window_hours, "most": self.window_answers}],
            "superseded": [],
            "fallbacks": [],
            "rates": {},
        }

    def open_from(self, purpose: str, now: datetime) -> datetime:
        """The first instant at which a purpose may be sent."""
        first, last = self.opens[purpose]
        local = now.astimezone(HANOI)
        while True:
            rests = local.date() in self.rests.get(purpose, ())
            if not rests and local.hour < first:
                return local.replace(hour=first, minute=0, second=0, microsecond=0)
            if not rests and local.hour < last:
                return local
            local = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _always(_now: datetime) -> bool:
    return True


@dataclass
class Booked:
    """A request, and what is known of it. ``stands`` says whether what it reminds of is still due.

    ``retry_at`` is what the program says of the attempt after the one of a number. Of the attempts that have ``begun``
    some ``reached`` the receiver, or may have. ``unknown``: what became of the last one.
    """

    stream: UUID
    number: int
    customer: UUID
    purpose: str
    channel: str
    importance: int
    due: datetime
    until: datetime | None
    stands: Callable[[datetime], bool] = _always
    outcome: str = "waiting"
    retry_at: Callable[[int], datetime | None] = lambda _attempt: None
    begun: list[datetime] = field(default_factory=list)
    reached: list[datetime] = field(default_factory=list)
    tries: int = 0
    resent: bool = False
    unknown: bool = False

    @property
    def sent_at(self) -> datetime | None:
        """The last attempt that reached the receiver, or may have."""
        return self.reached[-1] if self.reached else None


PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1_440)]
ADDRESS_OF = {"email": "email", "sms": "phone", "zalo": "zalo"}


@dataclass
class Person:
    """One person, as one customer or as two that were merged."""

    addresses: dict[str, bool] = field(default_factory=dict)
    consents: list[tuple[int, str, tuple[str, ...], bool]] = field(default_factory=list)
    zalo_at: datetime | None = None

    def permits(self, purpose: str, channel: str) -> bool:
        judged = [given for _, of, kinds, given in self.consents if of == purpose and (not kinds or channel in kinds)]
        return purpose == "service" or (judged[-1] if judged else purpose != "marketing")


class PlainAnswer(NamedTuple):
    """What a receiver makes of an attempt: taken, refused, refused for ever, lost. ``gone``: it wants nothing more."""

    what: Literal["taken", "refused", "never", "lost"]
    wait: timedelta = timedelta(0)
    gone: bool = False


def _taken(_channel: str, _now: datetime) -> PlainAnswer:
    return PlainAnswer("taken")


class Books:
    """Keeps by hand what becomes of each request, by the words of the contract alone."""

    def __init__(self, rules: PlainContactRules, answer: Callable[[str, datetime], PlainAnswer] = _taken) -> None:
        self.rules = rules
        self.answer = answer
        self.people: dict[UUID, Person] = {}
        self.booked: list[Booked] = []
        self.stopped: set[str] = set()

    @property
    def kinds_of_outcomes(self) -> int:
        """In how many ways requests have ended."""
        return len({each.outcome for each in self.booked} - {"waiting"})

    def look(self, now: datetime) -> None:
        """What the sender does at an instant: round after round, of each customer the oldest that may be sent."""
        while due := [each for each in self.booked if each.outcome == "waiting" and each.due <= now]:
            judged = {each.number: self._judged(each, now, due) for each in due}
            begun: set[UUID] = set()
            for each in due:
                what, at = judged[each.number]
                if what == "postpone":
                    each.due = at
                elif what != "send":
                    each.outcome = what
                elif each.customer not in begun:
                    if each.channel != "webhook":
                        begun.add(each.customer)
                    self._hand_over(each, now)

    def send_again(self, now: datetime) -> None:
        """What a person does: every dead letter is sent again, and what was stopped goes on."""
        self.stopped.clear()
        for each in self.booked:
            if each.outcome == "failed":
                each.outcome, each.due, each.tries, each.resent, each.unknown = "waiting", now, 0, True, False

    def _hand_over(self, each: Booked, now: datetime) -> None:
        each.begun.append(now)
        each.tries += 1
        what, wait, gone = self.answer(each.channel, now)
        each.unknown = what == "lost"
        if what in {"taken", "lost"}:
            each.reached.append(now)
        if gone:
            self.stopped.add(each.channel)
        is_repeated = what == "refused" or (what == "lost" and each.channel in {"email", "webhook"})
        if is_repeated and each.tries <= len(PAUSES):
            least = max(PAUSES[each.tries - 1], wait)
            each.due = each.retry_at(len(each.begun)) or now + least
            assert now + least <= each.due <= now + max(PAUSES[each.tries - 1] * 1.2, wait), each
        else:
            each.outcome = {"taken": "sent", "lost": "uncertain"}.get(what, "failed")

    def _judged(self, each: Booked, now: datetime, due: list[Booked] | None) -> tuple[str, datetime]:
        why = self._obstacle(each, now)
        if why is not None:
            return why, now
        if each.channel == "webhook":
            return "send", now
        opens = self.rules.open_from(each.purpose, now)
        if opens > now:
            return self._later(each, opens, "quiet_hours")
        for purposes, over, most, hours in () if each.resent else self.rules.caps:
            span = hours * HOUR

            def counts(other: Booked, purposes: Any = purposes, over: Any = over) -> bool:
                same = self.people[other.customer] is self.people[each.customer]
                covered = other.purpose in purposes and (over is None or other.channel in over)
                return same and covered and other.channel != "webhook"

            if not counts(each):
                continue
            others = [other for other in self.booked if other is not each and counts(other)]
            times = sorted(at for other in others for at in other.reached if at > now - span)
            if len(times) >= most:
                return self._later(each, times[-most] + span, "frequency_cap")
            ahead = [
                other
                for other in due or ()
                if other in others
                and (-other.importance, other.number) < (-each.importance, each.number)
                and self._may_be_sent_by(now + span, other, now)
            ]
            if len(ahead) >= most - len(times):
                return "superseded", now
        return "send", now

    def _may_be_sent_by(self, end: datetime, each: Booked, now: datetime) -> bool:
        what, at = self._judged(each, now, None)
        return what == "send" or (what == "postpone" and at < end)

    def _obstacle(self, each: Booked, now: datetime) -> str | None:
        if each.channel in self.stopped:
            return "stopped"
        if each.until is not None and each.until < now and not each.resent:
            return "expired"
        if not each.resent and not each.stands(now):
            return "superseded"
        return None if each.channel == "webhook" else self._obstacle_of_person(each, now)

    def _obstacle_of_person(self, each: Booked, now: datetime) -> str | None:
        person, kind = self.people[each.customer], ADDRESS_OF[each.channel]
        if kind not in person.addresses:
            return "address_unknown"
        if not person.addresses[kind]:
            return "address_withdrawn"
        if not person.permits(each.purpose, kind):
            return "no_consent"
        if each.channel == "zalo":
            word = person.zalo_at
            if word is None or now > word + self.rules.window_hours * HOUR:
                return "channel_window"
            answers = [
                at for other in self.booked
                if other.channel == "zalo" and other is not each and self.people[other.customer] is person
                for at in other.reached if at >= word
            ]  # fmt: skip
            if len(answers) >= self.rules.window_answers:
                return "channel_window"
        return None

    def _later(self, each: Booked, until: datetime, why: str) -> tuple[str, datetime]:
        is_late = each.until is not None and until > each.until and not each.resent
        return (why, until) if is_late else ("postpone", until)
