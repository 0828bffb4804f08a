"""The error of a person who gave words or input that cannot be used."""

from domain.errors import LedgerError


class UsageError(LedgerError):
    """The words of a command cannot be used; the message says how to mend them."""

    kind = "malformed"
