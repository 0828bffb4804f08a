"""Cases of the figures of service: ratings after the window, provisional persons, tiers of merged customers, pages."""

from dataclasses import replace
from datetime import timedelta
from unicodedata import normalize
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.customer import events as c
from domain.envelope import RecordedEvent
from domain.segment.events import SegmentEntered
from domain.text_folding import fold_name
from domain.ticket import events as e
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.engine.projection import FoldInputs
from projections.figures.answer import FigureRefused, filters_in
from projections.figures.figure import Part
from projections.figures.registry import FIGURES
from projections.first_contact.queries import repeat_rate
from tests.support.compared_reports import PROJECTIONS
from tests.support.events import START, Fact, at, history, received, resolved
from tests.support.examples import examples
from tests.support.figure_answers import behind, question, rows_of_figure, the_row
from tests.support.filled import SCHEMA, add, filled

READ = (*PROJECTIONS, CUSTOMERS, CUSTOMER_GROUPS)
DAY = 24 * 60
END = START + timedelta(days=30)
LAN, BINH = UUID(int=0x3E9), UUID(int=0x3EA)
GOOD, BAD = e.SatisfactionRated(score=5), e.SatisfactionRated(score=1)


def ticket(number: int, *facts: Fact, day: int = 0, **fields: object) -> list[RecordedEvent]:
    first = at(day * DAY, received(**fields))  # type: ignore[arg-type]  # the fields of a receipt
    return history(first, *facts, ticket=UUID(int=number), first_position=number * 100)


def customer(number: UUID, *facts: Fact, tier: str = "gold") -> list[RecordedEvent]:
    registered = at(-DAY, c.CustomerRegistered(name="Lan", tier=tier))
    return history(registered, *facts, ticket=number, first_position=10_000 + number.int)


def test_an_answer_in_time_stays_one_though_the_rating_changes_after_the_window(database_url: str) -> None:
    again = ticket(1, at(10, resolved()), at(2 * DAY, GOOD), at(10 * DAY, BAD))
    late = ticket(2, at(10, resolved()), at(8 * DAY, GOOD))
    with filled(database_url, READ, again, late) as connection:
        row = the_row("response-rate", question(connection, START, END))
        satisfied = the_row("csat", question(connection, START, END))
    assert (row.parts["answered"], row.parts["answered_later"], row.denominator) == (1, 1, 2)
    assert (satisfied.numerator, satisfied.denominator) == (1, 2)


def test_what_a_figure_of_persons_leaves_out_are_tickets_as_in_the_report(database_url: str) -> None:
    duplicate = at(10, e.TicketCancelled(cancelled_by="agent", cancelled_as="duplicate"))
    with filled(database_url, READ, ticket(1), ticket(2, duplicate), ticket(3, duplicate)) as connection:
        query = question(connection, START, END)
        row = the_row("repeat-contact", query)
        facts = behind("repeat-contact", "left_out:duplicate", query)
        report = repeat_rate(connection, SCHEMA, START, END, now=END)
    assert (row.denominator, row.left_out["duplicate"], len(facts)) == (1, 2, 2)
    assert report.left_out == row.left_out


@pytest.mark.parametrize(("microseconds", "final"), [(0, 0), (1, 1)])
def test_a_ticket_may_be_repeated_until_its_seven_days_are_over(
    database_url: str, microseconds: int, final: int
) -> None:
    now = START + timedelta(days=7, microseconds=microseconds)
    with filled(database_url, READ, ticket(1)) as connection:
        row = the_row("repeat-contact", question(connection, START, END, now=now))
    assert (row.denominator, row.final) == (1, final)


def test_a_rating_counts_for_the_agent_whose_resolution_it_rates(database_url: str) -> None:
    """Lan resolves it badly, Binh takes it over and resolves it well."""
    first = at(1, e.TicketAssigned(team=None, agent="lan")), at(10, resolved()), at(11, BAD)
    second = at(12, e.TicketReopened()), at(13, e.TicketAssigned(team=None, agent="binh")), at(20, resolved())
    with filled(database_url, READ, ticket(1, *first, *second, at(21, GOOD))) as connection:
        query = question(connection, START, END, by=("agent",))
        shares = {
            name: {row.of["agent"]: (row.numerator, row.denominator) for row in rows_of_figure(name, query)}
            for name in ("csat", "response-rate", "reopen-rate")
        }
        of_lan = question(connection, START, END, agent="lan")
        assert [fact.fact for fact in behind("csat", "ratings", of_lan)] == ["1"]
    assert shares["csat"] == {"binh": (1, 1), "lan": (0, 1)}
    assert shares["response-rate"] == {"binh": (1, 1), "lan": (1, 1)}
    assert shares["reopen-rate"] == {"binh": (1, 1)}


