"""The rights of the database roles in a tenant's schema, as they should be and as they are."""

from typing import Any

from psycopg import Connection

from domain.event_log.database_connections import ADMINISTRATION
from domain.event_log.database_connections import connect as connect_for
from domain.event_log.roles import DESK, FOLLOWER, READER

SCHEMA = "tenant_default"
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
READ = frozenset({"SELECT"})
NONE: frozenset[str] = frozenset()
PROJECTED = {DESK: NONE, FOLLOWER: READ | {"INSERT", "DELETE"}, READER: READ}
MATRIX = {
    "log_head": {DESK: READ, FOLLOWER: READ, READER: READ},
    "events": {DESK: READ, FOLLOWER: READ, READER: READ},
    "commands": {DESK: READ, FOLLOWER: NONE, READER: NONE},
    "snapshots": {DESK: READ, FOLLOWER: NONE, READER: NONE},
    "api_keys": {DESK: READ, FOLLOWER: NONE, READER: NONE},
    "migrations": {DESK: READ, FOLLOWER: READ, READER: READ},
    "addresses_claimed": {DESK: NONE, FOLLOWER: NONE, READER: NONE},
    "projection_positions": {DESK: READ, FOLLOWER: READ | {"UPDATE"}, READER: READ},
    "activities": PROJECTED,
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
    "customer_notes": PROJECTED,
    "customers": PROJECTED,
    "feedback": PROJECTED,
    "files": PROJECTED,
    "first_contact": PROJECTED,
    "issued_reports": PROJECTED,
    "nps_answers": PROJECTED,
    "offers": PROJECTED,
    "purchases": PROJECTED,
    "search_terms": PROJECTED,
    "sla_clocks": PROJECTED,
    "sla_customers": PROJECTED,
    "sla_tickets": PROJECTED,
    "ticket_resolutions": PROJECTED,
    "ticket_subjects": PROJECTED,
    "tickets": PROJECTED,
    "usage_days": PROJECTED,
}
FUNCTIONS = {
    "append": {DESK: True, FOLLOWER: False, READER: False},
    "keep_snapshots": {DESK: True, FOLLOWER: False, READER: False},
    "note_key_use": {DESK: True, FOLLOWER: False, READER: False},
}


def connect(dsn: str) -> Connection:
    return connect_for(dsn, ADMINISTRATION)


def _relations(connection: Connection) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            "select relname from pg_class where relnamespace = %s::regnamespace and relkind not in ('i', 'I')", [SCHEMA]
        )
    ]


def rights_of_tables(connection: Connection) -> dict[str, dict[str, frozenset[str]]]:
    """What each role may do with each table."""
    return {
        table: {
            role: frozenset(verb for verb in VERBS if _may(connection, role, table, verb))
            for role in (DESK, FOLLOWER, READER)
        }
        for table in _relations(connection)
    }


def _may(connection: Connection, role: str, table: str, verb: str) -> bool:
    function = "has_any_column_privilege" if verb in {"SELECT", "INSERT", "UPDATE"} else "has_table_privilege"
    row = connection.execute(f"select {function}(%s, %s, %s)", [role, f"{SCHEMA}.{table}", verb]).fetchone()
    return row == (True,)


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
        name: {role: connection.execute(may, [role, oid]).fetchone() == (True,) for role in (DESK, FOLLOWER, READER)}
        for name, oid, *_ in functions(connection)
    }
