"""Where the PostgreSQL comes from: real servers, real processes."""

import os
import stat
import sys
from pathlib import Path

import pytest

from api import database as database_module
from api.database import NoDatabaseError, database
from api.database import data_folder as default_folder
from api.embedded_postgres import cluster as cluster_module
from api.embedded_postgres import programs as programs_module
from api.embedded_postgres.programs import find_programs
from api.embedded_postgres.server_socket import says_ready
from api.settings import Settings
from tests.support.server_users import (
    ALONE,
    ask,
    conninfo_of,
    is_alive,
    postmaster_of,
    user_process,
    wait_until_no_process_of_the_server_is_left,
)

AS_ROOT = os.geteuid() == 0


def test_a_kept_cluster_is_durable_orders_text_by_code_point_and_listens_to_its_socket_only(empty_folder: Path) -> None:
    with database(empty_folder, ALONE) as conninfo:
        assert ask(conninfo, "show fsync") == "on"
        assert ask(conninfo, "show synchronous_commit") == "on"
        assert ask(conninfo, "show listen_addresses") == ""
        assert ask(conninfo, "show server_encoding") == "UTF8"
        if sys.platform == "linux":
            assert int(str(ask(conninfo, "show max_connections"))) > Settings("").most_tenants * 7 + 10
        assert ask(conninfo, "select 'Z' < 'a' and 'z' < 'é' and upper('é') = 'É'") is True
        target = (empty_folder / "socket").readlink()
        assert stat.S_IMODE(target.stat().st_mode) == 0o700
        assert len(str(target)) < 60
    assert not target.exists()


def test_a_server_that_is_not_ready_is_not_asked(data_folder: Path, tmp_path: Path) -> None:
    """Each connection before would be a FATAL in its log."""
    with database(data_folder):
        assert says_ready(data_folder / "postgres")
        lines = (data_folder / "postgres" / "postmaster.pid").read_text().splitlines()
    assert "the database system is starting up" not in (data_folder / "server.log").read_text()
    for written in ("", "\n".join(lines[:7]), "\n".join([*lines[:7], "starting"])):
        (tmp_path / "postmaster.pid").write_text(written)
        assert not says_ready(tmp_path)
    assert not says_ready(tmp_path / "nowhere")


def test_a_second_process_joins_and_the_server_stops_when_the_last_user_leaves(data_folder: Path) -> None:
    with user_process(data_folder) as first, user_process(data_folder) as second:
        conninfo = conninfo_of(first)
        assert conninfo_of(second) == conninfo
        postmaster = postmaster_of(data_folder)
        first.communicate("")
        assert ask(conninfo, "select 1") == 1
        assert postmaster_of(data_folder) == postmaster
        second.communicate("")
        assert not is_alive(postmaster), "the last user left before the server had stopped"
    wait_until_no_process_of_the_server_is_left(data_folder)


def test_processes_that_start_at_the_same_time_share_one_server(empty_folder: Path) -> None:
    with user_process(empty_folder) as a, user_process(empty_folder) as b, user_process(empty_folder) as c:
        assert len({conninfo_of(process) for process in (a, b, c)}) == 1


def test_leaving_one_of_two_blocks_in_a_process_keeps_the_server(data_folder: Path) -> None:
    with database(data_folder, ALONE) as outer:
        with database(data_folder, ALONE) as inner:
            assert inner == outer
        assert ask(outer, "select 1") == 1


def test_a_long_path_with_spaces_serves(empty_folder: Path) -> None:
    folder = empty_folder / ("a folder, with 'quotes' and a long name " * 4).strip()
    with database(folder, ALONE) as conninfo:
        assert ask(conninfo, "select current_database()") == "ticketledger"


@pytest.mark.parametrize("taken_by", ["a link", "an open folder"])
def test_a_socket_folder_that_somebody_else_has_made_is_not_used(data_folder: Path, taken_by: str) -> None:
    with database(data_folder, ALONE):
        target = (data_folder / "socket").readlink()
    if taken_by == "a link":
        target.symlink_to(data_folder)
    else:
        target.mkdir()
        target.chmod(0o777)
    with database(data_folder, ALONE):
        assert (data_folder / "socket").readlink() != target
    target.unlink() if taken_by == "a link" else target.rmdir()


def test_a_cluster_that_was_not_finished_is_made_anew(empty_folder: Path) -> None:
    unfinished = empty_folder / "postgres.unfinished-killed"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18")
    with database(empty_folder, ALONE) as conninfo:
        assert ask(conninfo, "select 1") == 1
    assert not unfinished.exists()


def test_a_server_that_does_not_start_is_quoted(data_folder: Path) -> None:
    with pytest.raises(NoDatabaseError, match="shared_buffers"), database(data_folder, ALONE, {"shared_buffers": "no"}):
        pass
    wait_until_no_process_of_the_server_is_left(data_folder)


def test_a_server_that_does_not_start_leaves_no_socket_folder_behind(data_folder: Path) -> None:
    with pytest.raises(NoDatabaseError), database(data_folder, ALONE, {"shared_buffers": "no"}):
        pass
    assert not (data_folder / "socket").readlink().exists()


