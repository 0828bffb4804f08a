"""How a customer is named on the command line."""

from typing import Annotated

import typer

CustomerName = Annotated[
    str,
    typer.Argument(
        metavar="CUSTOMER", help="The id of a customer, or the last 12 digits of it; `customer search` finds it."
    ),
]
