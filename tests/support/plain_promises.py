"""Promises, time by team and load in plain Python over exported events. The clock of a ticket is the product's."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, cached_property
from statistics import median
from typing import Any, NamedTuple

from domain.envelope import RecordedEvent
from domain.sla.calendar.microseconds import from_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.policy.policy_history import PolicyHistory
from domain.sla.policy.published import policy_history_of
from domain.text_folding import fold_name
from domain.ticket import events as e
from domain.workforce.definition import Workforce
from tests.support.plain_desk import EFFORTS, PlainDesk
from tests.support.plain_desk_ticket import DeskTicket, Held
from tests.support.plain_events import Fact
from tests.support.plain_periods import DAY, Span, begins
from tests.support.plain_ticket import OPEN


class TeamHeld(NamedTuple):
    """A team held an open ticket: from when to when (None: still), as it was at the end, and what came after."""

    team: str
    start: datetime
    end: datetime | None
    held: Held
    after: str | None
    cancelled_as: str | None
    seconds: float


class PlainPromises(PlainDesk):
    """What was promised and how it went. ``rules`` are the published ones that are known, ``workforce`` that in effect;
    its agents and teams work around the clock."""

    rules: Sequence[RecordedEvent] = ()
    workforce: Workforce

    @cached_property
    def _policies(self) -> PolicyHistory:
        return policy_history_of(self.rules)

    @cache  # noqa: B019 -- lives as long as a question
    def _clocks(self, number: int, at: datetime) -> list[TargetInstance]:
        return clocks(self.tickets[number].history, self._policies, at)

    def _instances(self, at: datetime) -> Iterator[tuple[DeskTicket, TargetInstance, dict[str, str | None]]]:
        for number, ticket in enumerate(self.tickets):
            for instance in self._clocks(number, at):
                then = instance.ticket
                words = {"team": then.team, "agent": then.agent, "priority": then.priority, "category": then.category}
                of = {name: word and fold_name(word) for name, word in words.items()}
                yield ticket, instance, of | {"channel": fold_name(ticket.channel), "target": instance.target}

    def _ended(self, target: str) -> Iterator[tuple[DeskTicket, TargetInstance, Any]]:
        for ticket, instance, of in self._instances(self.now):
            if instance.target == target and instance.finished_at is not None:
                at = from_microseconds(instance.finished_at)
                late = ["told_late"] if ticket.first_late is not None and ticket.first_late <= at else []
                yield ticket, instance, (at, late, of)

    def sla(self, target: str) -> Iterator[Fact]:
        for ticket, instance, (at, late, of) in self._ended(target):
            parts = (instance.verdict or "", *late)
            left_out = None if instance.verdict else "cancelled"
            elapsed = instance.elapsed / 1e6 if instance.state == "fulfilled" else None
            yield Fact(at, ticket.owner, parts, left_out, of, (ticket.organisation,), value=elapsed)

    def on_time(self, _span: Span) -> Iterator[Fact]:
        for ticket, instance, (at, late, of) in self._ended("resolution"):
            parts = ("finished", *(["within"] if instance.verdict == "met" else []), *late)
            left_out = None if instance.state == "fulfilled" else "cancelled"
            yield Fact(at, ticket.owner, parts, left_out, of, (ticket.organisation,))

    def sla_late(self, _span: Span) -> Iterator[Fact]:
        for ticket, instance, of in self._instances(self.now):
            if instance.finished_at is None:
                paused = ["paused"] if instance.state == "paused" else []
                late = ["late"] if instance.breached_at is not None else []
                yield Fact(self.now, ticket.owner, ("open", *paused, *late), None, of, (ticket.organisation,))

    def cycles_late(self, _span: Span) -> Iterator[Fact]:
        for ticket, instance, of in self._instances(self.now):
            if instance.finished_at is None and instance.breached_at is not None:
                elapsed = timedelta(microseconds=instance.elapsed)
                if instance.running_since is not None:
                    elapsed += self.now - from_microseconds(instance.running_since)
                target = timedelta(microseconds=instance.promise.duration)
                cycles = max((elapsed - target) / target, 0)
                yield Fact(self.now, ticket.owner, ("late",), None, of, (ticket.organisation,), value=cycles)

    def is_late(self, number: int, at: datetime) -> bool:
        return any(
            instance.breached_at is not None and instance.finished_at is None for instance in self._clocks(number, at)
        )

    def late_tickets(self, span: Span) -> Iterator[Fact]:
        judged = min(span.end - timedelta.resolution, self.now)
        for number, ticket in enumerate(self.tickets):
            last = ticket.last_by(judged)
            if last is not None and ticket.moves[last].after in OPEN:
                parts = ("open", *(["late"] if self.is_late(number, judged) else []))
                yield Fact(judged, ticket.owner, parts, None, ticket.of_move(last), (ticket.organisation,))

    # time by team

    def _rule(self, team: str) -> tuple[dict[str, int], int | None, set[str]]:
        """The targets of a team in seconds, the one for other priorities, and the waits that do not count."""
        for each in self.workforce.teams:
            if fold_name(each.name) == team:
                return dict(each.targets), each.target, set(each.pauses)
        return {}, None, {"customer", "third_party"}

    def _spans(self, ticket: DeskTicket) -> Iterator[TeamHeld]:
        """What teams held a ticket; of several moves at one instant the last one counts."""
        moves = [
            number
            for number, move in enumerate(ticket.moves)
            if number + 1 == len(ticket.moves) or ticket.moves[number + 1].at > move.at
        ]
        start: datetime | None = None
        held: Held | None = None
        seconds = 0.0
        for index, number in enumerate(moves):
            move, now = ticket.moves[number], ticket.held[number]
            team = now.team if move.after in OPEN else None
            if held is not None and start is not None and held.team is not None and team != held.team:
                after = None if move.after in OPEN else move.after
                yield TeamHeld(
                    held.team, start, move.at, held, after, getattr(move.payload, "cancelled_as", None), seconds
                )
                start, seconds = None, 0.0
            if team is None:
                held = None
                continue
            start, held = start or move.at, now
            until = ticket.moves[moves[index + 1]].at if index + 1 < len(moves) else self.now
            if not (move.after == "waiting" and now.waiting_for in self._rule(team)[2]):
                seconds += (until - move.at).total_seconds()
        if held is not None and start is not None and held.team is not None:
            yield TeamHeld(held.team, start, None, held, None, None, seconds)

    def _team_facts(self, *, ended: bool) -> Iterator[tuple[DeskTicket, TeamHeld, int | None, dict[str, str | None]]]:
        for ticket in self.tickets:
            for span in self._spans(ticket):
                if (span.end is not None) == ended:
                    targets, other, _ = self._rule(span.team)
                    held = span.held
                    of = {"team": span.team, "agent": held.agent, "priority": held.priority, "category": held.category}
                    of |= {"channel": fold_name(ticket.channel)}
                    yield ticket, span, targets.get(held.priority or "", other), of

    @staticmethod
    def _uncounted(span: TeamHeld) -> str | None:
        if span.after == "merged":
            return "merged"
        if span.after == "cancelled":
            return span.cancelled_as if span.cancelled_as in {"duplicate", "spam"} else "cancelled"
        return None

    def time_by_team(self, _span: Span) -> Iterator[Fact]:
        for ticket, span, _, of in self._team_facts(ended=True):
            left_out = self._uncounted(span)
            yield Fact(
                span.end or self.now, ticket.owner, ("spans",), left_out, of, (ticket.organisation,), value=span.seconds
            )

    def team_on_time(self, _span: Span) -> Iterator[Fact]:
        for ticket, span, target, of in self._team_facts(ended=True):
            breached = target is not None and span.seconds > target
            left_out = "no_target" if target is None else None if breached else self._uncounted(span)
            parts = ("breached" if breached else "met",)
            yield Fact(span.end or self.now, ticket.owner, parts, left_out, of, (ticket.organisation,))

    def team_late(self, _span: Span) -> Iterator[Fact]:
        for ticket, span, target, of in self._team_facts(ended=False):
            late = ["no_target"] if target is None else ["late"] if span.seconds > target else []
            yield Fact(self.now, ticket.owner, ("held", *late), None, of, (ticket.organisation,))

    # load

    def _expected(self, team: str | None, category: str | None) -> float | None:
        """The median effort of a team for a category."""
        efforts = []
        for ticket in self.tickets:
            spent = sum(move.payload.seconds for move in ticket.of(e.EffortLogged) if move.payload.kind in EFFORTS)
            held = ticket.held[-1]
            if ticket.outcome == "resolved" and spent and (held.team, held.category) == (team, category):
                efforts.append((ticket.resolutions[-1].at, spent))
        lately = [spent for at, spent in efforts if at > self.now - 90 * DAY]
        values = lately or [spent for _, spent in efforts]
        return median(values) if values else None

    def loads(self) -> dict[str | None, dict[str, float | None]]:
        """The parts of the load of each agent and of the tickets of nobody."""
        agents = {fold_name(agent.name): agent for agent in self.workforce.agents}
        rows = self._open_work(agents, lambda held: held.agent)
        for name, row in rows.items():
            agent = agents.get(name or "")
            row["working_time_left"] = self._left_today() if agent else None
            row["capacity"] = agent.capacity if agent else None
            beside = [
                rows[each]["tickets"] or 0
                for each, other in agents.items()
                if agent and agent.team is not None and other.team == agent.team
            ]
            self._add_rules(row, beside)
        return rows

    def team_loads(self) -> dict[str | None, dict[str, float | None]]:
        """The same of each team and of the tickets of no team; its agents have its working time and its capacity."""
        rows = self._open_work({fold_name(team.name) for team in self.workforce.teams}, lambda held: held.team)
        for name, row in rows.items():
            of_team = [agent for agent in self.workforce.agents if agent.team and fold_name(agent.team) == name]
            known = [agent.capacity for agent in of_team if agent.capacity is not None]
            row["working_time_left"] = self._left_today() * len(of_team) if of_team else None
            row["capacity"] = sum(known) if of_team and len(known) == len(of_team) else None
            self._add_rules(row, [])
        return rows

    def team_of(self, agent: str | None) -> str | None:
        """The team of an agent, by the workforce."""
        teams = {fold_name(each.name): each.team and fold_name(each.team) for each in self.workforce.agents}
        return teams.get(agent or "")

    def overloaded(self, by_team: bool) -> dict[str | None, dict[str, int]]:
        """Of each team, or of all: the agents, and those with each rule, with any, and without a load."""
        of: dict[str | None, list[dict[str, float | None]]] = {} if by_team else {None: []}
        for agent, row in self.loads().items():
            if agent is not None:
                of.setdefault(self.team_of(agent) if by_team else None, []).append(row)
        return {team: self._overloaded(rows) for team, rows in of.items()}

    @staticmethod
    def _overloaded(rows: Sequence[Mapping[str, float | None]]) -> dict[str, int]:
        rules = ("over_working_time", "over_capacity", "over_team_median")
        return {
            "overloaded": sum(any(row[rule] for rule in rules) for row in rows),
            "agents": len(rows),
            **{rule: sum(bool(row[rule]) for row in rows) for rule in rules},
            "undefined": sum(not row["working_time_left"] for row in rows),
        }

    def _open_work(
        self, known: Iterable[str], holder: Callable[[Held], str | None]
    ) -> dict[str | None, dict[str, float | None]]:
        """The open tickets of the known holders and of all others."""
        ends = begins(self.calendar.day(self.now) + DAY, self.calendar.zone)
        rows: dict[str | None, dict[str, float | None]] = {name: self._no_load() for name in known}
        for number, ticket in enumerate(self.tickets):
            if ticket.outcome is None:
                row = rows.setdefault(holder(ticket.held[-1]), self._no_load())
                expected = self._expected(ticket.held[-1].team, ticket.held[-1].category)
                due = [
                    each.due_at for each in self._clocks(number, self.now) if each.state == "running" and each.due_at
                ]
                more = {
                    "tickets": 1,
                    "expected_effort": expected or 0,
                    "unexpected": expected is None,
                    "late": self.is_late(number, self.now),
                    "due_today": any(self.now <= from_microseconds(at) < ends for at in due),
                }
                row.update({name: (row[name] or 0) + more[name] for name in more})
        return rows

    def _left_today(self) -> float:
        return (begins(self.calendar.day(self.now) + DAY, self.calendar.zone) - self.now).total_seconds()

    @staticmethod
    def _add_rules(row: dict[str, float | None], beside: Sequence[float]) -> None:
        """Which rules of overload hold. ``beside``: the open tickets of each agent of the team."""
        tickets, left = row["tickets"] or 0, row["working_time_left"]
        row["over_working_time"] = bool(left) and (row["expected_effort"] or 0) / (left or 1) > 1
        row["over_capacity"] = row["capacity"] is not None and tickets > row["capacity"]
        row["over_team_median"] = bool(beside) and tickets >= 5 and tickets > 1.5 * median(beside)

    @staticmethod
    def _no_load() -> dict[str, float | None]:
        return dict.fromkeys(("tickets", "expected_effort", "unexpected", "late", "due_today"), 0)
