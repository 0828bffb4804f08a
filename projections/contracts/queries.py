"""Contracts as readings show them, with what follows from the local day of the reading; their terms and milestones."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from domain.contract.term_days import last_day_of_grace
from domain.zones import TimeZone
from projections.contracts.table import ContractMilestone, ContractTerm, StoredContract
from projections.engine.projection import Row
from projections.engine.table import column_names

ContractState = Literal["upcoming", "running", "grace", "lapsed", "terminated"]


class ContractRow(BaseModel):
    """A contract. ``term`` is its newest term; the days, the value (minor units) and the currency are that term's.

    ``state`` is that of the day of the reading: upcoming, running, grace (ended, and may still be renewed until
    ``grace_until``), lapsed or terminated. ``lapse_announced`` says whether the lapse is an event already.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    contract: UUID
    customer: UUID
    version: int
    at: datetime
    number: str
    state: ContractState
    term: int
    began_on: date
    starts_on: date
    ends_on: date
    grace_until: date
    value: int
    currency: str
    auto_renews: bool
    owner: str | None
    wins_back: UUID | None
    terminated_on: date | None
    lapse_announced: bool

    @classmethod
    def of(cls, values: dict[str, Any], today: date, zone: TimeZone) -> Self:  # noqa: ARG003 -- the shape of every fact
        """The contract of a row, on a local day."""
        announced = values["state"] == "lapsed"
        shown = {**values, "state": _state(values, today), "lapse_announced": announced}
        return cls(**shown, grace_until=last_day_of_grace(values["ends_on"]))


class ContractDetails(BaseModel):
    """A contract with its terms and its milestones."""

    model_config = ConfigDict(frozen=True)

    contract: ContractRow
    terms: list[ContractTerm]
    milestones: list[ContractMilestone]

    @property
    def version(self) -> int:
        """The version of the stream."""
        return self.contract.version


def contract_in(rows: list[Row], today: date, zone: TimeZone) -> ContractDetails | None:
    """A contract from its rows; None when it has none."""
    stored = next((row for row in rows if isinstance(row, StoredContract)), None)
    if stored is None:
        return None
    values = {name: getattr(stored, name) for name in column_names(StoredContract)}
    return ContractDetails(
        contract=ContractRow.of(values, today, zone),
        terms=sorted((row for row in rows if isinstance(row, ContractTerm)), key=lambda row: row.term),
        milestones=sorted((row for row in rows if isinstance(row, ContractMilestone)), key=lambda row: row.milestone),
    )


def contract_rows(connection: Connection, schema: str, contract: UUID) -> list[Row]:
    """The rows of a contract: its own, those of its terms and of its milestones."""
    return rows_of_contracts(connection, schema, [contract]).get(contract, [])


def rows_of_contracts(connection: Connection, schema: str, contracts: Collection[UUID]) -> dict[UUID, list[Row]]:
    """The rows of some contracts, by contract."""
    rows: dict[UUID, list[Row]] = {}
    kinds: dict[str, type[Any]] = {
        "contracts": StoredContract,
        "contract_terms": ContractTerm,
        "contract_milestones": ContractMilestone,
    }
    for table, kind in kinds.items():
        statement = sql.SQL("select * from {} where contract = any(%s)").format(sql.Identifier(schema, table))
        with connection.cursor(row_factory=class_row(kind)) as cursor:
            for row in cursor.execute(statement, [list(contracts)]):
                rows.setdefault(row.contract, []).append(row)
    return rows


def _state(values: dict[str, Any], today: date) -> ContractState:
    terminated_on = values["terminated_on"]
    if terminated_on is not None and today > terminated_on:
        return "terminated"
    if today < values["began_on"]:
        return "upcoming"
    if today <= values["ends_on"]:
        return "running"
    if values["state"] == "lapsed" or today > last_day_of_grace(values["ends_on"]):
        return "lapsed"
    return "grace"
