"""The customer that a word of the command line names."""

import re
from typing import Annotated
from uuid import UUID

import typer
from psycopg import Connection, sql

from api.cli.running_command import name_subject
from api.cli.usage_error import UsageError

CustomerName = Annotated[
    str,
    typer.Argument(
        metavar="CUSTOMER", help="The id of a customer, or the last 12 digits of it; `customer search` finds it."
    ),
]
_TAIL = re.compile("[0-9a-f]{12}")


def customer_named(connection: Connection, schema: str, name: str) -> UUID:
    """The customer of an id, or the one whose id ends in these 12 digits, as tables show it. Raises UsageError."""
    try:
        customer = UUID(name)
    except ValueError:
        customer = _ending_in(connection, schema, name)
    name_subject("customer", customer)
    return customer


def _ending_in(connection: Connection, schema: str, tail: str) -> UUID:
    """Raises UsageError for none and for several."""
    statement = sql.SQL("select customer from {}.customers where right(customer::text, 12) = %s limit 2").format(
        sql.Identifier(schema)
    )
    is_tail = _TAIL.fullmatch(tail.lower())
    customers = connection.execute(statement, [tail.lower()]).fetchall() if is_tail else []
    if len(customers) != 1:
        there_is = "Several customers have" if customers else "There is no customer with"
        raise UsageError(f"{there_is} the id {tail!r}: `customer search` shows the ids of customers.")
    return UUID(str(customers[0][0]))
