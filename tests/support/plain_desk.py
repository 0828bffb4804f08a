"""The figures of tickets in plain Python over exported events: the facts of a period."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from domain.customer.facts.events import NpsAnswered
from domain.feedback.events import FeedbackNoted
from domain.text_folding import fold_name
from domain.ticket import events as e
from tests.support.plain_desk_ticket import DeskTicket
from tests.support.plain_events import Fact, PlainEvents
from tests.support.plain_figures import PlainFigures
from tests.support.plain_periods import Span
from tests.support.plain_ticket import LEFT_OUT, OPEN, WEEK

EFFORTS = ("talk", "hold", "after_contact")


class PlainDesk(PlainEvents):
    """What becomes of tickets: satisfaction, time, first contact, backlog."""

    @cached_property
    def tickets(self) -> list[DeskTicket]:
        """The tickets; the customer of each is the person."""
        tickets = []
        for history in self.streams.values():
            if any(isinstance(event.payload, e.TicketReceived) for event in history):
                tickets.append(DeskTicket(history))
                tickets[-1].customer = self.person(tickets[-1].owner)
        return tickets

    def fact(self, ticket: DeskTicket, at: Any, parts: Any, left_out: str | None = None, **given: Any) -> Fact:
        given.setdefault("of", ticket.of_move(-1))
        if left_out is None and isinstance(parts, tuple) and ticket.is_told_late:
            parts = (*parts, "told_late")
        return Fact(at, ticket.owner, parts, left_out, organisation=(ticket.organisation,), **given)

    def _left_out(self) -> Iterator[Fact]:
        for ticket in self.tickets:
            if ticket.outcome in LEFT_OUT:
                yield self.fact(ticket, ticket.left.at, (), ticket.outcome)

    def csat(self, _span: Span) -> Iterator[Fact]:
        for ticket in self.tickets:
            for resolution, at, score in ticket.ratings():
                parts = ("ratings", f"score_{score}", *(["satisfied"] if score >= 4 else []))
                yield self.fact(ticket, at, parts, of=ticket.of_resolution(resolution))

    def response_rate(self, _span: Span) -> Iterator[Fact]:
        yield from self._left_out()
        for ticket in self.tickets:
            for number, resolution in enumerate(ticket.resolutions):
                if ticket.is_left_out:
                    continue
                later = ticket.resolutions[number + 1].at if number + 1 < len(ticket.resolutions) else None
                after = ticket.moves[ticket.moves.index(resolution) :]
                rated = [
                    move.at for move in after
                    if isinstance(move.payload, e.SatisfactionRated) and (later is None or move.at < later)
                ]  # fmt: skip
                in_time = bool(rated) and rated[0] <= resolution.at + WEEK
                parts = ("resolutions", *(["answered" if in_time else "answered_later"] if rated else []))
                final = bool(rated) or resolution.at + WEEK < self.now
                yield self.fact(ticket, resolution.at, parts, of=ticket.of_resolution(resolution), final=final)

    def reopen_rate(self, span: Span) -> Iterator[Fact]:
        yield from self._left_out()
        for ticket in self.tickets:
            inside = [each for each in ticket.resolutions if span.start <= each.at < span.end]
            if inside and not ticket.is_left_out:
                back = any(move.comes_back and move.before != "merged" for move in ticket.moves)
                parts = ("resolved", *(["reopened"] if back else []))
                yield self.fact(ticket, inside[-1].at, parts, of=ticket.of_resolution(inside[-1]), final=back)

    def _last_resolved(self) -> Iterator[DeskTicket]:
        return (ticket for ticket in self.tickets if ticket.resolutions and not ticket.is_left_out)

    def handling_time(self, _span: Span) -> Iterator[Fact]:
        yield from self._left_out()
        for ticket in self._last_resolved():
            at = ticket.resolutions[-1].at
            left_out = None if ticket.outcome else "open_again"
            elapsed = (at - ticket.received_at).total_seconds()
            yield self.fact(ticket, at, ("resolved",), left_out, value=elapsed)

    def effort(self, _span: Span) -> Iterator[Fact]:
        yield from self._left_out()
        for ticket in self._last_resolved():
            left_out = None if ticket.outcome else "open_again"
            spent: Counter[str] = Counter()
            for move in ticket.of(e.EffortLogged):
                spent.update({move.payload.kind: move.payload.seconds, "effort": move.payload.seconds})
            parts = dict(spent) | {"handled": spent["effort"] > 0, "told_late": ticket.is_told_late}
            yield self.fact(ticket, ticket.resolutions[-1].at, parts, left_out)

    def expected_by(self, _span: Span) -> Iterator[Fact]:
        yield from self._left_out()
        for ticket in self._last_resolved():
            resolution = ticket.resolutions[-1]
            before = ticket.moves[: ticket.moves.index(resolution)]
            dates = [move.payload.expected_by for move in before if isinstance(move.payload, e.ExpectedByTold)]
            left_out = "open_again" if ticket.outcome is None else None if dates else "no_date"
            kept = ["kept"] if dates and resolution.at <= dates[-1] else []
            yield self.fact(ticket, resolution.at, ("told", *kept), left_out)

    @cached_property
    def _judge(self) -> Any:
        plain = PlainFigures([], self.now, self.now)
        plain.tickets = [*self.tickets]
        return plain

    def first_contact(self, variant: str) -> Iterator[Fact]:
        yield from self._left_out()
        for ticket in self._last_resolved():
            first = ticket.resolutions[0]
            kept = self._judge.judge(ticket, first)[variant]
            unknown = "not_first_level" if variant == "headline" else "messages_unknown"
            final = variant in {"gross", "one_owner"} or first.at + WEEK < self.now
            parts = ("resolved", *(["kept"] if kept else []))
            of = ticket.of_resolution(first)
            yield self.fact(ticket, first.at, parts, unknown if kept is None else None, of=of, final=final)

    def repeat_contact(self, _span: Span) -> Iterator[Fact]:
        """A fact for each ticket; persons are counted once by `of_persons`."""
        for ticket in self.tickets:
            left_out = None if ticket.is_contact else ticket.outcome
            repeated = self._judge.is_repeated(ticket)
            first = ticket.resolutions[0] if ticket.resolutions and not ticket.is_left_out else None
            parts = ("tickets", *(["repeated"] if repeated else []))
            final = ticket.received_at + WEEK < self.now
            of = ticket.of_resolution(first)
            yield self.fact(ticket, ticket.received_at, parts, left_out, of=of, final=final)

    def of_persons(self, spans: Sequence[Span], by: Sequence[str]) -> Counter[tuple[Any, ...]]:
        """Repeat contacts, where each person counts once in a group."""
        counts: Counter[tuple[Any, ...]] = Counter()
        persons: defaultdict[tuple[Any, ...], defaultdict[UUID, list[Fact]]] = defaultdict(lambda: defaultdict(list))
        for group, fact in self.grouped(self.repeat_contact, spans, by):
            if fact.left_out:
                counts[(*group, f"left_out:{fact.left_out}")] += 1
            else:
                assert fact.customer is not None
                persons[group][self.person(fact.customer)].append(fact)
                counts.update((*group, name) for name in fact.parts if name in {"tickets", "told_late"})
        for group, of in persons.items():
            for facts in of.values():
                repeated = any("repeated" in fact.parts for fact in facts)
                final = repeated or all(fact.final for fact in facts)
                names = ("customers", *(["repeated"] if repeated else []), "final" if final else "provisional")
                counts.update((*group, name) for name in names)
        return counts

    def open_tickets(self, span: Span) -> Iterator[Fact]:
        judged = min(span.end - timedelta.resolution, self.now)
        for ticket in self.tickets:
            last = ticket.last_by(judged)
            if last is None or ticket.moves[last].after not in OPEN:
                continue
            back = [
                move.at for move in ticket.moves[: last + 1] if move.comes_back and move.before != "merged"
            ]  # fmt: skip
            ages = (
                _age(judged - ticket.received_at),
                "since_reopened_" + _age(judged - (back or [ticket.received_at])[-1]),
            )
            of = ticket.of_move(last)
            yield Fact(judged, ticket.owner, ("open", *ages), None, of, (ticket.organisation,))

    def flow(self, _span: Span) -> Iterator[Fact]:
        for ticket in self.tickets:
            for number, move in enumerate(ticket.moves):
                if move.before == "none":
                    kind = "received"
                elif move.comes_back:
                    kind = "merge_undone" if move.before == "merged" else "reopened"
                elif move.leaves:
                    kind = move.after
                else:
                    continue
                shown = number if move.after in OPEN else number - 1
                parts = (kind, "entered" if move.after in OPEN else "left")
                yield Fact(move.at, ticket.owner, parts, None, ticket.of_move(shown), (ticket.organisation,))

    def contacts(self, _span: Span) -> Iterator[Fact]:
        for event, payload in self.of(e.TicketReceived, e.MessageReceived, e.ReplySent):
            of, owner, organisation = self._on(event.stream)
            if not isinstance(payload, e.TicketReceived) and payload.channel:
                of["channel"] = fold_name(payload.channel)
            parts: tuple[str, ...] = ("messages", "in")
            if isinstance(payload, e.ReplySent):
                actor = event.envelope.actor
                bot = payload.automated or (actor.kind == "system" and not actor.on_behalf_of)
                parts = ("messages", "out", *(["by_bots"] if bot else []))
            yield Fact(event.occurred_at, owner, parts, None, of, (organisation,))

    def contact_time(self, _span: Span) -> Iterator[Fact]:
        for event, payload in self.of(e.EffortLogged):
            of, owner, organisation = self._on(event.stream)
            of["agent"] = fold_name(payload.agent)
            left_out = None if payload.kind in EFFORTS else "other_kind"
            yield Fact(event.occurred_at, owner, {payload.kind: payload.seconds}, left_out, of, (organisation,))

    def _on(self, ticket: UUID | None) -> tuple[dict[str, str | None], UUID | None, UUID | None]:
        """The groups, the customer and the organisation of a ticket; none of one that is not known."""
        for each in self.tickets:
            if each.id == ticket:
                return each.of_move(-1), each.owner, each.organisation
        return dict.fromkeys(("team", "agent", "priority", "category", "channel")), None, None

    def nps_ticket(self, _span: Span) -> Iterator[Fact]:
        answers = [event for event, payload in self.of(NpsAnswered) if payload.ticket is not None]
        answers.sort(key=lambda event: (event.occurred_at, event.version, -event.stream.int))
        last = {event.payload.ticket: event for event in answers}
        for event in answers:
            of, _, organisation = self._on(event.payload.ticket)
            score = event.payload.score
            part = "promoters" if score >= 9 else "detractors" if score <= 6 else "passives"
            left_out = None if last[event.payload.ticket] is event else "answered_again"
            yield Fact(event.occurred_at, event.stream, (part, "answers"), left_out, of, (organisation,), value=score)

    def voice_of_customers(self, _span: Span) -> Iterator[Fact]:
        for event, payload in self.of(FeedbackNoted):
            of, _, organisation = self._on(payload.ticket)
            parts, given = ("items", payload.polarity), None if payload.ticket is None else (organisation,)
            yield Fact(event.occurred_at, payload.customer_id, parts, None, of, given)

    def journey(self, _span: Span) -> Iterator[Fact]:
        for ticket in self.tickets:
            parts = ("tickets", *(["loops"] if ticket.loops else []), *(["team_loops"] if ticket.team_loops else []))
            at = ticket.left.at if ticket.outcome else self.now
            paths = {"state_path": [state for state, _ in ticket.path], "team_path": ticket.teams}
            of = ticket.of_move(-1) | {name: " > ".join(path) for name, path in paths.items()}
            yield self.fact(ticket, at, parts, None if ticket.outcome else "open", of=of)

    def journey_steps(self, _span: Span) -> Iterator[Fact]:
        for ticket in self.tickets:
            for number, (state, since) in enumerate(ticket.path[:-1]):
                following, until = ticket.path[number + 1]
                back = following in {each for each, _ in ticket.path[: number + 1]}
                of = ticket.of_move(-1) | {"state": state, "step": f"{state} > {following}"}
                parts = ("steps", *(["returns"] if back else []))
                if ticket.outcome:
                    org, seconds = (ticket.organisation,), (until - since) / timedelta(seconds=1)
                    yield Fact(ticket.left.at, ticket.owner, parts, None, of, org, value=seconds)

    def journey_losses(self, _span: Span) -> Iterator[Fact]:
        for ticket in self.tickets:
            if ticket.outcome is None:
                yield self.fact(ticket, self.now, (), "open", of=ticket.of_move(-1) | {"state": None})
                continue
            number = ticket.moves.index(ticket.left)
            state = ticket.left.before
            if state == "waiting":
                state = f"waiting_{ticket.held[number - 1].waiting_for}"
            closed = ticket.left.after == "closed"
            lost = [ticket.outcome] if ticket.outcome != "resolved" else ["closed_open"] if closed else []
            of = ticket.of_move(-1) | {"state": state}
            yield self.fact(ticket, ticket.left.at, ("tickets", *lost), of=of)

    def waiting(self, _span: Span) -> Iterator[Fact]:
        for ticket in self.tickets:
            if ticket.moves[-1].after == "waiting":
                held = ticket.held[-1]
                over = held.hold_until is not None and held.hold_until < self.now
                quiet = self.now - ticket.moves[-1].at > timedelta(hours=72)
                names = [
                    name for name, holds in (("over_due", over), ("quiet", quiet), ("too_long", over or quiet)) if holds
                ]
                parts = ("waiting", f"for_{held.waiting_for}", *names)
                yield Fact(self.now, ticket.owner, parts, None, ticket.of_move(-1), (ticket.organisation,))


def _age(age: timedelta) -> str:
    days = age / timedelta(days=1)
    return "under_10_days" if days < 10 else "from_10_to_30_days" if days <= 30 else "over_30_days"
