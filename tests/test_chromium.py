"""Where the page tests get a Chromium, and what happens when there is none or it does not start."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.support.page_tests.chromium import Chromium, DoesNotStart, chromium_of, downloaded, launched, reason_of
from tests.support.page_tests.left_out import HOW_TO_GET_IT, leave_out, left_out

ROOT = Path(__file__).resolve().parents[1]


def no_download() -> str | None:
    raise AssertionError("nothing is downloaded")


def programs(*names: str) -> Callable[[str], str | None]:
    return lambda name: f"/usr/bin/{name}" if name in names else None


@pytest.mark.parametrize(
    ("environ", "there", "brought", "path"),
    [
        ({"CHROMIUM": "mine"}, ("mine", "chromium"), "/own", "/usr/bin/mine"),
        ({}, ("google-chrome", "chromium"), "/own", "/usr/bin/chromium"),
        ({}, ("chromium", "chromium-headless-shell"), "/own", "/usr/bin/chromium-headless-shell"),
        ({"CHROMIUM": ""}, ("google-chrome",), "/own", "/usr/bin/google-chrome"),
        ({}, (), "/own", "/own"),
    ],
)
def test_the_named_one_comes_first_then_the_path_then_playwright_s(
    environ: Mapping[str, str], there: tuple[str, ...], brought: str, path: str
) -> None:
    assert chromium_of(environ, programs(*there), lambda: brought, no_download) == Chromium(path)


def test_a_named_one_that_is_no_program_is_told_and_not_replaced() -> None:
    path = chromium_of({"CHROMIUM": "/gone"}, programs("chromium"), lambda: "/own", no_download)
    assert path == Chromium(None, "CHROMIUM=/gone is no program")


def test_without_one_playwright_s_is_downloaded() -> None:
    brought: list[str] = []

    def download() -> str | None:
        brought.append("/own")
        return None

    path = chromium_of({}, programs(), lambda: brought[0] if brought else None, download)
    assert path == Chromium("/own")


def test_a_download_that_fails_gives_its_reason() -> None:
    path = chromium_of({}, programs(), lambda: None, lambda: "no way out")
    assert path == Chromium(None, "none on the PATH, and playwright's download failed: no way out")


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("print('done')", None),
        ("print('Downloading'); print('Error: getaddrinfo ENOTFOUND\\n'); exit(1)", "Error: getaddrinfo ENOTFOUND"),
        ("exit(3)", "exit code 3"),
    ],
)
def test_the_last_line_of_a_failed_download_is_its_reason(program: str, reason: str | None) -> None:
    assert downloaded([sys.executable, "-c", program]) == reason


def test_a_download_does_not_take_for_ever() -> None:
    command = [sys.executable, "-c", "import signal; signal.pause()"]
    assert downloaded(command, 0.1) == "it took longer than 0.1 seconds"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A Chromium that writes how it was called, and does not start."""
    path = tmp_path / "chromium"
    path.write_text(
        '#!/bin/sh\ncase " $* " in *" --no-sandbox "*) way=without;; *) way=with;; esac\n'
        'echo "first" >&2; echo "No usable sandbox! I was called $way --no-sandbox" >&2; exit 1\n'
    )
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(("as_root", "way"), [(True, "without"), (False, "with")])
def test_one_that_does_not_start_is_told_with_its_reason_and_only_root_goes_without_a_sandbox(
    program: Path, as_root: bool, way: str
) -> None:
    with sync_playwright() as playwright, pytest.raises(DoesNotStart) as failure:
        launched(playwright, str(program), as_root=as_root)
    assert str(failure.value) == f"{program} does not start: first / No usable sandbox! I was called {way} --no-sandbox"


def test_without_words_of_the_browser_the_reason_is_playwright_s() -> None:
    assert reason_of("Failed to launch\nCall log:\n  - <launched> pid=1") == "Failed to launch"


def test_a_page_test_without_a_browser_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"no Chromium for the page tests \(why\)\. Get one with `apt"):
        leave_out("why")


def test_with_ci_true_a_page_test_without_a_browser_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"no Chromium for the page tests \(why\)"):
        leave_out("why")


def test_the_run_names_the_files_of_the_page_tests_that_it_leaves_out() -> None:
    def skipped(name: str, why: str) -> pytest.TestReport:
        report = ("conftest.py", 1, f"Skipped: {why}")
        return pytest.TestReport(name, ("f", 1, name), {}, "skipped", report, "setup")

    why = "no Chromium for the page tests (none on the PATH)"
    reports = [skipped("a/test_x.py::test_1", why), skipped("a/test_y.py::test_2", why)]
    reports += [skipped("a/test_x.py::test_3", why), skipped("b.py::test_4", "of another kind")]
    assert left_out(reports) == [
        "left out, no Chromium for the page tests: 3",
        "     2 of a/test_x.py",
        "     1 of a/test_y.py",
        HOW_TO_GET_IT,
    ]
    assert left_out(reports[3:]) == []


@pytest.fixture
def path_of_ci(tmp_path: Path) -> Callable[..., str]:
    """Makes a PATH of stand-ins alone; each writes how it was called into the file ``calls``."""

    def path(user: int, *names: str, sudo: int = 1) -> str:
        folder = tmp_path / "bin"
        folder.mkdir()
        standins = dict.fromkeys(names, "exit 0") | {"id": f"echo {user}"}
        standins["sudo"] = f'[ {sudo} = 0 ] && shift && "$@"'
        for name, answer in standins.items():
            (folder / name).write_text(f'#!/bin/sh\necho "{name} $*" >> "{tmp_path}/calls"\n{answer}\n')
            (folder / name).chmod(0o755)
        (folder / "sh").symlink_to(str(shutil.which("sh")))
        (folder / "true").symlink_to(str(shutil.which("true")))
        return str(folder)

    return path


INSTALLING = ["apt-get update -qq", "apt-get install -y -qq --no-install-recommends chromium-headless-shell"]


@pytest.mark.parametrize(
    ("user", "programs", "sudo", "installs"),
    [
        (0, ("apt-get",), 1, INSTALLING),
        (1000, ("apt-get",), 0, INSTALLING),
        (1000, ("apt-get",), 1, []),
        (0, ("apt-get", "chromium"), 1, []),
        (0, (), 1, []),
    ],
    ids=["root", "sudo without a password", "no right", "it is there", "no apt-get"],
)
def test_ci_installs_debian_s_where_there_is_none_and_it_may(
    path_of_ci: Callable[..., str],
    tmp_path: Path,
    user: int,
    programs: tuple[str, ...],
    sudo: int,
    installs: list[str],
) -> None:
    environment = {"PATH": path_of_ci(user, *programs, sudo=sudo)}
    subprocess.run([ROOT / ".ci" / "chromium"], env=environment, check=True, timeout=60)
    calls = tmp_path / "calls"
    calls_made = calls.read_text().splitlines() if calls.exists() else []
    assert [line for line in calls_made if line.startswith("apt-get")] == installs
