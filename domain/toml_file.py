"""A TOML file that people write: its content as a model, or the problems that it has, each with its line."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple, Protocol, TypeVar

from pydantic import ValidationError

from domain.errors import Reason, message_of
from domain.messages import Message
from domain.text_by_language import TitleByLanguage
from domain.toml_text import KeyPath, TomlLines, TooMuchTOML, read_toml
from domain.validation_errors import errors_of

MOST_PROBLEMS = 20
"""The problems of one refusal."""

_TOML_LINE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


class FileProblem(NamedTuple):
    """A line of the file, from 1, and the problem there: where in its tables, and what is wrong."""

    line: int
    where: str
    wrong: Reason

    @property
    def reason(self) -> str:
        """Both as one sentence."""
        return f"{self.where}{self.wrong}"


class FileRefused(Exception):  # noqa: N818 -- the name says what happened
    """The file cannot be used; ``problems`` give lines and reasons."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__("; ".join(f"line {problem.line}: {problem.reason}" for problem in problems))
        self.problems = problems


class ExampleResult(NamedTuple):
    """A worked example, its line in the file, and where the answers differ from it; without differences it holds."""

    example: TitleByLanguage | str
    line: int
    differences: list[str]


class WorkedExample(Protocol):
    """An example in a file: it is given, and the answer that is expected of what the file defines."""

    @property
    def name(self) -> TitleByLanguage | str: ...

    def differences(self, defined: Any, /) -> list[str]:
        """Sentences that say where the answers differ from the expected ones."""


def check_examples(examples: Iterable[WorkedExample], defined: Any, text: str) -> list[ExampleResult]:
    """The result of every example of a file against what the file defines; ``text`` is the text of the file."""
    lines = TomlLines(text)
    return [
        ExampleResult(example.name, lines.line_of(("examples", number)), example.differences(defined))
        for number, example in enumerate(examples)
    ]


Content = TypeVar("Content", bound=Message)


def read_file(text: str, model: type[Content]) -> Content:
    """The content of a text. Raises FileRefused."""
    try:
        return model.model_validate(read_toml(text))
    except TooMuchTOML as error:
        raise FileRefused([FileProblem(1, "", Reason(str(error), "too_much_toml"))]) from None
    except tomllib.TOMLDecodeError as error:
        match = _TOML_LINE.search(str(error))
        line = int(match[1]) if match and match[1] else len(text.split("\n"))
        raise FileRefused([FileProblem(line, "", Reason(_TOML_LINE.sub("", str(error)), "no_toml"))]) from None
    except ValidationError as error:
        raise refused(text, [(tuple(e["loc"]), message_of(e)) for e in errors_of(error)]) from None


def refused(text: str, wrong: Iterable[tuple[KeyPath, str]]) -> FileRefused:
    """The refusal of a text by the first MOST_PROBLEMS of its problems, each with the path to it.

    A reason that several days of one range have appears once.
    """
    reasons: dict[str, KeyPath] = {}
    for path, message in wrong:
        reasons.setdefault(message, path)
    lines, first = TomlLines(text), islice(reasons.items(), MOST_PROBLEMS)
    return FileRefused(sorted(problem_at(lines, path, reason) for reason, path in first))


def problem_at(lines: TomlLines, path: KeyPath, reason: str) -> FileProblem:
    """A problem at a path, with the line of that path."""
    return FileProblem(lines.line_of(path), _path_text(path), reason if isinstance(reason, Reason) else Reason(reason))


def _path_text(path: KeyPath) -> str:
    return "".join(f" {part + 1}" if isinstance(part, int) else f", {part}" for part in path).lstrip(", ") + ": "
