"""Zones come from the pinned `tzdata` package, whatever files the host has; a wrong name gets the right suggestion."""

import copy
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest

from domain.zones import TZDATA, UnknownZone, zone_named, zone_names

ROOT = Path(__file__).parents[2]
WALLS = {
    "America/Vancouver": "09:30",
    "America/Winnipeg": "11:30",
    "America/Havana": "12:30",
    "Africa/Casablanca": "16:30",
    "Asia/Ho_Chi_Minh": "23:30",
}
"""The wall time of 2026-11-30T16:30Z by the pinned data; files of 2025 tell other times for the first four."""
LOOK = """
import sys
from datetime import UTC, datetime
from {module} import {make} as make
for name in sys.argv[1:]:
    print(datetime(2026, 11, 30, 16, 30, tzinfo=UTC).astimezone(make(name)).strftime("%H:%M"))
"""


@pytest.fixture
def false_files(tmp_path: Path) -> dict[str, str]:
    """An environment whose zone files say that everywhere it is Kiritimati, 14 hours before UTC."""
    false = files("tzdata").joinpath("zoneinfo", "Pacific", "Kiritimati").read_bytes()
    for name in WALLS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(false)
    return os.environ | {"PYTHONTZPATH": str(tmp_path), "TZ": f":{tmp_path}/America/Vancouver", "PYTHONPATH": str(ROOT)}


def walls(module: str, make: str, environment: dict[str, str]) -> list[str]:
    program = LOOK.format(module=module, make=make)
    process = subprocess.run(
        [sys.executable, "-P", "-c", program, *WALLS], env=environment, check=True, capture_output=True, text=True
    )
    return process.stdout.split()


def test_false_zone_files_of_the_host_are_not_read(false_files: dict[str, str]) -> None:
    assert walls("domain.zones", "zone_named", false_files) == list(WALLS.values())
    assert walls("zoneinfo", "ZoneInfo", false_files) == ["06:30"] * len(WALLS), "the control reads the false files"


def test_a_calendar_is_open_by_the_pinned_data_under_false_zone_files(false_files: dict[str, str]) -> None:
    program = (
        "from datetime import UTC, datetime\n"
        "from domain.sla.calendar.business_time import CalendarDefinition, business_time\n"
        "week = {'mon-fri': ['09:00-17:00']}\n"
        "office = CalendarDefinition.model_validate({'name': 'o', 'zone': 'America/Vancouver', 'week': week})\n"
        "print(business_time(office).is_open(datetime(2026, 11, 30, 16, 30, tzinfo=UTC)))\n"
    )
    process = subprocess.run([sys.executable, "-P", "-c", program], env=false_files, check=True, capture_output=True)
    assert process.stdout.strip() == b"True"


def test_every_zone_can_be_read_and_says_its_name() -> None:
    assert len(zone_names()) > 500
    for name in zone_names():
        assert zone_named(name).key == name
        assert datetime(2026, 7, 1, tzinfo=UTC).astimezone(zone_named(name)).utcoffset() is not None


def unpickled(zone: object) -> object:
    return pickle.loads(pickle.dumps(zone))  # noqa: S301 -- pickled on the same line


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, unpickled])
def test_a_zone_that_is_copied_or_sent_to_another_process_is_the_same_zone(again: Callable[[object], object]) -> None:
    zone = zone_named("America/Vancouver")
    assert again(zone) is zone


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Asia/Hanoi", "Asia/Ho_Chi_Minh"),
        ("Hà Nội", "Asia/Ho_Chi_Minh"),
        ("Việt Nam", "Asia/Ho_Chi_Minh"),
        ("VN", "Asia/Ho_Chi_Minh"),
        ("Saigon", "Asia/Ho_Chi_Minh"),
        ("Asia/Ho Chi Minh", "Asia/Ho_Chi_Minh"),
        ("europe/berlin", "Europe/Berlin"),
        ("Paris", "Europe/Paris"),
        ("Europe/Munich", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("Factory", "Asia/Ho_Chi_Minh"),
        ("../../etc/passwd", "Asia/Ho_Chi_Minh"),
        ("", "Asia/Ho_Chi_Minh"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_zone_that_was_meant(name: str, meant: str) -> None:
    with pytest.raises(UnknownZone) as refused:
        zone_named(name)
    assert refused.value.meant.split(", ")[0] == meant
    assert "Yangon" not in str(refused.value)


def test_the_release_of_the_data_is_that_of_the_installed_package() -> None:
    assert f"tzdata {version('tzdata')}" == TZDATA


def test_no_statement_has_the_server_compute_in_a_zone() -> None:
    sources = [path for room in ("domain", "projections", "api") for path in (ROOT / room).rglob("*.py")]
    assert len(sources) > 100
    cut_by_others = re.compile(r"at time zone (?!'UTC')|\.astimezone\(\)", re.IGNORECASE)
    assert [path for path in sources if cut_by_others.search(path.read_text())] == []
