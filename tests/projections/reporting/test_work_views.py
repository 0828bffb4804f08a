"""The views of procedures, steps, tasks and notifications show the rows of their projections."""

from typing import Any
from uuid import UUID

import psycopg
from hypothesis import given, settings
from psycopg import sql
from psycopg.rows import dict_row

from domain.customer.events import CustomerMerged, CustomerRegistered
from domain.envelope import RecordedEvent
from domain.notification import events as notification
from domain.task import events as task
from projections.customers.table import CUSTOMERS
from projections.notifications.table import NOTIFICATIONS
from projections.procedures.table import PROCEDURES
from projections.tasks.table import TASKS
from tests.support.events import CUSTOMER, MINUTE, OTHER_CUSTOMER, START, at, history
from tests.support.examples import examples
from tests.support.filled import SCHEMA, add, filled
from tests.support.procedure_histories import procedure_histories

PROCEDURE, TASK, NOTIFICATION = UUID(int=601), UUID(int=701), UUID(int=801)
READ = (PROCEDURES, TASKS, NOTIFICATIONS, CUSTOMERS)


def rows(connection: psycopg.Connection, table: str) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql.SQL("select * from {}").format(sql.Identifier(*table.split(".")))).fetchall()


def test_procedures_and_steps_stand_in_the_views_as_their_rows_hold_them(database_url: str) -> None:
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(40))
        @given(procedure_histories(PROCEDURE))
        def the_same(events: list[RecordedEvent]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, events)
                (stored,), (seen,) = (
                    rows(connection, f"{SCHEMA}.procedures"), rows(connection, "reporting_of_default.procedure")
                )  # fmt: skip
                shared = ("procedure", "definition_version", "state", "outcome", "started_at", "ended_at")
                assert {name: seen[name] for name in shared} == {name: stored[name] for name in shared}
                steps = {row["step"]: row for row in rows(connection, f"{SCHEMA}.procedure_steps")}
                viewed = {row["step"]: row for row in rows(connection, "reporting_of_default.procedure_step")}
                assert viewed.keys() == steps.keys()
                for step, row in viewed.items():
                    for name in ("kind", "team", "agent", "opened_at", "due_at", "ended_at", "ended_as"):
                        assert row[name] == steps[step][name]
                    assert (row["is_overdue"] is None) == (row["due_at"] is None)

        the_same()


def test_a_task_names_the_survivor_and_whether_it_was_done_too_late(database_url: str) -> None:
    merged = [
        history(at(0, CustomerRegistered(name="Lan")), at(1, CustomerMerged(into=OTHER_CUSTOMER)), ticket=CUSTOMER),
        history(at(0, CustomerRegistered(name="Lan")), ticket=OTHER_CUSTOMER),
    ]
    opened = task.TaskOpened(title="call", customer_id=CUSTOMER, team="Care", due_at=START + 60 * MINUTE)
    done = history(at(0, opened), at(120, task.TaskDone(result="called")), ticket=TASK)
    with filled(database_url, READ, *merged, done) as connection:
        (row,) = rows(connection, "reporting_of_default.task")
    assert (row["task_id"], row["survivor_id"], row["state"]) == (TASK, OTHER_CUSTOMER, "done")
    assert row["is_overdue"] is True
    assert "title" not in row
    assert "result" not in row


def test_a_notification_names_the_survivor_and_no_address(database_url: str) -> None:
    merged = history(at(0, CustomerRegistered(name="Lan")), at(1, CustomerMerged(into=OTHER_CUSTOMER)), ticket=CUSTOMER)
    requested = notification.NotificationRequested(
        to_kind="customer", to=str(CUSTOMER), channel="email", purpose="survey", template="csat", template_version=1,
        dedupe_key="x", about=TASK, about_kind="task",
    )  # fmt: skip
    sent = history(
        at(0, requested),
        at(1, notification.AttemptStarted(attempt=1, address="lan@example.com")),
        at(2, notification.NotificationHandedOver(attempt=1, provider_id="p-1")),
        ticket=NOTIFICATION,
    )
    with filled(database_url, READ, merged, sent) as connection:
        (row,) = rows(connection, "reporting_of_default.notification")
    assert (row["notification_id"], row["survivor_id"], row["state"]) == (NOTIFICATION, OTHER_CUSTOMER, "handed_over")
    assert (row["attempts"], row["requested_at"], row["ended_at"]) == (1, START, START + 2 * MINUTE)
    assert not {"lan@example.com", "p-1"} & {str(value) for value in row.values()}
