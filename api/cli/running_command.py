"""The command that this process runs: its words and the values of its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.readable import Language


@dataclass(slots=True)
class RunningCommand:
    """``words`` are those that name it, such as ``customer show``; ``rows`` is how many rows it gave, if counted.

    ``language`` is that of its answer, once it is known. ``journalled`` holds the tenants, actions and outcomes of its
    entries in the access journal.
    """

    words: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    rows: int | None = None
    language: Language | None = None
    journalled: set[tuple[str, str, str]] = field(default_factory=set)


_running = RunningCommand()


def begin_command(context: Any) -> None:
    """Notes the command of a context of the command line's library."""
    words, parent = [str(context.info_name)], context.parent
    while parent is not None and parent.parent is not None:  # the first context is that of the program
        words.insert(0, str(parent.info_name))
        parent = parent.parent
    _running.words, _running.parameters, _running.rows = " ".join(words), context.params, None
    _running.language = context.params.get("language")
    _running.journalled.clear()


def running_command() -> RunningCommand:
    """The command that runs; without words outside of the command line."""
    return _running


def name_subject(written: str, stream: UUID) -> None:
    """Notes the id that a parameter of the command names in another way."""
    _running.parameters = {name: stream if value == written else value for name, value in _running.parameters.items()}


def answer_in(language: Language) -> None:
    """Notes the language of the command's answer."""
    _running.language = language


def count_rows(rows: int) -> None:
    """Notes how many rows the command gives."""
    _running.rows = rows
