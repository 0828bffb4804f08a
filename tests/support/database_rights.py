"""The rights of the database roles in a tenant's schema, as they should be and as they are."""

from typing import Any

from psycopg import Connection

from domain.event_log.database_connections import ADMINISTRATION
from domain.event_log.database_connections import connect as connect_for
from domain.event_log.roles import (
    AUDITOR,
    DESK,
    FOLLOWER,
    KEYKEEPER,
    READER,
    REPORTING,
    REPORTING_PERSONAL,
    SEALER,
)
from projections.engine.view import schema_of_views

SCHEMA = "tenant_default"
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
READ = frozenset({"SELECT"})
NONE: frozenset[str] = frozenset()
TENANT_ROLES = (DESK, FOLLOWER, READER, AUDITOR, SEALER, KEYKEEPER)
"""Every role but the owner, and those of reporting tools, which have views of their own."""


def rights(
    *,
    desk: frozenset[str] = NONE,
    follower: frozenset[str] = NONE,
    reader: frozenset[str] = NONE,
    auditor: frozenset[str] = READ,
    sealer: frozenset[str] = NONE,
) -> dict[str, frozenset[str]]:
    """The verbs of each role on a table. The auditor reads what nobody excepts; the keykeeper does nothing here."""
    return dict(zip(TENANT_ROLES, (desk, follower, reader, auditor, sealer, NONE), strict=True))


def callers(*roles: str) -> dict[str, bool]:
    """Who may call a function."""
    return {role: role in roles for role in TENANT_ROLES}


PROJECTED = rights(follower=READ | {"INSERT", "DELETE"}, reader=READ)
MATRIX = {
    "log_head": rights(desk=READ, follower=READ, reader=READ, sealer=READ),
    "events": rights(desk=READ, follower=READ, reader=READ, sealer=READ),
    "commands": rights(desk=READ),
    "snapshots": rights(desk=READ),
    "api_keys": rights(desk=READ),
    "screen_sessions": rights(desk=READ, auditor=NONE),
    "migrations": rights(desk=READ, follower=READ, reader=READ, sealer=READ),
    "addresses_claimed": rights(auditor=NONE),
    "access_head": rights(reader=READ, sealer=READ),
    "access_journal": rights(reader=READ, sealer=READ),
    "tree_tiles": rights(reader=READ, sealer=READ),
    "tree_sizes": rights(reader=READ, sealer=READ),
    "checkpoints": rights(reader=READ, sealer=READ),
    "projection_positions": rights(desk=READ, follower=READ | {"UPDATE"}, reader=READ),
    "worker_positions": rights(desk=READ, follower=READ, reader=READ),
    "activities": PROJECTED,
    "agent_absences": PROJECTED,
    "audit_history": PROJECTED,
    "backlog_crossings": PROJECTED,
    "backlog_segments": PROJECTED,
    "check_ins": PROJECTED,
    "consents": PROJECTED,
    "contract_milestones": PROJECTED,
    "contract_terms": PROJECTED,
    "contracts": PROJECTED,
    "customer_addresses": PROJECTED,
    "customer_dates": PROJECTED,
    "customer_matches": PROJECTED,
    "customer_memberships": PROJECTED,
    "customer_merge_links": PROJECTED,
    "customer_notes": PROJECTED,
    "customer_tiers": PROJECTED,
    "customers": PROJECTED,
    "feedback": PROJECTED,
    "files": PROJECTED,
    "first_contact": PROJECTED,
    "issued_reports": PROJECTED,
    "last_words": PROJECTED,
    "local_offsets": PROJECTED,
    "logged_efforts": PROJECTED,
    "notifications": PROJECTED,
    "nps_answers": PROJECTED,
    "offers": PROJECTED,
    "procedure_steps": PROJECTED,
    "procedures": PROJECTED,
    "purchases": PROJECTED,
    "routed_tickets": PROJECTED,
    "search_terms": PROJECTED,
    "segment_members": PROJECTED,
    "sla_clocks": PROJECTED,
    "sla_customers": PROJECTED,
    "sla_tickets": PROJECTED,
    "tasks": PROJECTED,
    "team_spans": PROJECTED,
    "ticket_actions": PROJECTED,
    "ticket_messages": PROJECTED,
    "ticket_resolutions": PROJECTED,
    "ticket_subjects": PROJECTED,
    "tickets": PROJECTED,
    "timed_streams": PROJECTED,
    "timers": PROJECTED,
    "product_purchases": PROJECTED,
    "usage_days": PROJECTED,
}
FUNCTIONS = {
    "append": callers(DESK),
    "append_access": callers(DESK, READER, AUDITOR),
    "add_access": callers(),
    "keep_snapshots": callers(DESK),
    "keep_worker_position": callers(DESK),
    "seal": callers(SEALER),
    "note_key_use": callers(DESK),
    "begin_screen_session": callers(DESK),
    "end_screen_session": callers(DESK),
    "trim_access": callers(),
}


VIEWS, PERSONAL_VIEWS = schema_of_views("default"), schema_of_views("default", personal=True)
WORKERS = dict.fromkeys(TENANT_ROLES, NONE)
VIEW_SCHEMAS = {
    SCHEMA: {REPORTING: NONE, REPORTING_PERSONAL: NONE},
    VIEWS: {REPORTING: READ, REPORTING_PERSONAL: READ, **WORKERS},
    PERSONAL_VIEWS: {REPORTING: NONE, REPORTING_PERSONAL: READ, **WORKERS},
}
"""What the roles may do with each relation of a schema; those that the program works under have no part in views."""


def connect(dsn: str) -> Connection:
    return connect_for(dsn, ADMINISTRATION)


def relations(connection: Connection, schema: str = SCHEMA) -> list[str]:
    """The tables and views of a schema."""
    return [
        name
        for (name,) in connection.execute(
            "select relname from pg_class where relnamespace = %s::regnamespace and relkind not in ('i', 'I')", [schema]
        )
    ]


def rights_of_tables(connection: Connection) -> dict[str, dict[str, frozenset[str]]]:
    """What each role may do with each table."""
    return {
        table: {role: rights_of(connection, role, f"{SCHEMA}.{table}") for role in TENANT_ROLES}
        for table in relations(connection)
    }


def rights_of(connection: Connection, role: str, relation: str) -> frozenset[str]:
    """The verbs that a role may use on a table or a view, or on some of its columns."""
    return frozenset(verb for verb in VERBS if _may(connection, role, relation, verb))


def _may(connection: Connection, role: str, relation: str, verb: str) -> bool:
    function = "has_any_column_privilege" if verb in {"SELECT", "INSERT", "UPDATE"} else "has_table_privilege"
    return connection.execute(f"select {function}(%s, %s, %s)", [role, relation, verb]).fetchone() == (True,)


def functions(connection: Connection) -> list[tuple[Any, ...]]:
    """Name, id, security definer, settings and owner of each function."""
    return connection.execute(
        "select proname, oid, prosecdef, proconfig, pg_get_userbyid(proowner) from pg_proc"
        " where pronamespace = %s::regnamespace",
        [SCHEMA],
    ).fetchall()


def rights_of_functions(connection: Connection) -> dict[str, dict[str, bool]]:
    """Which role may call which function."""
    may = "select has_function_privilege(%s, %s::oid, 'execute')"
    return {
        name: {role: connection.execute(may, [role, oid]).fetchone() == (True,) for role in TENANT_ROLES}
        for name, oid, *_ in functions(connection)
    }
