"""What becomes of each request to a customer, by plain bookkeeping: the slow second opinion on the sender.

It shares no code with contact rules: it goes hour by hour in the zone of Hanoi.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
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
    """A request, and what is known of it. ``stands`` says whether what it reminds of is still due."""

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
    sent_at: datetime | None = None


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


class Books:
    """Keeps by hand what becomes of each request, by the words of the contract alone."""

    def __init__(self, rules: PlainContactRules) -> None:
        self.rules = rules
        self.people: dict[UUID, Person] = {}
        self.booked: list[Booked] = []
        self.stopped: set[str] = set()

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
                    begun.add(each.customer)
                    each.outcome, each.sent_at = "sent", now

    def _judged(self, each: Booked, now: datetime, due: list[Booked] | None) -> tuple[str, datetime]:
        why = self._obstacle(each, now)
        if why is not None:
            return why, now
        opens = self.rules.open_from(each.purpose, now)
        if opens > now:
            return self._later(each, opens, "quiet_hours")
        for purposes, over, most, hours in self.rules.caps:
            span = hours * HOUR

            def counts(other: Booked, purposes: Any = purposes, over: Any = over) -> bool:
                same = self.people[other.customer] is self.people[each.customer]
                return same and other.purpose in purposes and (over is None or other.channel in over)

            if not counts(each):
                continue
            times = sorted(o.sent_at for o in self.booked if o.sent_at and o.sent_at > now - span and counts(o))
            if len(times) >= most:
                return self._later(each, times[-most] + span, "frequency_cap")
            ahead = [
                other
                for other in due or ()
                if other is not each
                and counts(other)
                and (-other.importance, other.number) < (-each.importance, each.number)
                and self._may_be_sent_by(now + span, other, now)
            ]
            if len(ahead) >= most - len(times):
                return "superseded", now
        return "send", now

    def _may_be_sent_by(self, end: datetime, each: Booked, now: datetime) -> bool:
        what, at = self._judged(each, now, None)
        return what == "send" or (what == "postpone" and at < end)

    def _obstacle(self, each: Booked, now: datetime) -> str | None:  # noqa: PLR0911 -- one line a reason
        person = self.people[each.customer]
        kind = ADDRESS_OF[each.channel]
        if each.channel in self.stopped:
            return "stopped"
        if each.until is not None and each.until < now:
            return "expired"
        if not each.stands(now):
            return "superseded"
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
                o for o in self.booked
                if o.channel == "zalo" and o.sent_at and o.sent_at >= word and self.people[o.customer] is person
            ]  # fmt: skip
            if len(answers) >= self.rules.window_answers:
                return "channel_window"
        return None

    def _later(self, each: Booked, until: datetime, why: str) -> tuple[str, datetime]:
        return (why, until) if each.until is not None and until > each.until else ("postpone", until)
