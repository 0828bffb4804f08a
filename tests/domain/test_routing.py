"""The routing chooses as a slow model does that tries everybody, and says why nobody else was chosen."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.definitions.definition_file import check, read_definition_file
from domain.routing.choose import AgentCandidate, Held, LastHolder, WaitingTicket, absent, choose
from domain.routing.definition import Destination, Routing, TicketToRoute
from domain.sla.calendar.business_time import AROUND_THE_CLOCK, business_time
from domain.ticket.routing_choice import MOST_CANDIDATES
from tests.support.calendars import at, calendar, hanoi
from tests.support.events import NOON

SHIPPED = Path("api/definitions/routing.toml")
_skills = st.sampled_from(["vi", "en", "router"])
_names = [f"agent {number}" for number in range(6)]


@dataclass
class Model:
    """The choice as the contract words it, one sentence after the other, with no thought of speed."""

    ticket: WaitingTicket
    candidates: Sequence[AgentCandidate]
    routing: Routing
    at: datetime

    def share(self, candidate: AgentCandidate, extra: int = 0, tickets: int = 0) -> Fraction:
        percent, held = candidate.held.percent + extra, candidate.held.tickets + tickets
        if candidate.capacity is None:
            return Fraction(percent, 100)
        return Fraction(percent, 100) + Fraction(held, candidate.capacity)

    @property
    def skills(self) -> list[str]:
        required = list(self.ticket.to.skills)
        waited = self.ticket.waited
        while required and self.routing.drop_skills_after and waited >= self.routing.drop_skills_after:
            required.pop()
            waited -= self.routing.drop_skills_after
        return required

    def why_not(self, candidate: AgentCandidate) -> str | None:
        if candidate.absent:
            return candidate.absent
        if any(skill not in candidate.skills for skill in self.skills):
            return "skills_missing"
        if candidate.capacity == 0 or self.share(candidate) >= 1:
            return "full"
        weight = self.ticket.weight
        grown = self.share(candidate, weight, 0) if weight else self.share(candidate, 0, 1)
        return "full" if grown > 1 else None

    def is_sticky(self, candidate: AgentCandidate) -> bool:
        last = self.ticket.last_holder
        return last is not None and last.key == candidate.key and self.at - last.until <= self.sticky_span

    @property
    def sticky_span(self) -> timedelta:
        return timedelta(days=self.routing.sticky_days) if self.routing.sticky_days else timedelta.min

    def is_before(self, agent: AgentCandidate, other: AgentCandidate) -> bool:
        if self.is_sticky(agent) != self.is_sticky(other):
            return self.is_sticky(agent)
        if self.share(agent) != self.share(other):
            return self.share(agent) < self.share(other)
        if agent.routed_at != other.routed_at:
            return agent.routed_at is None or (other.routed_at is not None and agent.routed_at < other.routed_at)
        return agent.key < other.key

    def chosen(self) -> AgentCandidate | None:
        able = [candidate for candidate in self.candidates if self.why_not(candidate) is None]
        return next(
            (agent for agent in able if all(agent is other or self.is_before(agent, other) for other in able)), None
        )


@st.composite
def choices(draw: st.DrawFn) -> Model:
    names = draw(st.lists(st.sampled_from(_names), unique=True, max_size=6))
    ago = st.none() | st.integers(0, 3).map(lambda hours: NOON - timedelta(hours=hours))
    absences: st.SearchStrategy[Any] = st.sampled_from([None, None, None, "off_shift", "away", "in_call", "left"])
    candidates = [
        AgentCandidate(
            name,
            name,
            draw(st.frozensets(_skills)),
            draw(absences),
            draw(st.none() | st.integers(0, 4)),
            Held(draw(st.sampled_from([0, 0, 25, 50, 100])), draw(st.integers(0, 4))),
            draw(ago),
        )
        for name in names
    ]
    last = draw(st.none() | st.builds(LastHolder, st.sampled_from(_names), st.integers(0, 40).map(_days_ago)))
    routing = Routing(
        default_team="Support",
        sticky_days=draw(st.sampled_from([0, 30])),
        drop_skills_after=draw(st.sampled_from([None, 60])),
    )
    to = Destination("Support", "r", tuple(draw(st.lists(_skills, max_size=3, unique=True))))
    weight = draw(st.none() | st.sampled_from([25, 50, 100]))
    return Model(WaitingTicket(to, weight, last, draw(st.sampled_from([0, 59, 60, 200]))), candidates, routing, NOON)


def _days_ago(days: int) -> datetime:
    return NOON - timedelta(days=days)


def ask(model: Model) -> Any:
    return choose(model.ticket, model.candidates, model.routing, 1, model.at)


@given(choices())
def test_the_choice_is_that_of_the_model(model: Model) -> None:
    assert ask(model).chosen == model.chosen()


@given(choices())
def test_every_candidate_is_told_why_or_why_not(model: Model) -> None:
    choice = ask(model)
    whys = {each.agent: each.why for each in choice.routing.candidates}
    assert choice.routing.considered == len(whys) == len(model.candidates)
    for candidate in model.candidates:
        expected = model.why_not(candidate)
        if candidate == choice.chosen:
            assert whys[candidate.agent] == "chosen"
        elif expected is not None:
            assert whys[candidate.agent] == expected
        else:
            assert choice.chosen is not None
            assert whys[candidate.agent] in {"not_sticky", "more_loaded", "assigned_later", "later_name"}
    assert tuple(model.skills) + choice.routing.dropped == model.ticket.to.skills


@pytest.mark.parametrize(("days", "because"), [(30, "sticky"), (31, "least_loaded")])
def test_a_customer_comes_back_to_the_last_holder_up_to_the_last_sticky_day(days: int, because: str) -> None:
    busy, free = AgentCandidate("An", "an", held=Held(percent=50)), AgentCandidate("Binh", "binh")
    ticket = WaitingTicket(Destination("Support", "r", ()), last_holder=LastHolder("an", _days_ago(days)))
    routing = Routing(default_team="Support", sticky_days=30)
    assert choose(ticket, [busy, free], routing, 1, NOON).routing.because == because


@given(choices(), st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_does_not_matter(model: Model, random: Any) -> None:
    shuffled = list(model.candidates)
    random.shuffle(shuffled)
    assert choose(model.ticket, shuffled, model.routing, 1, NOON) == ask(model)


@given(choices())
def test_nobody_is_chosen_beyond_the_capacity(model: Model) -> None:
    chosen = ask(model).chosen
    if chosen is not None:
        after = chosen._replace(held=chosen.held.plus(model.ticket.weight))
        assert after.load <= 1
        assert after.capacity != 0


@pytest.mark.parametrize("held", [Held(), Held(percent=50), Held(tickets=3)])
def test_who_may_hold_nothing_is_full_and_not_overloaded(held: Held) -> None:
    nobody = AgentCandidate("An", "an", capacity=0, held=held)
    assert nobody.load == 1
    assert not any(map(nobody.can_take, (None, 1, 100)))


@pytest.mark.parametrize(
    ("candidates", "because"),
    [
        ([AgentCandidate("a", "a")], "only_one"),
        ([AgentCandidate("a", "a"), AgentCandidate("b", "b")], "first_name"),
        ([AgentCandidate("a", "a", routed_at=NOON), AgentCandidate("b", "b")], "longest_waiting"),
        ([AgentCandidate("a", "a", capacity=2, held=Held(0, 1)), AgentCandidate("b", "b", capacity=2)], "least_loaded"),
        ([AgentCandidate("a", "a", absent="away")], "no_candidate"),
        ([], "no_candidate"),
    ],
)
def test_the_choice_says_what_decided_it(candidates: list[AgentCandidate], because: str) -> None:
    ticket = WaitingTicket(Destination("Support"))
    assert choose(ticket, candidates, Routing(default_team="Support"), 1, NOON).routing.because == because


def test_a_choice_names_the_fifty_who_came_nearest() -> None:
    off_shift = [AgentCandidate(f"o{number}", f"o{number}", absent="off_shift") for number in range(60)]
    full = [AgentCandidate(f"z{number}", f"z{number}", capacity=1, held=Held(0, 1)) for number in range(10)]
    ticket = WaitingTicket(Destination("Support"))
    routing = choose(
        ticket, [*off_shift, *full, AgentCandidate("an", "an")], Routing(default_team="Support"), 1, NOON
    ).routing
    assert (routing.considered, len(routing.candidates)) == (71, MOST_CANDIDATES)
    assert [each.why for each in routing.candidates] == ["chosen", *["full"] * 10, *["off_shift"] * 39]


def test_a_call_takes_all_of_a_capacity() -> None:
    for capacity in (None, 3):
        idle = AgentCandidate("an", "an", capacity=capacity)
        assert idle.can_take(100)
        on_call = idle._replace(held=Held(100, 0))
        assert not on_call.can_take(None)
        assert not on_call.can_take(25)
    assert not AgentCandidate("an", "an", capacity=3, held=Held(0, 1)).can_take(100)


def routing(**body: Any) -> Routing:
    return Routing.model_validate({"default_team": "Support"} | body)


def test_the_first_rule_that_matches_counts_and_words_are_compared_folded() -> None:
    rules = [
        {"name": "vip", "when": {"tier": ["VIP", "gold"], "channel": "zalo"}, "team": "Gold", "skills": ["vi"]},
        {"name": "segment", "when": {"segment": "At  Risk"}, "team": "Care"},
        {"name": "rest", "when": {"language": "en"}, "team": "World"},
    ]
    chosen = routing(rules=rules).destination
    at_risk = frozenset({"at risk"})
    assert chosen(TicketToRoute("Zalo", tier="vip", segments=at_risk)) == Destination("Gold", "vip", ("vi",))
    assert chosen(TicketToRoute("email", tier="vip", segments=at_risk)) == Destination("Care", "segment")
    assert chosen(TicketToRoute("email", language="EN")) == Destination("World", "rest")
    assert chosen(TicketToRoute("email")) == Destination("Support")


def test_a_ticket_stays_with_its_team_and_needs_the_skills_of_the_rule_to_that_team() -> None:
    rules = [
        {"name": "a", "team": "Gold", "skills": ["a"]},
        {"name": "b", "team": "Care", "skills": ["b"]},
    ]
    chosen = routing(rules=rules).destination
    assert chosen(TicketToRoute("email"), " Care") == Destination(" Care", "b", ("b",))
    assert chosen(TicketToRoute("email"), "Network") == Destination("Network")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"rules": [{"name": "a", "team": "A"}, {"name": " a ", "team": "B"}]}, "rules: 'a' stands in it twice"),
        ({"weights": {"hotline": 101}}, "less than or equal to 100"),
        ({"weights": {"pigeon": 10}}, "weights.pigeon"),
        ({"drop_skills_after": "soon"}, "is not a duration"),
        ({"rules": [{"name": "a", "team": "A", "when": {"mood": "bad"}}]}, "Extra inputs"),
    ],
)
def test_a_routing_that_contradicts_itself_is_malformed(body: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        routing(**body)


def test_the_shipped_routing_passes_its_own_examples_and_a_wrong_one_fails() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    results = check(read_definition_file(text), text)
    assert [result.differences for result in results] == [[]] * len(tomllib.loads(text)["examples"])
    wrong = text.replace('because = "sticky"', 'because = "only_one"')
    assert ["the because is sticky, not only_one"] in [
        result.differences for result in check(read_definition_file(wrong), wrong)
    ]


BERLIN = calendar("Europe/Berlin", {"sun": ["01:00-04:00"]})


@pytest.mark.parametrize(
    ("shift", "instant", "expected"),
    [
        (BERLIN, at("2026-03-29T01:59:59", "Europe/Berlin"), None),
        (BERLIN, datetime(2026, 3, 29, 1, 30, tzinfo=UTC), None),  # 03:30, as the clock has gone from 2 to 3
        (BERLIN, datetime(2026, 3, 29, 2, 0, tzinfo=UTC), "off_shift"),
        (BERLIN, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), None),  # the first 02:30
        (BERLIN, datetime(2026, 10, 25, 1, 30, tzinfo=UTC), None),  # the second 02:30
        (BERLIN, datetime(2026, 10, 25, 3, 0, tzinfo=UTC), "off_shift"),
        (business_time(hanoi()), at("2026-02-13T09:00:00"), None),
        (business_time(hanoi()), at("2026-02-17T09:00:00"), "off_shift"),  # the first day of Tet
        (business_time(hanoi()), at("2026-02-20T09:00:00"), "off_shift"),
        (business_time(hanoi()), at("2026-02-24T09:00:00"), None),
    ],
)
def test_a_shift_follows_the_wall_clock_and_the_holidays(shift: Any, instant: datetime, expected: str | None) -> None:
    assert absent(shift, None, None, instant) == expected


def test_the_reason_of_an_absence_is_the_one_that_lasts_longest() -> None:
    always = business_time(AROUND_THE_CLOCK)
    assert absent(BERLIN, "away", None, NOON) == "off_shift"
    assert absent(BERLIN, "away", NOON, NOON) == "left"
    assert absent(always, "away", NOON + timedelta(seconds=1), NOON) == "away"
