"""TOML files as a person names them: a path, or the name of a shipped one."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from api.cli.usage_error import UsageError
from domain.toml_file import FileRefused
from domain.toml_text import LARGEST_FILE

Content = TypeVar("Content")


def read_named(name: Path, shipped: Path, parse: Callable[[str], Content], what: str) -> tuple[Content, str]:
    """A file and its text; one of the folder ``shipped`` is named without its suffix. ``what`` says what it holds.

    Raises UsageError, with every line that has a problem.
    """
    path = shipped / f"{name}.toml" if not name.exists() and re.fullmatch(r"[a-z-]+", str(name)) else name
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LARGEST_FILE + 1)
        return parse(text), text
    except FileRefused as refused:
        lines = [f"{name}:{problem.line}: {problem.reason}" for problem in refused.problems]
        raise UsageError(f"The {what} file cannot be used:\n" + "\n".join(lines)) from None
    except (OSError, UnicodeDecodeError) as error:
        names = ", ".join(sorted(file.stem for file in shipped.glob("*.toml")))
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        unread = f"Không có tệp {name}" if isinstance(error, FileNotFoundError) else f"Không đọc được {name} ({why})"
        raise UsageError(
            f"{name} cannot be read ({why}): name a TOML file, or one that ships: {names}.",
            f"{unread}: hãy ghi một tệp TOML, hoặc một tệp có sẵn: {names}.",
        ) from None
