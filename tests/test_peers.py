"""The peers of the benchmarks: where they come from, how they are asked, and that a missing one is not a floor kept."""

import asyncio
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from threading import get_ident

import pytest

from benchmarks import __main__ as bench
from benchmarks import beside_peers
from benchmarks.callers import in_tasks, in_threads
from benchmarks.figure import Figure
from benchmarks.peers import installing
from benchmarks.peers.catalogue import PEERS, ROOT, Peer, started
from benchmarks.peers.installing import PROGRAMS, UnavailableError, cache, node_modules

ANSWERS = "import sys\nfor line in sys.stdin: print({answer}, flush=True)"


class Stub(Peer):
    """A peer whose ``program`` is an expression that answers each question."""

    def install(self) -> tuple[list[str], dict[str, str]]:
        return [sys.executable, "-c", ANSWERS.format(answer=self.program)], {"NEEDED": "7"}


class Missing(Peer):
    def install(self) -> tuple[list[str], dict[str, str]]:
        raise UnavailableError("there is no network")


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_every_package_of_a_peer_is_pinned_and_says_nothing_of_where_it_comes_from(peer: Peer) -> None:
    assert peer.version[0].isdigit()
    pinned = [peer.pins, PROGRAMS / "package-lock.json"]
    assert not [file for file in pinned if "resolved" in file.read_text(encoding="utf-8")]
    if peer.pins.suffix == ".txt":
        lines = [line for line in peer.pins.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        assert all("==" in line and "://" not in line for line in lines)
    else:
        pins = json.loads(peer.pins.read_text(encoding="utf-8"))["dependencies"]
        locked = json.loads(pinned[1].read_text(encoding="utf-8"))["packages"]
        assert {name: locked[f"node_modules/{name}"]["version"] for name in pins} == pins
        assert all("integrity" in package for path, package in locked.items() if path)


def test_packages_are_installed_once_into_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = cache() / "peer"
    steps = [["touch", str(folder / "package")]]
    installing._once(folder, steps)
    assert folder.is_relative_to(tmp_path)
    (folder / "package").unlink()
    installing._once(folder, steps)
    assert not (folder / "package").exists()


def test_an_installation_that_failed_says_why_and_is_begun_anew(tmp_path: Path) -> None:
    folder = tmp_path / "peer"
    failing = "echo warned; echo ERROR: no such package; echo ask for a newer pip; exit 1"
    with pytest.raises(UnavailableError, match=r"ERROR: no such package$"):
        installing._once(folder, [["touch", str(folder / "half")], ["sh", "-c", failing]])
    installing._once(folder, [["touch", str(folder / "whole")]])
    assert {path.name for path in folder.iterdir()} == {"whole", ".complete"}


def test_a_relative_cache_folder_is_ignored() -> None:
    assert cache({"XDG_CACHE_HOME": "here"}) == Path.home() / ".cache" / "ticketledger" / "peers"


def test_a_peer_in_javascript_needs_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="no node"):
        node_modules()


def test_a_peer_is_told_its_database_by_the_environment_and_asked_line_by_line() -> None:
    echo = Stub(
        "echo", "", "len(__import__('os').environ['PGDATABASE'] + __import__('os').environ['NEEDED']) * len(line)"
    )
    with started(echo, "host=/somewhere dbname=desk") as ask:
        assert ask(1, 20) == 5 * len("1 20\n")
        assert ask(8, 100) == 5 * len("8 100\n")


def test_the_programs_of_the_peers_import_nothing_that_only_our_environment_has() -> None:
    ours = {"domain", "api", "projections", "pydantic", "psycopg", "eventsourcing"}
    code = (
        "import sys, benchmarks.callers, benchmarks.peers.programs.line_protocol\n"
        f"print(sorted({{name.partition('.')[0] for name in sys.modules}} & {ours}))"
    )
    where = {"PYTHONPATH": str(ROOT)}
    process = subprocess.run([sys.executable, "-P", "-c", code], check=False, env=where, capture_output=True)
    assert process.stdout == b"[]\n", process.stderr.decode()


