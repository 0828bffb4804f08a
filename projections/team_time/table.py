"""The spans during which teams held an open ticket, a row each, with the team's working time and the verdict."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.definitions.events import DefinitionPublished
from domain.definitions.kinds import WORKFORCE
from domain.envelope import RecordedEvent
from domain.sla.calendar.microseconds import SECOND, from_microseconds, instant_or_none, to_microseconds
from domain.sla.clock.target_instance import Verdict
from domain.sla.policy.kept_histories import KeptHistories
from domain.sla.policy.published import policy_history_of
from domain.workforce.team_clock import judge
from domain.workforce.team_rules import TeamRuleHistory, TeamRules
from domain.workforce.team_spans import SpanEnd, team_spans
from projections.engine.projection import Enrichment, FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import BigInt, Table
from projections.scope.folded_words import folded


@dataclass(slots=True)
class TeamSpanRow:
    """A team held the open ticket in [began_at, ended_at); None: it still holds it. See `TeamTime` for the rest.

    ``version``: the event that began it. Agent, priority and category are those right before the end, or the last ones.
    ``*_us`` are microseconds.
    """

    ticket: UUID
    version: int
    customer: UUID
    team: str
    agent: str | None
    priority: str | None
    category: str | None
    channel: str
    folded: list[str | None] | None
    began_at: datetime
    ended_at: datetime | None
    ended_by: SpanEnd | None
    workforce_version: int
    calendar: str
    calendar_version: int
    target_seconds: BigInt | None
    elapsed_us: BigInt
    paused_us: BigInt
    verdict: Verdict | None
    late_after: datetime | None


def fold(stream: Stream, inputs: FoldInputs) -> Iterator[TeamSpanRow]:
    """The spans of one ticket, judged by the published workforce and calendars."""
    steps = stream.timeline.steps
    if not steps:
        return
    channel, customer = steps[0].event.payload.channel, stream.timeline.owner.customer
    rules, policy_history = team_rules_of(inputs.definitions), policy_history_of(inputs.rules)
    for span in team_spans(steps):
        time, ticket = judge(span, rules, policy_history), span.ticket
        yield TeamSpanRow(
            ticket=stream.id,
            version=span.version,
            customer=customer,
            team=span.team,
            agent=ticket.agent,
            priority=ticket.priority,
            category=ticket.category,
            channel=channel,
            folded=folded(span.team, ticket.agent, ticket.priority, ticket.category, channel),
            began_at=from_microseconds(span.start),
            ended_at=instant_or_none(span.end),
            ended_by=span.ended_by,
            workforce_version=time.workforce_version,
            calendar=time.calendar.name,
            calendar_version=time.calendar.version,
            target_seconds=None if time.target is None else time.target // SECOND,
            elapsed_us=time.elapsed,
            paused_us=time.paused,
            verdict=time.verdict,
            late_after=instant_or_none(time.late_after),
        )


def team_rules_of(definitions: Sequence[RecordedEvent]) -> TeamRuleHistory:
    """The rules of teams by the published versions of the workforce, kept by this process."""
    return _RULES.of([event for event in definitions if event.payload.kind == WORKFORCE.name])


def _rules(published: Sequence[RecordedEvent]) -> TeamRuleHistory:
    return TeamRuleHistory(map(_version, published))


def _version(event: RecordedEvent) -> TeamRules:
    payload: DefinitionPublished = event.payload
    workforce = WORKFORCE.body.model_validate(payload.body)
    return TeamRules(payload.version, to_microseconds(payload.effective_from), event.position, workforce)


_RULES = KeptHistories(_rules)

TEAM_TIME = Projection(
    name="team_time",
    version=2,
    kinds=frozenset({"ticket"}),
    tables=(
        Table(
            "team_spans",
            TeamSpanRow,
            key=("ticket", "version"),
            indexes=("(ended_at) where ended_at is not null", "(ticket) where ended_at is null"),
        ),
    ),
    fold=fold,
    enrichment=Enrichment(related_types=frozenset()),
)
