"""The error of a person who gave words or input that cannot be used."""

from domain.errors import LedgerError


class UsageError(LedgerError):
    """The words of a command cannot be used; the message says how to mend them.

    ``vietnamese`` says the same, where agents and managers use the command.
    """

    kind = "malformed"

    def __init__(self, sentence: str, vietnamese: str | None = None) -> None:
        super().__init__(sentence)
        self.vietnamese = vietnamese
