"""The lapses of contracts that are due: of each term once, when the day after its grace begins in the tenant's zone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import Connection

from api.workers.due import Due, DueCandidate, DueCommand, JudgedStream, is_being_entered
from domain.contract.commands import RecordLapse
from domain.contract.lapse import lapse_of
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.local_time import local_day, midnight
from projections.contracts.table import CONTRACTS
from projections.scope.tenant_settings import tenant_zone, tenant_zones

_SQL = sql_file("api.workers", "contract_lapses.sql")


def _candidates(
    connection: Connection, tenant: str, now: datetime, after: DueCandidate, limit: int
) -> list[DueCandidate]:
    zone = tenant_zone(connection, tenant, now)
    parameters = {
        "today": local_day(now, zone),
        "day": local_day(after.due_at, zone),
        "after": after.stream,
        "limit": limit,
    }
    rows = connection.execute(_SQL["lapsing contracts"].of(tenant), parameters).fetchall()
    return [DueCandidate(midnight(day, zone), contract) for day, contract in rows]


def _judge(
    connection: Connection, tenant: str, contracts: Sequence[UUID], now: datetime, quiet: timedelta
) -> list[JudgedStream]:
    zone_at, clock = tenant_zones(connection, tenant), reader.now(connection)
    judged = []
    for contract, history in reader.streams(connection, tenant, contracts, reader.head(connection, tenant)).items():
        lapse = lapse_of(history, zone_at)
        if lapse is None or lapse.at > now:
            judged.append(JudgedStream(contract, history[-1].position, ()))
        elif not is_being_entered(history, lapse.at, clock, quiet):
            command = RecordLapse(term=lapse.term, occurred_at=lapse.at)
            due = DueCommand(contract, len(history), f"lapse/{contract}/{lapse.term}", command)
            judged.append(JudgedStream(contract, history[-1].position, [due]))
    return judged


def _next_at(connection: Connection, tenant: str, now: datetime) -> datetime | None:
    zone = tenant_zone(connection, tenant, now)
    parameters = {"today": local_day(now, zone)}
    (day,) = connection.execute(_SQL["next lapse"].of(tenant), parameters).fetchone() or (None,)
    return None if day is None else midnight(day, zone)


CONTRACT_LAPSES = Due("contract lapses", CONTRACTS, _candidates, _judge, _next_at)
