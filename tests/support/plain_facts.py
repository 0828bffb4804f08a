"""The figures of customers in plain Python over exported events: the facts of a period."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import fmean
from uuid import UUID

from domain.customer.facts import events as f
from domain.envelope import RecordedEvent
from domain.feedback.events import FeedbackNoted
from domain.text_folding import fold_code, fold_name
from domain.usage.events import UsageRecorded
from tests.support.plain_events import Fact
from tests.support.plain_offers import PlainOffers
from tests.support.plain_periods import DAY, Span, begins
from tests.support.plain_procedures import PlainProcedures


class PlainFacts(PlainOffers, PlainProcedures):
    """What customers say, buy and answer, and what becomes of their contracts and procedures.

    ``waves``: the name of each wave, in which everybody is asked, when it opens, when it closes, and its channel.
    """

    waves: Sequence[tuple[str, datetime, datetime, str]]

    def nps(self, span: Span) -> Iterator[Fact]:
        inside = [
            event for event, payload in self.of(f.NpsAnswered)
            if payload.ticket is None and span.start <= event.occurred_at < span.end
        ]  # fmt: skip
        yield from self._votes(inside, final=span.end <= self.now)

    def nps_organisations(self, span: Span) -> Iterator[Fact]:
        return self._of_organisations(self.nps(span))

    def nps_wave_organisations(self, span: Span) -> Iterator[Fact]:
        return self._of_organisations(self.nps_wave(span))

    def _of_organisations(self, votes: Iterable[Fact]) -> Iterator[Fact]:
        """A vote for each organisation, or for each one in a wave, at the last answer of its persons."""
        held_by: defaultdict[tuple[UUID, str | None], list[Fact]] = defaultdict(list)
        for vote in votes:
            (organisation,) = vote.organisation or (None,)
            if vote.left_out or organisation is None:
                yield vote._replace(left_out=vote.left_out or "no_organisation")
            else:
                held_by[self.person(organisation), vote.of.get("wave")].append(vote)
        for (organisation, _), held in held_by.items():
            mean = fmean(vote.value or 0 for vote in held)
            part = "promoters" if mean >= 9 else "detractors" if mean < 7 else "passives"
            at = max(vote.at for vote in held)
            yield Fact(at, organisation, (part, "answers"), None, held[0].of, (organisation,), held[0].final, mean)

    def nps_wave(self, _span: Span) -> Iterator[Fact]:
        known = {fold_name(wave[0]): wave for wave in self.waves}
        taken: defaultdict[str, list[RecordedEvent]] = defaultdict(list)
        for event, payload in self.of(f.NpsAnswered):
            if payload.ticket is not None:
                continue
            name, at = payload.wave and fold_name(payload.wave), event.occurred_at
            if name not in known:
                reason = "no_wave" if name is None else "unknown_wave"
                yield self._answer(event, reason)._replace(of={"wave": name, "channel": None})
                continue
            _, opens, closes, channel = known[name]
            if opens <= at < closes:
                taken[name].append(event)
                continue
            vote = self._answer(event, "before_the_wave" if at < opens else "after_the_wave", final=closes <= self.now)
            yield vote._replace(of={"wave": name, "channel": channel})
        for name, answers in taken.items():
            _, _, closes, channel = known[name]
            for vote in self._votes(answers, final=closes <= self.now):
                yield vote._replace(of={"wave": name, "channel": channel})

    def _votes(self, answers: Sequence[RecordedEvent], *, final: bool) -> Iterator[Fact]:
        last: dict[UUID, RecordedEvent] = {}
        for event in sorted(answers, key=lambda event: (event.occurred_at, event.version, -event.stream.int)):
            last[self.person(event.stream)] = event
        for event in answers:
            counts = last[self.person(event.stream)] is event
            yield self._answer(event, None if counts else "answered_again", final=final)

    def _answer(self, event: RecordedEvent, left_out: str | None, *, final: bool = True) -> Fact:
        score = event.payload.score
        part = "promoters" if score >= 9 else "detractors" if score <= 6 else "passives"
        organisation = self.organisation_at(event.stream, event.occurred_at)
        return Fact(event.occurred_at, event.stream, (part, "answers"), left_out, {}, (organisation,), final, score)

    @cached_property
    def _purchases(self) -> list[tuple[UUID, datetime, bool]]:
        """Person, instant, and whether it is kept."""
        bought: dict[tuple[UUID, str], datetime] = {}
        returned = {
            (event.stream, payload.purchase_id) for event, payload in self.of(f.PurchaseReturned) if payload.whole
        }
        for event, payload in self.of(f.PurchaseRecorded):
            bought.setdefault((event.stream, payload.purchase_id), event.occurred_at)
        return [(self.person(key[0]), at, key not in returned) for key, at in bought.items()]

    def repeat_purchase(self, span: Span) -> Iterator[Fact]:
        judged = min(span.end - timedelta.resolution, self.now)
        since = begins(self.calendar.day(judged) - 364 * DAY, self.calendar.zone)
        kept: defaultdict[UUID, int] = defaultdict(int)
        for person, at, keeps in self._purchases:
            if since <= at <= judged:
                kept[person] += keeps
        for person, number in kept.items():
            parts = ("customers", *(["repeated"] if number > 1 else []), *(["purchases"] * number))
            yield Fact(judged, person, parts, None if number else "returned", final=span.end <= self.now)

    def returning_buyers(self, span: Span) -> Iterator[Fact]:
        purchases = self._purchases
        inside: defaultdict[UUID, list[tuple[datetime, bool]]] = defaultdict(list)
        for person, at, keeps in purchases:
            if span.start <= at < span.end and at <= self.now:
                inside[person].append((at, keeps))
        for person, of in inside.items():
            kept = [at for at, keeps in of if keeps]
            again = any(who == person and keeps and at < span.start for who, at, keeps in purchases)
            at = min(kept) if kept else min(at for at, _ in of)
            yield Fact(at, person, ("customers", "again" if again else "first"), None if kept else "returned")

    def _active(self, until: datetime) -> set[UUID]:
        day, zone = self.calendar.day(until), self.calendar.zone
        first = day - self.active_days * DAY
        since = begins(first, zone)
        persons = {person for person, at, keeps in self._purchases if keeps and since <= at < until}
        for customer, terms in self._contracts:
            if any(term["starts_on"] <= day <= (term["ended_on"] or term["ends_on"]) for term in terms):
                persons.add(self.person(customer))
        last: dict[tuple[UUID, date], float] = {}
        for event, payload in self.of(UsageRecorded):
            last[event.stream, payload.day] = payload.value
        for (stream, used_on), value in last.items():
            if value and first <= used_on <= self.calendar.day(until - timedelta.resolution):
                persons.add(self.person(self.streams[stream][0].payload.customer_id))
        return persons

    def retention(self, span: Span) -> Iterator[Fact]:
        start, end = self._active(span.start), self._active(min(span.end, self.now))
        for person in start | end:
            parts = [name for name, holds in (("at_start", person in start), ("at_end", person in end)) if holds]
            if len(parts) == 2:
                parts.append("retained")
            else:
                parts.append("lost" if person in start else "won")
            yield Fact(span.start, person, tuple(parts), final=span.end <= self.now)

    def voice_of_customers(self, _span: Span) -> Iterator[Fact]:
        for event, payload in self.of(FeedbackNoted):
            of = {"theme": fold_code(payload.theme)}
            yield Fact(event.occurred_at, payload.customer_id, ("items", payload.polarity), None, of)
