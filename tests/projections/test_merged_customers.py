"""Customers who are merged and taken apart: every reading counts one person once, along both axes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from hypothesis import HealthCheck, example, given, settings
from psycopg import Connection

from domain.customer.commands import ChangeTier, MergeCustomer, UndoCustomerMerge
from domain.erasure.commands import RequestErasure
from domain.event_log import reader
from domain.messages import Command
from domain.refusal import Refusal
from domain.ticket.commands import CorrectCustomer, ReceiveTicket, ResolveTicket
from projections.audit.queries import HistoryFilter, history_of
from projections.customers.same_survivor import same_survivor, survivor_as_it_was
from projections.customers.survivors import survivors_of
from projections.customers.table import CUSTOMERS
from projections.first_contact.queries import first_contact_resolution, repeat_rate
from projections.first_contact.table import FIRST_CONTACT
from projections.point_in_time.readings import as_it_was
from projections.registry import PROJECTIONS
from projections.scope.report_scope import ReportScope
from projections.sla.table import SLA_CLOCKS
from projections.sla.ticket_clocks import ticket_clocks
from projections.tickets.queries import one_ticket, tickets
from projections.tickets.table import TICKETS
from tests.support.examples import examples
from tests.support.figure_answers import question, the_row
from tests.support.log import empty
from tests.support.merged_customers import BY_TIER, STORIES, Happened, Model, Step
from tests.support.told import END, LONG_AGO, TENANT, Told, march, told

READ = (CUSTOMERS, TICKETS, FIRST_CONTACT, SLA_CLOCKS)
EVERYTHING = ReportScope(LONG_AGO, END)
MERGED = [
    Step("tier", 1, 0, "gold", 1),
    Step("ticket", 0, 0, "gold", 1),
    Step("merge", 0, 1, "gold", 1),
    Step("ticket", 1, 0, "gold", 1),
    Step("resolve", 0, 0, "gold", 1),
]
"""A resolved ticket, and an open one of the survivor."""


def sent(desk: Told, customers: Sequence[UUID], story: Sequence[Step]) -> list[Happened]:
    """Sends the story; the accepted commands with their instants."""
    happened: list[Happened] = []
    received: list[UUID] = []
    at = march(1)
    for number, step in enumerate(story):
        at += timedelta(hours=step.pause)
        first, second = customers[step.first % len(customers)], customers[step.second % len(customers)]
        ticket = received[step.first % len(received)] if received else None
        command: Command
        if step.kind == "erase":
            happened += erased(desk, Model(customers, happened, at), first)
            continue
        if step.kind == "ticket" or ticket is None:
            stream = UUID(int=1000 + number)
            command = ReceiveTicket(customer_id=first, channel="email", subject="s", category="c", priority="P3")
        elif step.kind in {"resolve", "correct"}:
            stream = ticket
            command = (
                ResolveTicket(resolution="r")
                if step.kind == "resolve"
                else CorrectCustomer(customer_id=second, reason="r")
            )
        else:
            stream = first
            command = {
                "merge": MergeCustomer(into=second, reason="r"),
                "undo": UndoCustomerMerge(into=second, reason="r"),
                "tier": ChangeTier(tier=step.tier),
            }[step.kind]
        try:
            events = desk.send(stream, command.model_copy(update={"occurred_at": at}))
        except Refusal:
            continue
        if events:
            happened.append(Happened(at, stream, command))
            received += [stream] * isinstance(command, ReceiveTicket)
    return happened


def erased(desk: Told, model: Model, customer: UUID) -> list[Happened]:
    """Erases a person: the streams of all that are one with the survivor, and their tickets."""
    family = model.family(customer)
    corrections = [step for step in model.log if isinstance(step.command, CorrectCustomer)]
    theirs = [stream for stream, ticket in model.tickets(corrections).items() if ticket.customer in family]
    try:
        desk.erase(
            family[0], [*((each, "customer") for each in family), *((each, "ticket") for each in theirs)], model.at
        )
    except Refusal:
        return []
    command = RequestErasure(customer_id=family[0], legal_basis="r", through="email")
    return [Happened(model.at, family[0], command)]


def agrees(connection: Connection, schema: str, model: Model, corrections: Sequence[Happened]) -> None:
    """Fails unless the readings of a schema are those of the model."""
    expected = model.tickets(corrections)
    listed = tickets(connection, schema, {}, limit=100).tickets
    assert {row.ticket: row.customer for row in listed} == {
        stream: model.survivor(ticket.customer) for stream, ticket in expected.items()
    }
    for ticket in expected.values():
        theirs = tickets(connection, schema, {"customer": ticket.customer}, limit=100).tickets
        survivor = model.survivor(ticket.customer)
        assert {row.ticket for row in theirs} == {
            stream for stream, other in expected.items() if model.survivor(other.customer) == survivor
        }
    plain = list(expected.values())
    repeats = repeat_rate(connection, schema, EVERYTHING.start, EVERYTHING.end, now=model.at)
    assert (repeats.repeated.numerator, repeats.repeated.denominator) == model.repeated(plain)
    figures = first_contact_resolution(connection, schema, EVERYTHING, now=model.at)
    headline = (figures[0].headline.numerator, figures[0].headline.denominator) if figures else (0, 0)
    assert headline == model.resolved_for_good(plain)
    in_time = the_row("sla-resolution", replace(question(connection, LONG_AGO, END, now=model.at), schema=schema))
    assert (in_time.numerator, in_time.denominator) == model.in_time(plain)
    statement = f"select ticket, target_seconds / 3600 from {schema}.sla_clocks where target = 'resolution'"
    assert dict(connection.execute(statement).fetchall()) == {
        stream: model.hours(ticket) for stream, ticket in expected.items()
    }


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORIES)
@example(story=[*MERGED, Step("erase", 1, 0, "gold", 20), Step("ticket", 2, 0, "gold", 1)])
def test_merges_undos_and_tiers_are_read_as_the_plain_model_says_at_every_instant(
    database_url: str, story: list[Step]
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        empty(connection)
        tables = ", ".join(f"tenant_default.{table.name}" for projection in PROJECTIONS for table in projection.tables)
        connection.execute(f"truncate {tables}")
        connection.execute("update tenant_default.projection_positions set position = 0")
        with told(database_url) as desk:
            desk.policy(BY_TIER)
            customers = [desk.customer() for _ in range(4)]
            happened = sent(desk, customers, story)
            desk.follow()
            corrections = [step for step in happened if isinstance(step.command, CorrectCustomer)]
            assert desk.projected_as_rebuilt()
            agrees(connection, "tenant_default", Model(customers, happened, END), corrections)
            for step in happened:
                with as_it_was(connection, TENANT, READ, as_of=step.at) as schema:
                    agrees(connection, schema, Model(customers, happened, step.at), corrections)
                for customer in customers:
                    then = survivor_as_it_was(connection, TENANT, customer, known_at=None, as_of=step.at)
                    assert then == Model(customers, happened, step.at).survivor(customer)


def known(connection: Connection) -> datetime:
    return reader.now(connection)


def test_a_person_counts_once_from_the_merge_on_and_twice_before_it_along_both_axes(database_url: str) -> None:
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        one_person, other_person = desk.customer(), desk.customer()
        first = desk.ticket(march(2), one_person)
        desk.send(first, ResolveTicket(resolution="r", occurred_at=march(2, 1)))
        desk.ticket(march(3), other_person)
        before = known(connection)
        desk.send(one_person, MergeCustomer(into=other_person, reason="one person", occurred_at=march(5)))
        between = known(connection)
        desk.send(one_person, UndoCustomerMerge(into=other_person, reason="two after all", occurred_at=march(8)))
        desk.follow()

        def figures(schema: str) -> tuple[tuple[int, int], tuple[int, int]]:
            (fcr,) = first_contact_resolution(connection, schema, EVERYTHING, now=END)
            repeats = repeat_rate(connection, schema, EVERYTHING.start, EVERYTHING.end, now=END)
            return (fcr.headline.numerator, fcr.headline.denominator), (
                repeats.repeated.numerator,
                repeats.repeated.denominator,
            )

        apart, together = ((1, 1), (0, 2)), ((0, 1), (1, 1))
        assert figures("tenant_default") == apart
        for when, expected in (
            ({"known_at": before}, apart),
            ({"known_at": between}, together),
            ({"as_of": march(4)}, apart),
            ({"as_of": march(6)}, together),
            ({"as_of": march(9)}, apart),
        ):
            with as_it_was(connection, TENANT, (FIRST_CONTACT, CUSTOMERS), **when) as schema:
                assert figures(schema) == expected


def test_an_open_ticket_under_a_rule_by_tier_is_judged_by_the_survivor_s_tier_from_the_merge_on(
    database_url: str,
) -> None:
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        desk.policy(BY_TIER)
        plain, gold = desk.customer(), desk.customer("gold")
        ticket = desk.ticket(march(2), plain)
        desk.follow()
        assert desk.rows("select target_seconds from sla_clocks") == [(48 * 3600,)]
        desk.send(plain, MergeCustomer(into=gold, reason="one person", occurred_at=march(2, 1)))
        desk.follow()
        assert desk.rows("select target_seconds from sla_clocks") == [(2 * 3600,)]
        assert desk.projected_as_rebuilt()
        desk.send(gold, ChangeTier(tier="silver", occurred_at=march(2, 2)))
        desk.follow()
        assert desk.rows("select target_seconds from sla_clocks") == [(12 * 3600,)]
        assert [ticket_clocks(connection, TENANT, ticket, at=march(2, hour))[0].target_us // 3_600_000_000
                for hour in (0, 1, 2)] == [48, 2, 12]  # fmt: skip
        desk.send(plain, UndoCustomerMerge(into=gold, reason="two", occurred_at=march(2, 3)))
        desk.follow()
        assert desk.rows("select target_seconds from sla_clocks") == [(48 * 3600,)]
        assert desk.projected_as_rebuilt()


def test_an_undo_leaves_a_ticket_received_meanwhile_with_the_former_survivor(database_url: str) -> None:
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        first, second, third = desk.customer(), desk.customer(), desk.customer()
        old = desk.ticket(march(2), first)
        desk.send(first, MergeCustomer(into=second, reason="one person", occurred_at=march(3)))
        meanwhile = desk.ticket(march(4), second)
        desk.send(second, MergeCustomer(into=third, reason="the same", occurred_at=march(5)))
        desk.follow()
        assert same_survivor(connection, "tenant_default", first)[0] == third
        assert set(same_survivor(connection, "tenant_default", third)) == {first, second, third}
        desk.send(first, UndoCustomerMerge(into=second, reason="two", occurred_at=march(6)))
        desk.follow()
        assert survivors_of(connection, "tenant_default", [first, second, third]) == {second: third}
        owners = {}
        for ticket in (old, meanwhile):
            row = one_ticket(connection, "tenant_default", ticket)
            owners[ticket] = row and row.customer
        assert owners == {old: first, meanwhile: third}


def test_a_corrected_ticket_always_was_the_other_customer_s_and_was_known_as_the_first_one_s(
    database_url: str,
) -> None:
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        desk.policy(BY_TIER)
        plain, gold = desk.customer(), desk.customer("gold")
        ticket = desk.ticket(march(2), plain)
        before = known(connection)
        desk.send(ticket, CorrectCustomer(customer_id=gold, reason="a namesake"))
        desk.follow()
        row = one_ticket(connection, "tenant_default", ticket)
        assert row is not None
        assert row.customer == gold
        assert desk.rows("select target_seconds from sla_clocks") == [(2 * 3600,)]
        instants: list[tuple[dict[str, Any], UUID]] = [({"known_at": before}, plain), ({"as_of": march(2)}, gold)]
        for when, owner in instants:
            with as_it_was(connection, TENANT, READ, **when) as schema:
                assert [listed.customer for listed in tickets(connection, schema, {}, limit=9).tickets] == [owner]
            ask = partial(history_of, known_at=when.get("known_at"), as_of=when.get("as_of"))
            history = {
                customer: [
                    entry.stream
                    for entry in ask(connection, "tenant_default", HistoryFilter(customer=customer)).entries
                ]
                for customer in (plain, gold)
            }
            assert ticket in history[owner]
            assert all(ticket not in entries for customer, entries in history.items() if customer != owner)
