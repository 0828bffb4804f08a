"""The lines of a draft of a mapping. Doubtful ones are marked with "# ?"."""

from collections.abc import Callable, Sequence

MARK = "# ?"


class DraftLines:
    """Begins with the keys that say how the file is read.

    ``encoding`` is given when it was guessed, ``skip_lines`` when a title stands above the header. ``in_words`` says
    comments in the language of people.
    """

    def __init__(
        self, source: str, encoding: str | None = None, skip_lines: int = 0, in_words: Callable[[str], str] = str
    ) -> None:
        self._in_words = in_words
        self._lines: list[str] = []
        self.comment("A draft. Look at what is marked with a question mark, then try it with `import --check`.")
        self.key("source", source)
        if encoding is not None:
            self.key("encoding", encoding, "the file is not in UTF-8")
        if skip_lines:
            self.doubtful(f"skip_lines = {skip_lines}", "the next line names the columns")

    def comment(self, text: str, mark: str = "#") -> None:
        """A comment in a line of its own."""
        self.add(f"{mark} {self._in_words(text)}")

    def doubtful(self, line: str, doubt: str) -> None:
        """A line, and why it is not sure; nothing for one that is."""
        self.add(f"{line}  {MARK} {self._in_words(doubt)}" if doubt else line)

    def add(self, *lines: str) -> None:
        """Adds lines as they are."""
        self._lines += lines

    def section(self, name: str) -> None:
        """Begins a section."""
        self.add("", f"[{name}]")

    def key(self, key: str, value: str, doubt: str = "") -> None:
        """A key with a text, and why it is not sure."""
        self.doubtful(f"{key} = {quoted(value)}", doubt)

    def texts(self, key: str, values: Sequence[str]) -> None:
        """A key with several texts."""
        self.add(f"{key} = [{', '.join(map(quoted, values))}]")

    def text(self) -> str:
        """The mapping so far."""
        return "\n".join(self._lines) + "\n"


def quoted(text: str) -> str:
    """The text as a basic string of TOML."""
    escaped = "".join(
        f"\\u{ord(sign):04x}" if ord(sign) < 32 or ord(sign) == 127 else f"\\{sign}" if sign in '"\\' else sign  # noqa: PLR2004 -- control characters
        for sign in text
    )
    return f'"{escaped}"'
