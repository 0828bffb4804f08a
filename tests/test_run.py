"""The script a newcomer starts with."""

import ast
import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
# The Python of an "environment": says how it was called, and cannot install.
PROGRAM = """#!/bin/sh
case "$*" in *" install "*) exit 1;; esac
echo "started: $*"
echo "from: $PWD"
echo "modules: $PYTHONPATH"
"""
# A Python that makes environments, and whose pip reaches no index.
WITHOUT_INDEX = """#!/bin/sh
for last in "$@"; do :; done
case "$*" in
  *" install "*) exit 1;;
  "-m venv "*) mkdir -p "$last/bin" && cp "$0" "$last/bin/python";;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The script and the locks alone, in a folder with spaces."""
    folder = tmp_path / "a folder of mine"
    folder.mkdir()
    shutil.copy(ROOT / "run", folder)
    (folder / "requirements.lock").write_text("runs==1\n")
    (folder / "requirements-dev.lock").write_text("develops==1\n")
    (folder / "requirements-export.lock").write_text("exports==1\n")
    return folder


def start(
    script: Path, *words: str, cwd: Path | None = None, path: str = "/usr/bin:/bin"
) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"PATH": path}
    return subprocess.run(
        [sys.executable, script, *words], cwd=cwd, env=environ, capture_output=True, text=True, timeout=600, check=False
    )


