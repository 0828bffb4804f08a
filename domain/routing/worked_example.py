"""A worked example of a routing: a ticket, the agents of its team, and who is expected to get it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field

from domain.messages import Channel, Message, Word
from domain.routing.choose import AgentCandidate, Held, LastHolder, WaitingTicket, WhyNot, choose
from domain.routing.definition import Routing, TicketToRoute
from domain.sla.policy.policy import Seconds
from domain.text_by_language import Title
from domain.text_folding import fold_code, fold_name, same_name

_AT = datetime(2026, 1, 1, tzinfo=UTC)


class ExampleAgent(Message):
    """An agent of the team. ``tickets`` are held; ``routed`` is how long ago the agent last got one by routing."""

    name: Word
    skills: tuple[Word, ...] = ()
    capacity: Annotated[int, Field(ge=0)] | None = None
    tickets: int = 0
    percent: int = 0
    absent: WhyNot | None = None
    routed: Seconds | None = None

    def candidate(self) -> AgentCandidate:
        """The agent as a candidate."""
        return AgentCandidate(
            self.name,
            fold_name(self.name),
            frozenset(map(fold_code, self.skills)),
            self.absent,
            self.capacity,
            Held(self.percent, self.tickets),
            None if self.routed is None else _AT - timedelta(seconds=self.routed),
        )


class RoutingExample(Message):
    """A ticket, and the expected team, rule and agent; what is not expected is not compared.

    ``last_agent`` held the customer's last ticket until ``last_days`` days ago. ``waited`` is the team's working time
    since the ticket came. ``agent`` nobody: no agent can take it. ``rule`` none: no rule matches.
    """

    name: Title
    channel: Channel
    category: Word | None = None
    priority: Word | None = None
    tier: Word | None = None
    segments: tuple[Word, ...] = ()
    language: Word | None = None
    last_agent: Word | None = None
    last_days: int = 0
    waited: Seconds | None = None
    agents: tuple[ExampleAgent, ...] = ()
    team: Word | None = None
    rule: Word | None = None
    agent: Word | None = None
    because: Word | None = None

    def differences(self, body: Routing) -> list[str]:
        """Where the answer differs from the expected one."""
        facts = TicketToRoute(
            self.channel, self.category, self.priority, self.tier, frozenset(self.segments), self.language
        )
        to = body.destination(facts)
        last = None
        if self.last_agent is not None:
            last = LastHolder(fold_name(self.last_agent), _AT - timedelta(days=self.last_days))
        candidates = [agent.candidate() for agent in self.agents]
        weight = body.weights.get(self.channel)
        choice = choose(WaitingTicket(to, weight, last, self.waited or 0), candidates, body, 1, _AT)
        answers = {
            "team": (self.team, to.team),
            "rule": (self.rule, to.rule or "none"),
            "agent": (self.agent, "nobody" if choice.chosen is None else choice.chosen.agent),
            "because": (self.because, choice.routing.because),
        }
        return [
            f"the {what} is {answer}, not {expected}"
            for what, (expected, answer) in answers.items()
            if expected is not None and not same_name(expected, answer)
        ]