def test_a_period_without_ratings_has_no_share(database_url: str) -> None:
    with filled(database_url, READ, ticket(1, at(10, resolved()))) as connection:
        row = the_row("csat", question(connection, START, END))
    assert (row.value, row.numerator, row.denominator) == (None, 0, 0)


def test_a_ticket_that_was_not_reopened_may_still_be(database_url: str) -> None:
    with filled(database_url, READ, ticket(1, at(10, resolved())), ticket(2, at(10, resolved()))) as connection:
        before = the_row("reopen-rate", question(connection, START, END))
        add(connection, READ, ticket(2, at(10, resolved()), at(20, e.TicketReopened())))
        after = the_row("reopen-rate", question(connection, START, END))
    assert (before.numerator, before.final, before.provisional) == (0, 0, 2)
    assert (after.numerator, after.final, after.provisional) == (1, 1, 1)


def test_a_ticket_counts_once_in_each_period_in_which_it_was_resolved(database_url: str) -> None:
    twice = [at(10, resolved()), at(20, e.TicketReopened()), at(30, resolved())]
    again = [at(9 * DAY, e.TicketReopened()), at(9 * DAY + 10, resolved())]
    with filled(database_url, READ, ticket(1, *twice, *again)) as connection:
        whole = question(connection, START, END)
        weeks = rows_of_figure("reopen-rate", question(connection, START, END, every="week"))
        listed = [fact.fact for fact in behind("reopen-rate", "resolved", whole)]
        by_week = [fact.fact for fact in behind("reopen-rate", "resolved", replace(whole, every="week"))]
        assert the_row("reopen-rate", whole).parts == {"reopened": 1, "resolved": 1, "told_late": 0}
    assert [row.parts["resolved"] for row in weeks if row.parts["resolved"]] == [1, 1]
    assert (listed, by_week) == (["3"], ["2", "3"])


def test_a_reading_of_persons_has_counts_alone() -> None:
    of_persons = [figure for figure in FIGURES.values() if getattr(figure.reading, "of_persons", False)]
    assert [figure.name for figure in of_persons] == ["repeat-contact"]
    for figure in FIGURES.values():
        for part in figure.reading.parts:
            if isinstance(part, Part) and figure in of_persons:
                assert part.aggregate.startswith("count(*)")
                assert not part.reads_values
            elif isinstance(part, Part):
                assert not part.of_persons


def test_a_customer_is_provisional_in_the_group_whose_window_is_open(database_url: str) -> None:
    tickets = [ticket(1, category="a"), ticket(2, category="a", day=1), ticket(3, category="b", day=9)]
    with filled(database_url, READ, *tickets) as connection:
        query = question(connection, START, END, now=START + timedelta(days=10), by=("category",))
        groups = {row.of["category"]: row for row in rows_of_figure("repeat-contact", query)}
        whole = the_row("repeat-contact", question(connection, START, END, now=START + timedelta(days=10)))
    assert (groups["a"].numerator, groups["a"].final, groups["a"].provisional) == (1, 1, 0)
    assert (groups["b"].numerator, groups["b"].final, groups["b"].provisional) == (0, 0, 1)
    assert (whole.numerator, whole.final, whole.provisional) == (1, 1, 0)


CONTACTS = st.lists(
    st.tuples(
        st.integers(0, 24),  # half days after the beginning
        st.sampled_from([LAN, BINH]),
        st.sampled_from(["hóa đơn", normalize("NFD", "hóa đơn"), "login"]),
        st.booleans(),
    ),
    max_size=8,
)
"""When somebody wrote, who, about what, and whether it was spam."""


def test_customers_who_came_back_are_those_that_plain_python_finds(database_url: str) -> None:
    """The period is the middle of the contacts, so that one behind its end repeats one within it."""
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(80))
        @given(CONTACTS)
        @example([(17, LAN, "login", False), (24, LAN, "login", False)])
        def the_same(contacts: list[tuple[int, UUID, str, bool]]) -> None:
            spam = at(13 * DAY, e.TicketCancelled(cancelled_by="agent", cancelled_as="spam"))
            tickets = [
                history(
                    at(half * DAY // 2, received(customer=customer, category=category)),
                    *([spam] if is_spam else []),
                    ticket=UUID(int=number + 1),
                    first_position=number * 10 + 1,
                )
                for number, (half, customer, category, is_spam) in enumerate(contacts)
            ]
            counted = [
                (half, customer, fold_name(category)) for half, customer, category, is_spam in contacts if not is_spam
            ]
            within = [contact for contact in counted if 4 <= contact[0] < 18]
            repeated = {
                customer
                for half, customer, category in within
                if sum(other[1:] == (customer, category) and half <= other[0] <= half + 14 for other in counted) > 1
            }
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets)
                query = question(connection, START + timedelta(days=2), START + timedelta(days=8))
                row = the_row("repeat-contact", query)
            assert (row.numerator, row.denominator) == (len(repeated), len({customer for _, customer, _ in within}))

        the_same()


