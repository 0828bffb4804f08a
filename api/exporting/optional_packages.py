"""The packages that only some formats need: the extra ``export``."""

from importlib import import_module
from typing import Any

from domain.errors import LedgerError


class ExtraMissing(LedgerError):  # noqa: N818 -- names the state of things
    """The extra is not installed; the message says how to install it."""

    kind = "not_installed"

    @property
    def detail(self) -> str:
        return "this server has no package for that format: it needs the extra `export`"


def extra_package(name: str) -> Any:
    """The package of that name. Raises ExtraMissing."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise ExtraMissing(
            f"This format needs {name}, which is not installed: pip install 'ticketledger[export]'."
        ) from None
