"""Every report in plain Python over lists of events by the definitions, without folds and SQL of the product."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from statistics import fmean
from typing import Any
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.text_folding import fold_code, fold_name, same_name
from domain.ticket import events as e
from tests.support.plain_ticket import LEFT_OUT, NO_CONTACT, OPEN, WEEK, Move, PlainTicket


class PlainFigures:
    """The figures of some tickets, from ``start`` up to but not including ``end``."""

    def __init__(self, histories: Iterable[Sequence[RecordedEvent]], start: datetime, end: datetime) -> None:
        self.tickets = [PlainTicket(history) for history in histories]
        self._start, self._end = start, end

    def _covers(self, at: datetime) -> bool:
        return self._start <= at < self._end

    def left_out(self) -> dict[str, int]:
        left = Counter(t.outcome for t in self.tickets if t.is_left_out and self._covers(t.left.at))
        return {outcome: left[outcome] for outcome in LEFT_OUT}

    def _last_resolved(self) -> list[PlainTicket]:
        return [t for t in self.tickets if not t.is_left_out and t.resolutions and self._covers(t.resolutions[-1].at)]

    def handling_time(self) -> dict[str, Any]:
        resolved = [ticket for ticket in self._last_resolved() if ticket.outcome]
        efforts = [
            sum(
                m.payload.seconds
                for m in ticket.of(e.EffortLogged)
                if m.payload.kind in {"talk", "hold", "after_contact"}
            )
            for ticket in resolved
        ]
        elapsed = [(ticket.resolutions[-1].at - ticket.received_at).total_seconds() for ticket in resolved]
        return {
            "resolved": len(resolved),
            "mean": fmean(elapsed) if elapsed else None,
            "effort": sum(efforts),
            "handled": sum(effort > 0 for effort in efforts),
            "left_out": self.left_out() | {"open_again": len(self._last_resolved()) - len(resolved)},
            "told_late": _told_late(resolved),
        }

    def satisfaction(self) -> dict[str, Any]:
        rated_now = [(t, score) for t in self.tickets for _, at, score in t.ratings() if self._covers(at)]
        ratings = [score for _, score in rated_now]
        resolutions = [
            (ticket, resolution)
            for ticket in self.tickets
            if not ticket.is_left_out
            for resolution in ticket.resolutions
            if self._covers(resolution.at)
        ]
        rated = {
            (t.id, resolution.event.version) for t in self.tickets for resolution, _, _ in t.ratings() if resolution
        }
        return {
            "satisfied": (sum(score >= 4 for score in ratings), len(ratings)),
            "responses": (sum((t.id, r.event.version) in rated for t, r in resolutions), len(resolutions)),
            "left_out": self.left_out(),
            "told_late": _told_late([ticket for ticket, _ in (*rated_now, *resolutions)]),
        }

    def reopenings(self) -> dict[str, Any]:
        resolved = [t for t in self.tickets if not t.is_left_out and any(self._covers(r.at) for r in t.resolutions)]
        reopened = [
            ticket for ticket in resolved if any(move.comes_back and move.before != "merged" for move in ticket.moves)
        ]
        return {
            "reopened": (len(reopened), len(resolved)),
            "left_out": self.left_out(),
            "told_late": _told_late(resolved),
        }

    def first_contact(self) -> dict[str, Any]:
        resolved = [
            ticket
            for ticket in self.tickets
            if not ticket.is_left_out and ticket.resolutions and self._covers(ticket.resolutions[0].at)
        ]
        judged = [self.judge(ticket, ticket.resolutions[0]) for ticket in resolved]
        shares = {
            variant: (
                sum(judgement[variant] is True for judgement in judged),
                sum(judgement[variant] is not None for judgement in judged),
            )
            for variant in ("headline", "gross", "one_touch", "no_recontact", "one_owner", "customer_confirmed")
        }
        unknown = sum(judgement["one_touch"] is None for judgement in judged)
        return {
            "resolved": len(judged),
            "unknown": unknown,
            "left_out": self.left_out(),
            "told_late": _told_late(resolved),
            **shares,
        }

    def judge(self, ticket: PlainTicket, resolution: Move) -> dict[str, bool | None]:
        index = ticket.moves.index(resolution)
        until, since = ticket.moves[: index + 1], ticket.moves[index:]
        window_ends = resolution.at + WEEK
        elsewhere = [max(at, ticket.received_at) for at in self._messages_merged_into(ticket)]
        messages = [*(move.at for move in ticket.messages), *elsewhere]
        payloads = [move.payload for move in until]
        assigned = [move for move in until if isinstance(move.payload, e.TicketAssigned)]
        changes_team = any(move.team_before and not same_name(move.team_before, move.payload.team) for move in assigned)
        spoiled = any(isinstance(payload, e.TicketPutOnHold | e.TicketEscalated) for payload in payloads)
        spoiled = spoiled or any(move in ticket.messages for move in until)
        first_contact = not spoiled and not changes_team and all(at > resolution.at for at in elsewhere)
        code = fold_code(resolution.payload.code) if isinstance(resolution.payload, e.TicketResolved) else None
        resolvable = code not in {"hardware", "field_service", "change_request", "third_party"} and not any(
            isinstance(payload, e.TicketEscalated) and payload.level >= 2 for payload in payloads
        )
        reopened = any(move.comes_back and move.before != "merged" and move.at <= window_ends for move in since)
        returned = any(
            other.is_contact and other.category == ticket.category and resolution.at < other.received_at <= window_ends
            for other in self._others(ticket)
        )
        owners = {move.payload.agent and fold_name(move.payload.agent) for move in assigned}
        answers = sum(_is_by_a_person(move.event) and move.at <= window_ends for move in ticket.of(e.ReplySent))
        kind = ticket.receipt.envelope.actor.kind
        known = kind != "import" or bool(ticket.of(e.MessageReceived, e.ReplySent))
        return {
            "headline": first_contact and not reopened and not returned if resolvable else None,
            "gross": first_contact,
            "one_touch": answers <= 1 if known else None,
            "no_recontact": all(at > window_ends for at in messages) if known else None,
            "one_owner": None not in owners and len(owners) == 1,
            "customer_confirmed": first_contact and self._confirmed(since, window_ends) if known else None,
        }

    @staticmethod
    def _confirmed(since: Sequence[Move], window_ends: datetime) -> bool:
        for move in since:
            if move.after in OPEN:
                return False
            if isinstance(move.payload, e.TicketClosed) and move.payload.closed_by == "customer":
                return move.at <= window_ends
        return False

    @cached_property
    def _of_customer(self) -> dict[UUID, list[PlainTicket]]:
        of: dict[UUID, list[PlainTicket]] = {}
        for ticket in self.tickets:
            of.setdefault(ticket.customer, []).append(ticket)
        return of

    def _others(self, ticket: PlainTicket) -> list[PlainTicket]:
        return [other for other in self._of_customer[ticket.customer] if other is not ticket]

    @cached_property
    def _merged_into(self) -> dict[UUID | None, list[PlainTicket]]:
        into: dict[UUID | None, list[PlainTicket]] = {}
        for ticket in self.tickets:
            if ticket.outcome == "merged":
                into.setdefault(ticket.merged_into, []).append(ticket)
        return into

    def _messages_merged_into(self, ticket: PlainTicket) -> list[datetime]:
        """The messages of the tickets that were merged into this one, directly or through others."""
        merged_tickets: dict[UUID, PlainTicket] = {}
        waiting = [ticket.id]
        while waiting:
            for merged in self._merged_into.get(waiting.pop(), []):
                if merged.id not in merged_tickets:
                    merged_tickets[merged.id] = merged
                    waiting.append(merged.id)
        return [
            move.at for merged in merged_tickets.values() for move in (*merged.of(e.TicketReceived), *merged.messages)
        ]

    def repeat_contacts(self) -> dict[str, Any]:
        received = [ticket for ticket in self.tickets if self._covers(ticket.received_at)]
        contacts = [ticket for ticket in received if ticket.is_contact]
        repeated = {ticket.customer for ticket in contacts if self.is_repeated(ticket)}
        left = Counter(ticket.outcome for ticket in received if not ticket.is_contact)
        return {
            "repeated": (len(repeated), len({ticket.customer for ticket in contacts})),
            "left_out": {outcome: left[outcome] for outcome in NO_CONTACT},
            "told_late": _told_late(contacts),
        }

    def is_repeated(self, ticket: PlainTicket) -> bool:
        """Whether another contact of the customer and category follows a contact within seven days."""
        return ticket.is_contact and any(
            other.is_contact
            and other.category == ticket.category
            and ticket.received_at <= other.received_at <= ticket.received_at + WEEK
            for other in self._others(ticket)
        )

    def backlog(self, at: datetime) -> int:
        """Tickets open at an instant."""
        states = [[move.after for move in ticket.moves if move.at <= at] for ticket in self.tickets]
        return sum(bool(seen) and seen[-1] in OPEN for seen in states)


def _is_by_a_person(reply: RecordedEvent) -> bool:
    actor = reply.envelope.actor
    bot = reply.payload.automated or (actor.kind == "system" and not actor.on_behalf_of)
    return not bot and actor.kind != "customer"


def _told_late(tickets: Iterable[PlainTicket]) -> tuple[int, int]:
    """The number of distinct tickets."""
    each = {ticket.id: ticket.is_told_late for ticket in tickets}
    return sum(each.values()), len(each)
