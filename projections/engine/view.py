"""A view over tables of projections, for programs of others: its name, its columns, and what each of them means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from psycopg import sql

from domain.event_log.schema import schema_of


@dataclass(frozen=True, slots=True)
class View:
    """``comment`` says what a row is. ``columns`` are the names of the columns in order, each with its comment.

    ``select`` gives the statement over the tables in a schema; ``definition`` is a text that differs when the statement
    does. ``personal``: it shows what concerns persons, such as names and texts, and stands in a schema of its own.
    """

    name: str
    comment: str
    columns: Mapping[str, str]
    select: Callable[[str], sql.Composable]
    definition: str
    personal: bool = False


def schema_of_views(tenant: str, *, personal: bool = False) -> str:
    """The schema of a tenant's views. Raises ValueError for a name that is none."""
    schema_of(tenant)
    return f"reporting_personal_of_{tenant}" if personal else f"reporting_of_{tenant}"
