"""What several commands can be told."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="TICKETLEDGER_DATA",
        file_okay=False,
        help="Folder of the database that the program brings along; DATABASE_URL wins over it.",
    ),
]
Tenant = Annotated[str, typer.Option("--tenant", help="Whose log; letters, digits and underscores.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
KnownAt = Annotated[
    datetime | None, typer.Option("--known-at", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
                                  help="As it was known then: ignore what was recorded later.")
]  # fmt: skip
AsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
                                  help="As it stood then: ignore what happened later.")
]  # fmt: skip
Zone = Annotated[str, typer.Option("--zone", help="The IANA time zone of days and of times that name none.")]
DEFAULT_TENANT = "default"
DEFAULT_ZONE = "UTC"