def test_a_fact_counts_in_the_tier_of_its_instant_also_after_a_merge(database_url: str) -> None:
    """Lan is gold until she is merged into Binh, who is silver and was registered later."""
    merged = c.CustomerMerged(into=BINH)
    lan, binh = customer(LAN, at(5 * DAY, merged), tier="Gold"), customer(BINH, tier="silver")
    rated = [ticket(number, at(10, resolved()), at(day * DAY, GOOD), customer=LAN) for number, day in ((1, 1), (2, 6))]
    with filled(database_url, READ, binh, *rated) as connection:
        add(connection, [CUSTOMERS, CUSTOMER_GROUPS], lan, inputs=FoldInputs((), {BINH: binh}))
        rows = rows_of_figure("csat", question(connection, START, END, by=("tier",)))
        gold = the_row("csat", question(connection, START, END, tier="gold"))
    assert {row.of["tier"]: row.numerator for row in rows} == {"Gold": 1, "silver": 1}
    assert gold.numerator == 1


def test_a_fact_in_several_segments_is_in_each_group_and_listed_once(database_url: str) -> None:
    segments = [
        history(
            at(-1, SegmentEntered(segment=name, definition_version=1, customer_id=LAN)),
            ticket=UUID(int=700 + number),
            first_position=20_000 + number,
        )
        for number, name in enumerate(("A", "B", "C"))
    ]
    rated = [ticket(number, at(10, resolved()), at(DAY, GOOD), customer=LAN) for number in (1, 2, 3)]
    with filled(database_url, READ, customer(LAN), *segments, *rated) as connection:
        query = question(connection, START, END, by=("segment",))
        assert {row.of["segment"]: row.numerator for row in rows_of_figure("csat", query)} == {"A": 3, "B": 3, "C": 3}
        assert [fact.subject for fact in behind("csat", "satisfied", query)] == [UUID(int=n) for n in (1, 2, 3)]
        of_one = question(connection, START, END, segment="A")
        assert len(behind("csat", "satisfied", of_one)) == the_row("csat", of_one).numerator == 3


def test_what_is_left_out_can_be_listed_by_its_reason(database_url: str) -> None:
    duplicate = ticket(1, at(10, e.TicketCancelled(cancelled_by="agent", cancelled_as="duplicate")))
    with filled(database_url, READ, duplicate, ticket(2, at(10, resolved()))) as connection:
        query = question(connection, START, END)
        assert the_row("fcr", query).left_out["duplicate"] == 1
        assert [fact.subject for fact in behind("fcr", "left_out:duplicate", query)] == [UUID(int=1)]
        assert behind("fcr", "left_out:merged", query) == []


def test_the_backlog_of_each_day_is_that_of_its_end(database_url: str) -> None:
    tickets = [
        ticket(1, at(3 * DAY, resolved())),
        ticket(2, day=2),
        ticket(3, at(DAY, resolved()), at(4 * DAY, e.TicketReopened())),
    ]
    with filled(database_url, READ, *tickets) as connection:
        rows = rows_of_figure("open-tickets", question(connection, START, START + timedelta(days=5), every="day"))
    assert [row.value for row in rows] == [2, 1, 2, 1, 2, 2]
    assert [row.parts["since_reopened_under_10_days"] for row in rows] == [2, 1, 2, 1, 2, 2]


@pytest.mark.parametrize(
    ("days", "ages"),
    [(10, {"under_10_days": 1, "from_10_to_30_days": 2}), (30, {"from_10_to_30_days": 2, "over_30_days": 1})],
)
def test_an_age_of_just_10_or_30_days_belongs_to_the_middle_in_a_backlog_by_day(
    database_url: str, days: int, ages: dict[str, int]
) -> None:
    tickets = [history(at(minute, received()), ticket=UUID(int=2 + minute)) for minute in (-1, 0, 1)]
    now = START + timedelta(days=days)
    with filled(database_url, READ, *tickets) as connection:
        *_, row = rows_of_figure(
            "open-tickets", question(connection, now - timedelta(days=2), now, now=now, every="day")
        )
    assert {
        age: count for age, count in row.parts.items() if count and age.endswith("days") and "since" not in age
    } == ages


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["priority"], "write it as dimension:value"),
        (["priority:P1", "priority:P2"], "priority is filtered twice"),
    ],
)
def test_filters_that_cannot_be_meant_are_refused(words: list[str], sentence: str) -> None:
    with pytest.raises(FigureRefused, match=sentence):
        filters_in(words)


def test_an_organisation_is_filtered_by_its_id(database_url: str) -> None:
    with filled(database_url, READ) as connection, pytest.raises(FigureRefused, match="no id of an organisation"):
        the_row("csat", question(connection, START, END, organisation="acme"))
