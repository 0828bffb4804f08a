"""Extensions of other packages, loaded by their entry points."""

from importlib.metadata import entry_points
from typing import NamedTuple

from domain.errors import LedgerError


class Plugin(NamedTuple):
    """The ``name`` of an entry point with its distribution, and the object that it names."""

    name: str
    loaded: object


class PluginError(LedgerError):
    """An installed plug-in cannot be used; the message names it and says why."""

    kind = "unavailable"


def plugins(group: str) -> list[Plugin]:
    """The plug-ins of an entry point group, in the order of their names. Raises PluginError."""
    loaded = []
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        name = f"{entry.name} of {entry.dist.name if entry.dist else 'an unnamed distribution'}"
        try:
            loaded.append(Plugin(name, entry.load()))
        except Exception as error:
            raise PluginError(f"The plug-in {name} cannot be loaded: {error!r}.") from error
    return loaded
