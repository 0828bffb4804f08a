"""Before what cannot be undone a person is asked; without their yes nothing is done, and the exit code says so."""

from collections.abc import Callable

import pytest
import typer
from typer import Abort

from tests.support.command_line import Run


def declined(_question: str) -> bool:
    return False


def nobody_there(_question: str) -> bool:
    raise Abort


@pytest.mark.parametrize("answer", [declined, nobody_there])
def test_nothing_is_done_without_a_yes(
    run: Run, monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], bool]
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setattr(typer, "confirm", answer)
    answered = run("keystore", "rewrap")
    assert (answered.code, answered.out) == (2, "")
    assert "Nothing was done" in answered.err
