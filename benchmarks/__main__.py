"""Measures the desk beside its peers: ./run bench [NAMES...] [--quick] [--json FILE]."""

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from rich.console import Console
from rich.table import Table

from api.database import database
from benchmarks import agreement, commands, flat, follower, imports, over_http, reads, sla_watch
from benchmarks.figure import Figure
from benchmarks.log_filling import SEED
from benchmarks.rounds import say


class Measure(Protocol):
    """Measures on an empty database; ``quick`` takes smaller sizes and the same ratios."""

    def __call__(self, dsn: str, *, quick: bool) -> list[Figure]: ...


SETS: Mapping[str, Measure] = {
    "commands": commands.measure,
    "follower": follower.measure,
    "flat": flat.measure,
    "reads": reads.measure,
    "import": imports.measure,
    "http": over_http.measure,
    "watch": sla_watch.measure,
    "agreement": agreement.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The figures as a table and, when asked for, as JSON; 1 when a ratio is under its floor."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SETS)}; all of them if none is named")
    parser.add_argument("--quick", action="store_true", help="smaller sizes: about a minute for all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write one object a figure")
    wanted = parser.parse_args(arguments)
    if unknown := set(wanted.names) - set(SETS):
        parser.error(f"{', '.join(sorted(unknown))}: choose from {', '.join(SETS)}")
    figures: list[Figure] = []
    with _server() as server:
        about = _about(server)
        for name in wanted.names or SETS:
            say(f"{name} ...")
            began = time.perf_counter()
            with _empty_database(server) as dsn:
                figures += SETS[name](dsn, quick=wanted.quick)
            say(f"{name}: {time.perf_counter() - began:.0f} s")
    _show(figures, about)
    if wanted.json:
        document = {"about": about, "figures": [figure.as_json() for figure in figures]}
        wanted.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    return 0 if all(figure.holds for figure in figures) else 1


@contextmanager
def _server() -> Iterator[str]:
    """A PostgreSQL that is thrown away afterwards, as careful with the disk as one that is kept; or DATABASE_URL's."""
    folder = Path(tempfile.mkdtemp(prefix="ticketledger-bench-"))
    folder.chmod(0o711)  # the server may run as another user
    try:
        with database(folder / "data") as dsn:
            yield dsn
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _empty_database(server: str) -> Iterator[str]:
    name = f"bench_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        yield make_conninfo(server, dbname=name)
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _about(server: str) -> dict[str, str]:
    """What the figures depend on."""
    with psycopg.connect(server) as connection:
        said = [_setting(connection, name) for name in ("server_version", "fsync", "synchronous_commit")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "seed": str(SEED),
        "machine": f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.platform()}",
        "python": platform.python_version(),
        "postgresql": "{}, fsync {}, synchronous_commit {}".format(*said),
        **{package: version(package) for package in ("psycopg", "eventsourcing", "fastapi", "uvicorn", "pydantic")},
        "peers": "the eventsourcing library, FastAPI, and psycopg by hand; those of other languages are not run here",
    }


def _setting(connection: psycopg.Connection, name: str) -> str:
    row = connection.execute("select current_setting(%s)", [name]).fetchone()
    return str(row[0]) if row else "?"


def _show(figures: list[Figure], about: Mapping[str, str]) -> None:
    table = Table(title="ticketledger beside its peers", caption="\n".join(f"{k}: {v}" for k, v in about.items()))
    for heading in ("figure", "value", "unit", "beside", "its value", "ratio", "asked for", ""):
        table.add_column(heading, justify="right" if heading in {"value", "its value", "ratio"} else "left")
    for figure in figures:
        asked = "" if figure.floor is None else f"{'<=' if figure.at_most else '>='} {figure.floor:g}"
        verdict = "" if figure.floor is None else "kept" if figure.holds else "MISSED"
        name = f"{figure.name}\n  [dim]{figure.note}[/dim]" if figure.note else figure.name
        values = (f"{figure.value:,.1f}", figure.unit, figure.reference_name, f"{figure.reference:,.1f}")
        table.add_row(name, *values, f"{figure.ratio:.2f}", asked, verdict)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


if __name__ == "__main__":
    sys.exit(main())
