"""The time zone that a parameter names."""

from api.http.problems import malformed
from domain.zones import TimeZone, UnknownZone, zone_named


def zone_in(name: str) -> TimeZone:
    """The zone of the parameter ``zone``. Raises Problem (malformed)."""
    try:
        return zone_named(name)
    except UnknownZone as error:
        raise malformed([{"loc": ("zone",), "msg": f"this is no IANA zone, such as {error.meant}"}]) from None
