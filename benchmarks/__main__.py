"""Measures the desk beside its peers: ./run bench [NAMES...] [--quick] [--json FILE]."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks.databases import empty_database, server
from benchmarks.figure import Figure
from benchmarks.log_filling import SEED
from benchmarks.rounds import say
from domain.event_types import register_event_types

register_event_types()


class Measure(Protocol):
    """Measures on an empty database; ``quick`` takes smaller sizes and the same ratios."""

    def __call__(self, dsn: str, *, quick: bool) -> list[Figure]: ...


SETS: Mapping[str, str] = {
    "commands": "commands",
    "lone": "lone_command",
    "peers": "beside_peers",
    "follower": "follower",
    "encryption": "encryption",
    "flat": "flat",
    "reads": "reads",
    "figures": "figures",
    "customers": "customer_reads",
    "rules": "published_rules",
    "import": "imports",
    "customer-import": "customer_imports",
    "http": "over_http",
    "door": "door",
    "identity": "identity",
    "watch": "sla_watch",
    "work": "work_list",
    "due": "due_watch",
    "reactor": "reactor",
    "sealing": "sealing",
    "sender": "sender",
    "exports": "exports",
    "assignment": "assignment",
    "agreement": "agreement",
    "access": "access",
    "screen": "screen",
}
"""The module of each set. It is loaded when it is measured: a process that a set starts loads this file again."""
NOT_QUICK = {"peers"}
"""Left out of a quick run unless named: their packages may have to be installed first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The figures as a table and, when asked for, as JSON; 1 when a floor is not kept or could not be measured."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SETS)}; all of them if none is named")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, about a minute; without the peers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write one object a figure")
    wanted = parser.parse_args(arguments)
    if unknown := set(wanted.names) - set(SETS):
        parser.error(f"{', '.join(sorted(unknown))}: choose from {', '.join(SETS)}")
    figures: list[Figure] = []
    with server() as dsn:
        about = _about(dsn)
        for name in wanted.names or [name for name in SETS if not (wanted.quick and name in NOT_QUICK)]:
            say(f"{name} ...")
            began = time.perf_counter()
            with empty_database(dsn) as empty:
                figures += _measure(name)(empty, quick=wanted.quick)
            say(f"{name}: {time.perf_counter() - began:.0f} s")
    _show(figures, about)
    if wanted.json:
        document = {"about": about, "figures": [figure.as_json() for figure in figures]}
        wanted.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    return 0 if all(figure.holds for figure in figures) else 1


def _measure(name: str) -> Measure:
    measure: Measure = import_module(f"benchmarks.{SETS[name]}").measure
    return measure


def _about(dsn: str) -> dict[str, str]:
    """What the figures depend on."""
    with psycopg.connect(dsn) as connection:
        settings = [_setting(connection, name) for name in ("server_version", "fsync", "synchronous_commit")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "seed": str(SEED),
        "machine": f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.platform()}",
        "python": platform.python_version(),
        "postgresql": "{}, fsync {}, synchronous_commit {}".format(*settings),
        **{package: version(package) for package in ("psycopg", "eventsourcing", "fastapi", "uvicorn", "pydantic")},
    }


def _setting(connection: psycopg.Connection, name: str) -> str:
    row = connection.execute("select current_setting(%s)", [name]).fetchone()
    return str(row[0]) if row else "?"


def _show(figures: list[Figure], about: Mapping[str, str]) -> None:
    table = Table(title="ticketledger beside its peers", caption="\n".join(f"{k}: {v}" for k, v in about.items()))
    for heading in ("figure", "value", "unit", "beside", "its value", "ratio", "asked for", ""):
        table.add_column(heading, justify="right" if heading in {"value", "its value", "ratio"} else "left")
    for figure in figures:
        floor = "" if figure.floor is None else f"{'<=' if figure.at_most else '>='} {figure.floor:g}"
        name = f"{figure.name}\n  [dim]{figure.note}[/dim]" if figure.note else figure.name
        values = (f"{figure.value:,.1f}", figure.unit, figure.reference_name, _number(figure.reference, 1))
        table.add_row(name, *values, _number(figure.ratio, 2), floor, figure.verdict)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


if __name__ == "__main__":
    sys.exit(main())