def test_a_peer_whose_program_ends_is_unavailable() -> None:
    with started(Stub("gone", "", "sys.exit(3)"), "dbname=desk") as ask:
        for _ in range(2):
            with pytest.raises(UnavailableError, match="status 3"):
                ask(1, 1)


def test_a_missing_peer_is_named_with_the_reason_and_keeps_no_floor(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ours(_dsn: str, callers: int, _tickets: int) -> float:
        return callers * 100.0

    monkeypatch.setattr(beside_peers, "commands_a_second", ours)
    monkeypatch.setattr(beside_peers, "PEERS", [Stub("emmett", "", "200"), Missing("message-db", "", "")])
    lone_emmett, lone, emmett, missing = beside_peers.measure(database_url, quick=True)
    assert (lone_emmett.ratio, lone_emmett.floor, lone_emmett.holds) == (0.5, None, True)
    assert (emmett.ratio, emmett.floor, emmett.holds) == (4.0, 3.0, True)
    for figure in (lone, missing):
        assert (figure.reference, figure.note, figure.verdict) == (None, "there is no network", "NOT MEASURED")
        assert not figure.holds


def test_every_peer_has_a_floor_for_eight_callers_and_message_db_one_for_the_lone_caller() -> None:
    lone, eight = beside_peers.FLOORS[1], beside_peers.FLOORS[8]
    assert lone == {"message-db": 1.0}
    assert eight == {peer.name: 3.0 for peer in PEERS}


def test_the_run_does_not_end_well_when_a_floor_could_not_be_measured(
    server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(dsn: str, *, quick: bool) -> list[Figure]:  # noqa: ARG001 -- as the bench calls it
        return [Figure("speed", 1.0, "events/s", "a peer", None, 3.0, note="there is no network")]

    monkeypatch.setenv("DATABASE_URL", server)
    monkeypatch.setattr(bench, "SETS", {"speed": "a module"})
    monkeypatch.setattr(bench, "_measure", {"speed": measure}.__getitem__)
    file = tmp_path / "figures.json"
    assert bench.main(["--json", str(file)]) == 1
    (figure,) = json.loads(file.read_text(encoding="utf-8"))["figures"]
    assert (figure["reference"], figure["ratio"], figure["holds"]) == (None, None, False)
    shown = capsys.readouterr().out
    assert "NOT MEASURED" in shown
    assert "there is no network" in shown


@pytest.mark.parametrize(
    ("words", "run"),
    [([], ["speed", "peers"]), (["--quick"], ["speed"]), (["peers", "--quick"], ["peers"])],
)
def test_a_quick_run_asks_the_peers_only_when_they_are_named(
    server: str, monkeypatch: pytest.MonkeyPatch, words: list[str], run: list[str]
) -> None:
    measured: list[str] = []

    def measuring(name: str) -> Callable[..., list[Figure]]:
        def measure(_dsn: str, *, quick: bool) -> list[Figure]:  # noqa: ARG001 -- as the bench calls it
            measured.append(name)
            return []

        return measure

    monkeypatch.setenv("DATABASE_URL", server)
    monkeypatch.setattr(bench, "SETS", dict.fromkeys(("speed", "peers"), "a module"))
    monkeypatch.setattr(bench, "_measure", measuring)
    assert bench.main(words) == 0
    assert measured == run


def test_each_caller_has_had_one_ticket_before_the_clock_starts() -> None:
    served: list[int] = []

    async def ticket() -> None:
        served.append(1)

    assert in_threads(3, 5, lambda: served.append(1)) > 0
    assert asyncio.run(in_tasks(3, 5, ticket)) > 0
    assert len(served) == 2 * 3 * (1 + 5)


def test_each_thread_leaves_once_after_its_last_ticket() -> None:
    did: dict[int, list[str]] = defaultdict(list)
    in_threads(3, 2, lambda: did[get_ident()].append("ticket"), lambda: did[get_ident()].append("left"))
    assert list(did.values()) == [["ticket", "ticket", "ticket", "left"]] * 3


@pytest.mark.parametrize("failing", [1, 4])
def test_a_caller_that_fails_is_not_counted_as_fast(failing: int) -> None:
    calls = 0

    def ticket() -> None:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise ValueError("conflict")

    with pytest.raises(ValueError, match="conflict"):
        in_threads(2, 3, ticket)
