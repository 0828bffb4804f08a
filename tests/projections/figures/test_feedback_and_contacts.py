"""Feedback, messages and efforts as figures, and the figures of which nothing is recorded yet."""

from datetime import datetime
from uuid import UUID

import psycopg
import pytest

from domain.customer import events as e
from domain.feedback.events import FeedbackNoted
from domain.ticket import events as t
from projections.figures.registry import FIGURES
from tests.support.customers_by_example import ACME, LAN, MARCH, READ, History, answered, ask, customer, day, of, row
from tests.support.events import TICKET, at, history, received, replied
from tests.support.figure_answers import LONG_AGO, behind, rows_of_figure
from tests.support.filled import add

OLD = UUID(int=1_005)


def noted(number: int, on: datetime, theme: str = "giá") -> History:
    return of(UUID(int=6_000 + number), (on, FeedbackNoted(customer_id=LAN, theme=theme, polarity="negative")))


@pytest.mark.parametrize(("items", "change"), [(9, None), (10, pytest.approx(10 / 1.75 - 1))])
def test_a_change_against_the_four_periods_before_is_shown_from_ten_items_on(
    tables: psycopg.Connection, items: int, change: float | None
) -> None:
    """Seven items from November to February, and one in October."""
    before = [day(10, 31, year=2025), *[day(11, 5, year=2025)] * 3, day(12, 5, year=2025), *[day(1, 5)] * 2, day(2, 28)]
    feedback = [noted(number, on) for number, on in enumerate([*before, *[day(3, 5)] * items])]
    add(tables, READ, customer(LAN), *feedback)
    (theme,) = rows_of_figure("voice-of-customers", ask(tables, MARCH, every="month", by=("theme",)))
    assert (theme.value, theme.parts["negative"], theme.final) == (items, items, items)
    assert (theme.parts["mean_before"], theme.parts["change"]) == (1.75, change)


def test_what_was_said_before_a_period_has_the_tier_of_its_own_instant(tables: psycopg.Connection) -> None:
    """Two items of a silver customer, who is gold from 20 February on."""
    lan = customer(LAN, (LONG_AGO, e.TierChanged(tier="silver")), (day(2, 20), e.TierChanged(tier="gold")))
    feedback = [noted(number, on) for number, on in enumerate([day(1, 5), day(2, 5), day(3, 5)])]
    add(tables, READ, lan, *feedback)
    rows = rows_of_figure("voice-of-customers", ask(tables, MARCH, every="month", by=("tier",)))
    assert {row.of["tier"]: (row.value, row.parts["mean_before"]) for row in rows} == {
        "gold": (1, 0),
        "silver": (0, 0.5),
    }


def test_before_a_month_that_is_cut_are_four_whole_months(tables: psycopg.Connection) -> None:
    """November to February have an item each, October and the days of March before the question as well."""
    on = [day(10, 31, year=2025), day(11, 1, year=2025), day(12, 5, year=2025), day(1, 5), day(2, 28), day(3, 5)]
    add(tables, READ, customer(LAN), *(noted(number, at) for number, at in enumerate([*on, day(3, 20)])))
    (march,) = rows_of_figure("voice-of-customers", ask(tables, (day(3, 15, 0), MARCH[1]), every="month"))
    assert (march.value, march.parts["mean_before"]) == (1, 1)


def test_messages_count_at_their_instant_and_by_their_channel(tables: psycopg.Connection) -> None:
    efforts = [("Linh", "talk", 60), ("an", "talk", 30), ("an", "after_contact", 10), ("an", "walk", 5)]
    ticket = history(
        at(0, received(LAN, channel="email")),
        at(1, replied(automated=True)),
        at(2, replied()),
        at(3, t.MessageReceived(body="?", channel="zalo")),
        *(at(4, t.EffortLogged(agent=agent, kind=kind, seconds=seconds)) for agent, kind, seconds in efforts),
        at(60 * 24 * 40, t.MessageReceived(body="?")),
    )
    add(tables, READ, customer(LAN), ticket)
    contacts = row(tables, "contacts", MARCH)
    assert [contacts.parts[name] for name in ("messages", "in", "out", "by_bots")] == [4, 2, 2, 1]
    by_channel = rows_of_figure("contacts", ask(tables, MARCH, by=("channel",)))
    assert {group.of["channel"]: group.value for group in by_channel} == {"email": 3, "zalo": 1}
    spent = row(tables, "contact-time", MARCH)
    assert (spent.value, spent.parts["talk"], spent.parts["mean_talk"]) == (100.0, 90, 45.0)
    assert spent.left_out["other_kind"] == 1
    by_agent = rows_of_figure("contact-time", ask(tables, MARCH, by=("agent",)))
    assert {group.of["agent"]: group.value for group in by_agent} == {"Linh": 60.0, "an": 40.0}


def test_a_channel_is_the_same_however_a_message_spells_it(tables: psycopg.Connection) -> None:
    spellings = [
        at(1, t.MessageReceived(body="?", channel="zalo oa")),
        at(2, t.ReplySent(body=".", channel="zalo  oa")),
    ]
    add(tables, READ, customer(LAN), history(at(0, received(LAN)), *spellings))
    by_channel = rows_of_figure("contacts", ask(tables, MARCH, by=("channel",)))
    assert {group.of["channel"]: group.value for group in by_channel} == {"email": 1, "zalo  oa": 2}


@pytest.mark.parametrize("merged", [False, True])
def test_an_organisation_that_is_merged_has_the_figures_of_its_survivor(
    tables: psycopg.Connection, *, merged: bool
) -> None:
    """Feedback without a ticket belongs to the organisation of the person."""
    old = [(day(3, 20), e.CustomerMerged(into=ACME))] if merged else []
    ticket = of(TICKET, (day(3, 4), received(LAN).model_copy(update={"organisation_id": OLD})), (day(3, 5), replied()))
    add(
        tables,
        READ,
        customer(ACME, party="organisation"),
        customer(OLD, *old, party="organisation"),
        customer(LAN, (LONG_AGO, e.CustomerJoined(organisation=OLD)), (day(3, 9), answered(9, ticket=TICKET))),
        ticket,
        noted(1, day(3, 5)),
        of(UUID(int=6_002), (day(3, 6), FeedbackNoted(customer_id=LAN, theme="x", polarity="neutral", ticket=TICKET))),
    )
    organisation = str(ACME if merged else OLD)
    for name, value in (("voice-of-customers", 2), ("contacts", 2), ("nps-ticket", 100)):
        rows = rows_of_figure(name, ask(tables, MARCH, by=("organisation",)))
        assert [(group.of["organisation"], group.value) for group in rows] == [(organisation, value)], name


def test_what_is_not_recorded_yet_is_listed_and_says_so(tables: psycopg.Connection) -> None:
    question = ask(tables, MARCH)
    assert rows_of_figure("calls", question) == []
    assert (FIGURES["calls"].note or "").startswith("nothing is recorded yet")
    assert behind("calls", "answered", question) == []
