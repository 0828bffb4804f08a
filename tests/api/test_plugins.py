"""Event types and projections of another distribution: docs/how-to/extend.md, run as it stands."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from domain.event_log.append import Batch, append
from domain.event_log.event_types import EVENT_TYPES, EventTypes
from domain.event_types import register_module
from domain.ids import new_id
from domain.messages import Event
from tests.support.key_stores import encrypt, key_store

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "extend.md"
VISIT, OLD_VISIT = UUID(int=1), UUID(int=2)
FOLLOW = """
import sys
from domain.event_types import register_event_types
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS
register_event_types()
Follower(sys.argv[1], "default", PROJECTIONS).catch_up()
"""
Program = Callable[..., subprocess.CompletedProcess[str]]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def write_distribution(folder: Path, groups: dict[str, dict[str, str]]) -> None:
    """What an installed package leaves beside its modules: the entry points of its pyproject.toml."""
    info = folder / "ticketledger_visits-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ticketledger-visits\nVersion: 1.0\n")
    lines = [
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in named.items())
        for group, named in groups.items()
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder that holds the guide's package as an installer leaves it, and its script."""
    for name, text in zip(("visits.py", "visits_projection.py", "book.py"), blocks("python"), strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (toml,) = blocks("toml")
    write_distribution(tmp_path, tomllib.loads(toml)["project"]["entry-points"])
    return tmp_path


@pytest.fixture
def program(installed: Path, database_url: str) -> Program:
    """Runs Python with the package installed, on the database of the test."""

    def run(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "DATABASE_URL": database_url, "PYTHONPATH": f"{ROOT}:{installed}"}
        command = [sys.executable, "-P", *words]
        return subprocess.run(command, capture_output=True, text=True, check=check, env=environment, cwd=installed)

    return run


def record_version_1(dsn: str) -> None:
    """A visit as the first release of the package stored it."""
    stored = {
        "event_id": str(new_id()), "schema_version": 1, "occurred_at": "2026-03-02T08:00:00Z",
        "actor": {"id": "dispatch", "kind": "system"}, "command_id": "old",
        "payload": {"ticket_id": str(UUID(int=7)), "starts_at": "2026-03-03T08:00:00Z"},
    }  # fmt: skip
    batch = Batch(judged={OLD_VISIT: 0}, seen=["old"])
    batch.add_event(OLD_VISIT, 1, "visit.booked", json.dumps(stored, separators=(",", ":")))
    batch.add_command("old", "visit.booked", OLD_VISIT, 1, 1)
    with psycopg.connect(dsn) as connection:
        assert append(connection, "default", batch).recorded


def visits(dsn: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(
            "select visit, technician, bookings from tenant_default.visits order by visit"
        ).fetchall()


def test_events_and_projections_of_another_distribution_are_recorded_followed_rebuilt_and_checked(
    program: Program, database_url: str
) -> None:
    record_version_1(database_url)
    program("-m", "api", "migrate")
    assert visits(database_url) == [(OLD_VISIT, None, 1)], "migrate fills the new table from the log"
    for technician in ("Minh", "Vy"):
        assert program("book.py", str(VISIT), technician).stdout == "True\n"
    program("-c", FOLLOW, database_url)
    followed = [(VISIT, "Vy", 2), (OLD_VISIT, None, 1)]
    assert visits(database_url) == followed
    rebuilt = json.loads(program("-m", "api", "rebuild", "--json").stdout)
    assert rebuilt["projections"][-1] == "visits"
    assert visits(database_url) == followed
    assert "visits" in program("-m", "api", "doctor", "--compare").stdout


def test_the_guide_records_its_event_where_personal_data_is_encrypted(
    program: Program, database_url: str, tmp_path: Path
) -> None:
    with key_store(database_url, tmp_path) as store:
        encrypt(database_url, "default", store)
        assert program("book.py", str(VISIT), "Minh").stdout == "True\n"


def test_a_plug_in_that_cannot_be_loaded_is_named_in_a_sentence(installed: Path, program: Program) -> None:
    (installed / "visits.py").write_text("EVENTS = missing\n")
    answer = program("-m", "api", "migrate", check=False)
    assert answer.returncode == 2
    assert "The plug-in visits of ticketledger-visits cannot be loaded: NameError" in answer.stderr


def test_a_plug_in_replaces_no_projection_of_the_product(installed: Path, program: Program) -> None:
    projection = installed / "visits_projection.py"
    projection.write_text(projection.read_text().replace('"visits"', '"tickets"'))
    answer = program("-m", "api", "migrate", check=False)
    assert answer.returncode == 2
    assert "uses names that are taken: tickets. Rename them." in answer.stderr


@pytest.mark.parametrize("topic", ["ticket.visited", "visit", ".booked", "key.shown"])
def test_a_plug_in_takes_no_kind_of_the_product_and_no_topic_without_a_kind(topic: str) -> None:
    class Visited(Event):
        pass

    Visited.topic = topic
    module = type("module", (), {"EVENTS": (Visited,)})
    with pytest.raises(ValueError, match=re.escape(repr(topic))):
        register_module(EventTypes(), {known.partition(".")[0] for known in EVENT_TYPES.classes}, module)
