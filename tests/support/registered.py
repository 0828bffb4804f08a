"""Customers in the log of a test, for the tickets that it receives."""

from datetime import UTC, datetime
from uuid import UUID

import psycopg

from domain.customer.events import CustomerRegistered
from domain.event_log.append import Batch, append
from domain.event_log.reader import encryptor, versions
from tests.support.events import new_event
from tests.support.log import DEFAULT

LONG_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)


def register(url: str, *customers: UUID, tenant: str = DEFAULT) -> None:
    """Records the registration of those that the log does not know yet."""
    with psycopg.connect(url, autocommit=True) as connection:
        known = versions(connection, tenant, customers)
        for customer in customers:
            if customer not in known:
                made = Batch({customer: 0}, [f"register {customer}"], encryptor(connection, tenant))
                event = new_event(
                    CustomerRegistered(name="Mai"), customer, occurred_at=LONG_BEFORE, command_id=made.seen[0]
                )
                made.add_decided(made.seen[0], "registered", customer, 1, [event])
                assert append(connection, tenant, made).recorded
