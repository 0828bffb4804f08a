"""Time zones from the pinned `tzdata` package, so that a log gives the same verdicts on every machine.

Every other module gets its zones here. The zone files of the host, PYTHONTZPATH and TZ have no effect.
"""

from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

TZDATA = f"tzdata {version('tzdata')}"
"""The package of the zones, with its version."""


class TimeZone(ZoneInfo):
    """A zone of the `tzdata` package. `zone_named` makes one; the constructor would read the files of the host."""

    def __reduce__(self) -> tuple[Callable[[str], Self], tuple[str]]:
        """A copy, or what another process unpickles, is the zone of the same name."""
        return zone_named, (self.key,)  # type: ignore[return-value]  # it gives the only subclass there is


class UnknownZone(ValueError):  # noqa: N818 -- the name says what was given
    """The `tzdata` package has no zone of this name; ``meant`` suggests others."""

    def __init__(self, name: str, meant: str) -> None:
        super().__init__(f"unknown time zone {name!r}: write an IANA name, for example {meant}")
        self.meant = meant


@cache
def zone_names() -> frozenset[str]:
    """The IANA names of all zones, old names included."""
    names = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return frozenset(names) - {"Factory"}


def zone_named(name: str) -> TimeZone:
    """The zone of an IANA name, the same object each time. Raises UnknownZone."""
    if name not in zone_names():
        from domain.zone_suggestions import suggestions  # noqa: PLC0415 -- needed only where a name is wrong

        raise UnknownZone(name, ", ".join(suggestions(name)))
    return _read(name)


@cache
def _read(name: str) -> TimeZone:
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return TimeZone.from_file(file, key=name)


UTC_ZONE = zone_named("UTC")


def _known(name: str) -> str:
    return zone_named(name).key


ZoneName = Annotated[str, AfterValidator(_known)]
"""The IANA name of a time zone."""
