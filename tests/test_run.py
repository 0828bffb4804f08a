"""The script a newcomer starts with."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Stands in for a Python: makes an "environment" whose Python says how it was called.
PROGRAM = """#!/bin/sh
echo "started: $*"
echo "from: $PWD"
echo "modules: $PYTHONPATH"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The script and the locks alone, in a folder with spaces."""
    folder = tmp_path / "a folder of mine"
    folder.mkdir()
    shutil.copy(ROOT / "run", folder)
    (folder / "requirements.lock").write_text("runs==1\n")
    (folder / "requirements-dev.lock").write_text("develops==1\n")
    return folder


def start(
    script: Path, *words: str, cwd: Path | None = None, path: str = "/usr/bin:/bin"
) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"PATH": path}
    return subprocess.run(
        [sys.executable, script, *words], cwd=cwd, env=environ, capture_output=True, text=True, timeout=120, check=False
    )


def programs(folder: Path, **scripts: str) -> str:
    """A PATH on which only these programs stand before those of the system."""
    folder.mkdir()
    for name, script in scripts.items():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def with_uv(folder: Path) -> str:
    """A uv that makes an environment of one program, and writes down what it was asked for."""
    make = f"""#!/bin/sh
echo "$*" >> "{folder}.calls"
for last in "$@"; do :; done
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


def test_tests_and_benchmarks_are_started_in_the_checkout(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    suite = start(checkout / "run", "test", "-k", "one", cwd=tmp_path, path=path).stdout
    assert "started: -P -m pytest -k one" in suite
    assert f"from: {checkout}\n" in suite
    assert "started: -P -m benchmarks --quick" in start(checkout / "run", "bench", "--quick", path=path).stdout


def test_two_first_starts_at_once_install_once(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    both = [
        subprocess.Popen([sys.executable, checkout / "run", "serve"], env={"PATH": path}, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    assert all(b"started: -P -m api serve" in process.communicate(timeout=60)[0] for process in both)
    assert (tmp_path / "bin.calls").read_text().count("venv ") == 1


def test_a_failed_installation_is_one_sentence_and_is_not_believed(checkout: Path, tmp_path: Path) -> None:
    (checkout / "requirements.lock").write_text("no-hash==1.0\n")
    failed = start(checkout / "run", "demo", path=programs(tmp_path / "bin", uv="#!/bin/sh\nexit 3\n"))
    assert failed.returncode != 0
    assert failed.stderr.splitlines()[-1].startswith("./run: ")
    assert "Traceback" not in failed.stderr
    assert not (checkout / ".venv" / "requirements.lock.installed").exists()


def test_every_python_before_3_11_can_read_the_script() -> None:
    assert ast.parse((ROOT / "run").read_text(encoding="utf-8"), feature_version=(3, 7)).body
