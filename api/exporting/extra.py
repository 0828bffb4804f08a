"""The packages that only some formats need: the extra ``export``."""

from importlib import import_module
from typing import Any

from api.exporting.snapshot import ExportRefused


def extra_package(name: str) -> Any:
    """The package of that name. Raises ExportRefused when the extra is not installed."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise ExportRefused(
            f"This format needs {name}, which is not installed: pip install 'ticketledger[export]'."
        ) from None
