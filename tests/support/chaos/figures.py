"""The result of a run of kills, as a table and as a line of JSON."""

import json
import os
import platform
from collections.abc import Mapping, Sequence

import psycopg


def show(url: str, took: Mapping[str, Sequence[float]], **counts: int) -> None:
    """``took``: for each kind of kill, the seconds until the next answer."""
    with psycopg.connect(url) as connection:
        server = connection.info.server_version
    about = {"machine": f"{os.cpu_count()} cores, {platform.platform()}", "python": platform.python_version()}
    kills = {kind: {"kills": len(seconds), "longest": round(max(seconds), 2)} for kind, seconds in sorted(took.items())}
    print(f"\n{'kill of':20}{'times':>6}{'longest until served':>22}")  # noqa: T201 -- shown with -s
    for kind, figures in kills.items():
        print(f"{kind:20}{figures['kills']:6}{figures['longest']:20} s")  # noqa: T201 -- likewise
    print(json.dumps({**about, "postgresql": server, **counts, "kills": kills}))  # noqa: T201 -- likewise
