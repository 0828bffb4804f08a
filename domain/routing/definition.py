"""The definition of the routing: which team a ticket goes to, which skills it needs, and how its agent is chosen."""

from collections import Counter
from typing import Annotated, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from domain.messages import Channel, Message, Word, one_or_more
from domain.sla.policy.policy import Seconds
from domain.text_folding import fold_code, fold_name

MOST_RULES = 500

Words = Annotated[tuple[Word, ...], BeforeValidator(one_or_more), Field(max_length=100)]
"""The words of which a ticket must have one; none: any ticket matches."""
Percent = Annotated[int, Field(strict=True, ge=1, le=100)]


class TicketToRoute(NamedTuple):
    """What rules look at. ``segments`` are the tracked segments that the customer is in."""

    channel: str
    category: str | None = None
    priority: str | None = None
    tier: str | None = None
    segments: frozenset[str] = frozenset()
    language: str | None = None


class When(Message):
    """The conditions of a rule; all that are given must hold. Words are compared folded."""

    channel: Words = ()
    category: Words = ()
    priority: Words = ()
    tier: Words = ()
    segment: Words = ()
    language: Words = ()

    def holds(self, ticket: TicketToRoute) -> bool:
        """Whether a ticket meets the conditions."""
        return (
            _is_one(ticket.channel, self.channel)
            and _is_one(ticket.category, self.category)
            and _is_one(ticket.priority, self.priority)
            and _is_one(ticket.tier, self.tier)
            and (not self.segment or any(_is_one(segment, self.segment) for segment in ticket.segments))
            and _is_one(ticket.language, self.language)
        )


class RoutingRule(Message):
    """Tickets that meet ``when`` go to ``team``, to an agent with all ``skills``; the most important skill first."""

    name: Word
    when: When = When()
    team: Word
    skills: Annotated[tuple[Word, ...], Field(max_length=20)] = ()


class Destination(NamedTuple):
    """Where a ticket goes; ``rule`` is the rule that says so, None: the default team, or the team that it has."""

    team: str
    rule: str | None = None
    skills: tuple[str, ...] = ()


class Routing(Message):
    """The first rule that matches counts; ``default_team`` gets the tickets that match none.

    ``weights`` says how many per cent of an agent's capacity a ticket of a channel takes; a ticket of another channel
    takes one of the tickets of the capacity. Within ``sticky_days`` a customer comes back to the agent of the last
    ticket. After each ``drop_skills_after`` of the team's working time the least important skill is not asked for any
    more; after ``tell_lead_after`` the team's lead gets a task. None: never. ``imported`` tickets are assigned too when
    it says so.
    """

    rules: Annotated[tuple[RoutingRule, ...], Field(max_length=MOST_RULES)] = ()
    default_team: Word
    weights: dict[Channel, Percent] = Field(default_factory=dict)
    sticky_days: Annotated[int, Field(strict=True, ge=0, le=3_650)] = 30
    drop_skills_after: Seconds | None = None
    tell_lead_after: Seconds | None = None
    imported: bool = False

    @model_validator(mode="after")
    def _each_rule_once(self) -> Self:
        for name, count in Counter(fold_name(rule.name) for rule in self.rules).items():
            if count > 1:
                raise ValueError(f"rules: {name!r} stands in it twice")
        return self

    @property
    def looks_at_customers(self) -> bool:
        """Whether a rule has a condition on the customer."""
        return any(rule.when.tier or rule.when.segment or rule.when.language for rule in self.rules)

    def destination(self, ticket: TicketToRoute, team: str | None = None) -> Destination:
        """Where a ticket goes. One that has a team stays there: of the rules those to this team count."""
        for rule in self.rules:
            if (team is None or fold_name(rule.team) == fold_name(team)) and rule.when.holds(ticket):
                return Destination(rule.team if team is None else team, rule.name, rule.skills)
        return Destination(self.default_team if team is None else team)

    def still_asked(self, skills: tuple[str, ...], waited: int) -> int:
        """How many of the skills are still asked for after ``waited`` seconds, the most important first."""
        if self.drop_skills_after is None:
            return len(skills)
        return max(len(skills) - waited // self.drop_skills_after, 0)


def _is_one(word: str | None, words: tuple[str, ...]) -> bool:
    return not words or (word is not None and fold_code(word) in map(fold_code, words))