def test_a_copy_that_does_not_start_leaves_the_socket_folder_of_the_original(data_folder: Path) -> None:
    with database(data_folder, ALONE) as conninfo:
        copy = data_folder.with_name("copy")
        copy.mkdir()
        (copy / "socket").symlink_to((data_folder / "socket").readlink())
        (copy / "postgres").mkdir()
        (copy / "postgres" / "PG_VERSION").write_text("9")
        with pytest.raises(NoDatabaseError), database(copy, ALONE):
            pass
        assert ask(conninfo, "select 1") == 1


@pytest.mark.skipif(not AS_ROOT, reason="only root's server runs as another user")
def test_roots_server_runs_as_a_user_without_rights(data_folder: Path) -> None:
    with database(data_folder, ALONE):
        assert (data_folder / "postgres" / "postmaster.pid").stat().st_uid != 0


@pytest.mark.skipif(not AS_ROOT, reason="only root's server runs as another user")
def test_roots_closed_folder_stays_closed_and_serves(
    empty_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(cluster_module, "SYSTEM_STORE", empty_folder)
    with database(tmp_path / "data", ALONE) as conninfo:
        assert ask(conninfo, "select 1") == 1
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert (tmp_path / "data" / "postgres").readlink().parent == empty_folder
    with database(tmp_path / "data", ALONE) as conninfo:
        assert ask(conninfo, "select 1") == 1


@pytest.mark.skipif(not AS_ROOT, reason="only root's server runs as another user")
def test_programs_that_roots_server_cannot_reach_are_copied(
    empty_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install = find_programs(ALONE).folder.parent
    if not install.parent.with_name(f"{install.parent.name}.libs").is_dir():
        pytest.skip("only the wheel's programs can be moved")
    tmp_path.chmod(0o700)
    (tmp_path / install.parent.name).mkdir()
    (tmp_path / install.parent.name / install.name).symlink_to(install)
    (tmp_path / f"{install.parent.name}.libs").symlink_to(install.parent.with_name(f"{install.parent.name}.libs"))
    monkeypatch.setattr(cluster_module, "SYSTEM_STORE", empty_folder)
    environ = ALONE | {"PG_BIN": str(tmp_path / install.parent.name / install.name / "bin")}
    with database(empty_folder / "data", environ) as conninfo:
        assert ask(conninfo, "select 1") == 1
    assert list(empty_folder.glob("programs-*"))


def test_without_programs_the_error_names_the_three_ways_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(programs_module, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(programs_module, "USUAL_FOLDERS", ())
    with pytest.raises(NoDatabaseError, match=r"(?s)DATABASE_URL.*PG_BIN.*install"):
        find_programs({"PATH": str(tmp_path)})


def programs_of_version(folder: Path, version: str) -> Path:
    folder.mkdir()
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_programs_older_than_15_are_refused(tmp_path: Path) -> None:
    old = programs_of_version(tmp_path / "bin", "14.11")
    with pytest.raises(NoDatabaseError, match=r"15 or newer is needed, found there: 14"):
        find_programs({"PG_BIN": str(old)})


def test_a_cluster_is_served_by_programs_of_its_own_version_only(tmp_path: Path) -> None:
    new = programs_of_version(tmp_path / "bin", "99.1")
    assert find_programs({"PG_BIN": str(new)}).major == 99
    with pytest.raises(NoDatabaseError, match=r"written by PostgreSQL 15"):
        find_programs({"PG_BIN": str(new)}, needed=15)


def test_database_url_wins(database_url: str, empty_folder: Path) -> None:
    with database(empty_folder, {"DATABASE_URL": database_url}) as conninfo:
        assert conninfo == database_url
    assert not list(empty_folder.iterdir())


def test_a_given_server_that_is_too_old_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "OLDEST", 99)
    with pytest.raises(NoDatabaseError, match=r"needs 99 or newer"), database(None, {"DATABASE_URL": database_url}):
        pass


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://desk:s3cret@127.0.0.1:1/ledger",
        "postgresql://desk:s3cret@[::1/ledger",
        "postgres:desk:s3cret@nowhere",
        "postgresql://desk:s3cret@127.0.0.1:1/ledger?no_such_option=1",
        "postgresql://desk:s3cret@127.0.0.1:s3cret/ledger",
    ],
)
def test_no_error_tells_the_password(url: str) -> None:
    with pytest.raises(NoDatabaseError, match="DATABASE_URL") as refusal, database(None, {"DATABASE_URL": url}):
        pass
    assert "s3cret" not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_data_is_kept_where_the_user_says_else_in_the_users_data_home(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    assert default_folder(Path("here"), {"TICKETLEDGER_DATA": "/there", **home}) == Path("here")
    assert default_folder(None, {"TICKETLEDGER_DATA": "/there", **home}) == Path("/there")
    assert default_folder(None, {"XDG_DATA_HOME": "/data", **home}) == Path("/data/ticketledger")
    assert default_folder(None, {"XDG_DATA_HOME": "relative", **home}) == tmp_path / ".local/share/ticketledger"


def test_without_a_home_the_error_says_how_to_choose_a_folder() -> None:
    with pytest.raises(NoDatabaseError, match="--data"), database(None, {"HOME": "/nonexistent"}):
        pass


def test_a_data_folder_that_cannot_be_made_is_an_error_for_people(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoDatabaseError, match="--data"), database(tmp_path / "file" / "data", {}):
        pass