def script(path: Path) -> ModuleType:
    """The script as a module."""
    loader = SourceFileLoader("run", str(path))
    spec = spec_from_loader("run", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def programs(folder: Path, **scripts: str) -> str:
    """A PATH on which only these programs stand before those of the system."""
    folder.mkdir()
    for name, script in scripts.items():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def with_uv(folder: Path, *, refuses: str = "no lock", killed_by: str = "no lock") -> str:
    """A uv that makes an environment of one program, and writes down what it was asked for.

    It can refuse a lock, or have the script that called it killed when it comes to a lock.
    """
    make = f"""#!/bin/sh
echo "$*" >> "{folder}.calls"
echo "certificates: $UV_SYSTEM_CERTS $UV_NATIVE_TLS" >> "{folder}.settings"
for last in "$@"; do :; done
case "$last" in *"/{refuses}") exit 3;; *"/{killed_by}") kill -9 $PPID;; esac
[ "$1" = venv ] || exit 0
mkdir -p "$last/bin"
printf '%s' '{PROGRAM}' > "$last/bin/python"
chmod +x "$last/bin/python"
"""
    return programs(folder, uv=make)


def test_the_first_start_installs_with_hashes_and_the_second_installs_nothing(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    first = start(checkout / "run", "serve", "--port", "1", cwd=tmp_path, path=path)
    assert "started: -P -m api serve --port 1" in first.stdout
    assert f"from: {tmp_path}" in first.stdout, "paths among the words are the caller's"
    assert f"modules: {checkout}\n" in first.stdout
    calls = (tmp_path / "bin.calls").read_text()
    assert "--require-hashes" in calls
    second = start(checkout / "run", "serve", path=path)
    assert second.stderr == ""
    assert (tmp_path / "bin.calls").read_text() == calls


def test_a_changed_lock_and_an_interrupted_installation_are_installed_anew(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    start(checkout / "run", path=path)
    (checkout / "requirements.lock").write_text("# other\n")
    assert "setting up" in start(checkout / "run", path=path).stderr
    for part in ("requirements.lock.installed", "bin/python"):
        (checkout / ".venv" / part).unlink()
        assert "setting up" in start(checkout / "run", path=path).stderr


def test_it_can_be_started_through_a_link(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(checkout / "run")
    assert f"modules: {checkout}\n" in start(tmp_path / "link", path=with_uv(tmp_path / "bin")).stdout


def test_only_the_words_of_development_install_what_develops(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    start(checkout / "run", "serve", path=path)
    assert "requirements-dev.lock" not in (tmp_path / "bin.calls").read_text()
    assert "adding to .venv: 1 packages of requirements-dev.lock" in start(checkout / "run", "test", path=path).stderr
    calls = (tmp_path / "bin.calls").read_text()
    assert calls.count("requirements.lock") == calls.count("requirements-dev.lock") == 1
    assert [start(checkout / "run", word, path=path).stderr for word in ("serve", "bench")] == ["", ""]


def test_only_an_export_of_parquet_or_excel_installs_what_exports_need(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    for words in (["serve"], ["export", "--format", "csv"], ["import", "xlsx"], ["report", "show", "--html", "xlsx"]):
        start(checkout / "run", *words, path=path)
    assert "requirements-export.lock" not in (tmp_path / "bin.calls").read_text()
    for words in (["--format", "parquet"], ["--format=xlsx"]):
        assert "started: -P -m api export" in start(checkout / "run", "export", *words, path=path).stdout
    assert (tmp_path / "bin.calls").read_text().count("requirements-export.lock") == 1


@pytest.mark.parametrize("words", [["--xlsx", "week.xlsx"], ["--xlsx=week.xlsx"]])
def test_a_workbook_of_a_report_installs_what_exports_need(checkout: Path, tmp_path: Path, words: list[str]) -> None:
    path = with_uv(tmp_path / "bin")
    assert "started: -P -m api report" in start(checkout / "run", "report", "show", *words, path=path).stdout
    assert (tmp_path / "bin.calls").read_text().count("requirements-export.lock") == 1


def test_what_was_there_still_starts_when_what_develops_cannot_be_installed(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = with_uv(tmp_path / "bin", refuses="requirements-dev.lock")
    start(checkout / "run", "serve", path=path)
    run = script(checkout / "run")
    monkeypatch.setattr(run, "has", lambda _modules: False)
    monkeypatch.setenv("PATH", path)
    with pytest.raises(SystemExit, match=r"requirements-dev\.lock could not be installed"):
        run.main(["test"])
    assert start(checkout / "run", "serve", path=path).stderr == ""


def test_an_installation_of_what_develops_that_was_cut_off_is_made_anew(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin", killed_by="requirements-dev.lock")
    start(checkout / "run", "serve", path=path)
    assert start(checkout / "run", "test", path=path).returncode == -signal.SIGKILL
    assert "setting up .venv" in start(checkout / "run", "serve", path=path).stderr


def test_tests_benchmarks_and_exams_are_started_in_the_checkout(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    suite = start(checkout / "run", "test", "-k", "one", cwd=tmp_path, path=path).stdout
    assert "started: -P -m pytest -k one" in suite
    assert f"from: {checkout}\n" in suite
    assert "started: -P -m benchmarks --quick" in start(checkout / "run", "bench", "--quick", path=path).stdout
    assert "started: -P -m tests.support.exams tamper" in start(checkout / "run", "exam", "tamper", path=path).stdout


def test_two_first_starts_at_once_install_once(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    both = [
        subprocess.Popen([sys.executable, checkout / "run", "serve"], env={"PATH": path}, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    assert all(b"started: -P -m api serve" in process.communicate(timeout=60)[0] for process in both)
    assert (tmp_path / "bin.calls").read_text().count("venv ") == 1


def test_a_start_says_that_it_waits_for_another_one_which_is_setting_up(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    with (checkout / ".venv.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        waiting = subprocess.Popen(
            [sys.executable, checkout / "run", "serve"],
            env={"PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert waiting.stderr is not None
        assert select.select([waiting.stderr], [], [], 60)[0], "it waits without a word"
        assert waiting.stderr.readline() == "./run: waiting for another ./run, which is setting up .venv\n"
    assert "started: -P -m api serve" in waiting.communicate(timeout=60)[0]


def test_uv_trusts_the_certificates_of_the_system(checkout: Path, tmp_path: Path) -> None:
    start(checkout / "run", path=with_uv(tmp_path / "bin"))
    assert set((tmp_path / "bin.settings").read_text().splitlines()) == {"certificates: true true"}


def test_pip_is_tried_when_uv_fails_and_one_last_line_names_the_ways_out(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", uv="#!/bin/sh\nexit 3\n", base=WITHOUT_INDEX))
    run = script(checkout / "run")
    monkeypatch.setattr(run, "BASE", str(tmp_path / "bin" / "base"))
    with pytest.raises(SystemExit) as stopped:
        run.main(["demo"])
    lines = capfd.readouterr().err.splitlines()
    assert lines == [
        "./run: setting up .venv: 1 packages of requirements.lock (only this once, about a minute)",
        "./run: uv failed (exit code 3)",
        "./run: pip failed (exit code 1)",
        f"./run: the pip of {run.BASE} failed (exit code 1)",
    ]
    assert_names_three_ways_out(str(stopped.value))
    assert not (checkout / ".venv" / "requirements.lock.installed").exists()


def test_who_has_neither_pip_nor_uv_is_told_three_ways_out(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = script(checkout / "run")
    monkeypatch.setattr(run, "has", lambda _modules: False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with pytest.raises(SystemExit) as stopped:
        run.main(["demo"])
    assert_names_three_ways_out(str(stopped.value))
    assert len(capsys.readouterr().err.splitlines()) == 1


def assert_names_three_ways_out(line: str) -> None:
    assert line.startswith("./run: requirements.lock could not be installed; ")
    assert all(way in line for way in ("`apt install python3-venv`", "install uv", "`python3.13 run demo`"))


def test_pip_s_lines_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [*(f"Collecting p{number}==1\n" for number in range(23)), "  Using cached p.whl\n", "Ignoring c: markers\n"]
    script(ROOT / "run").show_progress([*lines, "Installing collected packages: p\n"], 24)
    assert capsys.readouterr().err.splitlines() == [
        "./run: 10 of 24 packages fetched",
        "./run: 20 of 24 packages fetched",
        "./run: 24 of 24 packages fetched; installing them",
    ]


def test_every_python_before_3_11_can_read_the_script() -> None:
    assert ast.parse((ROOT / "run").read_text(encoding="utf-8"), feature_version=(3, 7)).body
