"""The late tickets over time, against the clocks of each instant."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.sla.calendar.microseconds import EPOCH
from domain.sla.clock.clock import clocks
from domain.sla.policy.events import PolicyPublished
from domain.sla.policy.policy import Policy
from domain.sla.policy.published import policy_history_of
from domain.ticket import events as e
from domain.ticket.timeline import receipt_of
from projections.backlog.table import BACKLOG
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.engine.projection import NO_INPUTS, FoldInputs
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS
from tests.support.events import START, Fact, at, history, instant, received, replied, resolved
from tests.support.examples import examples
from tests.support.figure_answers import behind, question, rows_of_figure, the_row
from tests.support.filled import add, filled
from tests.support.histories import logs, streams_of
from tests.support.plain_team_time import states

READ = (TICKETS, BACKLOG, SLA_CLOCKS, CUSTOMERS, CUSTOMER_GROUPS)
DAY = timedelta(days=1)
HOURS = 60
POLICY = Policy.model_validate(
    {
        "name": "Desk",
        "rules": [
            {"category": ["a", "b"], "resolution": "none"},
            {"first_response": "4h", "next_response": "2h", "resolution": "8h"},
        ],
    }
)
RULES = history(Fact(EPOCH, PolicyPublished(version=1, effective_from=EPOCH, policy=POLICY)), ticket=UUID(int=73))
INPUTS = FoldInputs([event._replace(position=0) for event in RULES], {})


def test_a_ticket_is_late_from_its_target_until_its_clock_ends_for_whoever_holds_it(database_url: str) -> None:
    """One is late on the second day, resolved on the third, open again on the fourth; one is answered late."""
    handed_over = history(
        at(0, received(priority="P2")),
        at(1, e.TicketAssigned(team="A", agent="an")),
        at(2, e.ReplySent(body="We look into it")),
        at(30 * HOURS, e.TicketAssigned(team="A", agent="binh")),
        at(60 * HOURS, resolved()),
        at(80 * HOURS, e.TicketReopened()),
        ticket=UUID(int=1),
    )
    in_time = history(at(0, received(priority="P3")), at(3, e.ReplySent(body="So it is")), ticket=UUID(int=2))
    answered = history(
        at(0, received(priority="P3")),
        at(1, e.TicketAssigned(team="A", agent="chi")),
        at(20 * HOURS, e.ReplySent(body="Late, but so it is")),
        at(47 * HOURS, resolved()),
        ticket=UUID(int=3),
    )
    with filled(database_url, READ, handed_over, in_time, answered) as connection:
        now = instant(100 * HOURS)
        by_agent = question(connection, START, now, now=now, every="day", by=("agent",))
        rows = [row for row in rows_of_figure("late-tickets", by_agent) if row.parts["late"]]
        days = question(connection, START, now, now=now, every="day", agent="binh")
        at_once = the_row("late-tickets", question(connection, START, now, now=now))
        facts = [(fact.at.astimezone(UTC).date(), fact.subject) for fact in behind("late-tickets", "late", days)]
    first = START.date()
    assert [(row.period, row.of["agent"]) for row in rows] == [
        (first, "chi"),
        (first + DAY, "binh"),
        (first + 2 * DAY, None),
        (first + 3 * DAY, "binh"),
        (first + 3 * DAY, None),
        (first + 4 * DAY, "binh"),
        (first + 4 * DAY, None),
    ]
    assert at_once.parts == {"late": 2, "open": 2}
    assert facts == [(first + number * DAY, UUID(int=1)) for number in (1, 3, 4)]


def test_a_ticket_is_not_late_while_its_rule_has_no_target(database_url: str) -> None:
    """One has none on the second and third day, on the fifth and at last; the target of the other elapses meanwhile."""
    late = history(
        at(0, received(category="billing")),
        at(1, replied()),
        at(30 * HOURS, e.TicketCategorised(category="a")),
        at(80 * HOURS, e.TicketCategorised(category="billing")),
        at(100 * HOURS, e.TicketCategorised(category="b")),
        at(130 * HOURS, e.TicketCategorised(category="billing")),
        at(190 * HOURS, e.TicketCategorised(category="a")),
        ticket=UUID(int=1),
    )
    late_afterwards = history(
        at(2, received(category="billing")),
        at(3, replied()),
        at(5, e.TicketCategorised(category="a")),
        at(40 * HOURS, e.TicketCategorised(category="billing")),
        ticket=UUID(int=2),
    )
    with filled(database_url, READ) as connection:
        add(connection, READ, late, late_afterwards, inputs=INPUTS)
        now = instant(200 * HOURS)
        days = question(connection, START, now, now=now, every="day")
        facts = [(fact.at.astimezone(UTC).date(), fact.subject) for fact in behind("late-tickets", "late", days)]
    first = START.date()
    of_the_first, of_the_second = (0, 3, 5, 6, 7), (2, 3, 4, 5, 6, 7, 8)
    assert facts == sorted(
        [(first + day * DAY, UUID(int=1)) for day in of_the_first]
        + [(first + day * DAY, UUID(int=2)) for day in of_the_second]
    )


def plain(
    tickets: Sequence[Sequence[RecordedEvent]], instant: datetime, rules: Sequence[RecordedEvent]
) -> tuple[int, int]:
    """The open tickets at an instant, and those of them with a late clock, by what had happened."""
    promised = policy_history_of(rules)
    happened = [[event for event in ticket if event.occurred_at <= instant] for ticket in tickets]
    still_open = [events for events in happened if receipt_of(events) and states(events)[-1][1].is_open]
    late = [
        events
        for events in still_open
        if any(
            clock.finished_at is None and clock.breached_at is not None for clock in clocks(events, promised, instant)
        )
    ]
    return len(still_open), len(late)


def test_the_late_tickets_of_each_day_are_those_of_the_day_as_it_was(database_url: str) -> None:
    with filled(database_url, READ) as connection:
        now = instant(60 * 24 * 8)

        @settings(max_examples=examples(60))
        @given(logs(late=True, tickets=4, max_size=8).map(streams_of), st.sampled_from([NO_INPUTS, INPUTS]))
        def the_same(tickets: list[list[RecordedEvent]], inputs: FoldInputs) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets, inputs=inputs)
                days = question(connection, START, now, now=now, every="day")
                rows = rows_of_figure("late-tickets", days)
                counts = [(row.parts["open"], row.parts["late"]) for row in rows]
                assert counts == [plain(tickets, span.judged_at, inputs.rules) for span in days.spans]

        the_same()
