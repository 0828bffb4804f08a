"""Local days in views: by the zone of the tenant's settings that are in effect when the view is read."""

from psycopg import sql

from domain.definitions.settings import SETTINGS
from domain.tenant_settings import TenantSettings
from domain.zones import zone_named
from projections.reporting.local_offsets import offsets_of
from projections.reporting.sources import piece

_BUILT_IN = SETTINGS.built_in or TenantSettings()


def local_day_in_view(instant: str) -> str:
    """The local day of an SQL expression, with the schema and the names of ``built_in_offsets``."""
    return piece("local day", instant=instant, in_effect=piece("in effect"))


def zone() -> str:
    """The name of that zone."""
    return piece("zone", in_effect=piece("in effect"), built_in=_BUILT_IN.zone)


def built_in_offsets() -> dict[str, sql.Composable]:
    """The offsets of the built-in settings as literals, and the instants from which they hold."""
    offsets = offsets_of(zone_named(_BUILT_IN.zone))
    return {
        "seconds": sql.Literal([offset.seconds for offset in offsets]),
        "begins": sql.Literal([offset.begins_at for offset in offsets]),
    }
