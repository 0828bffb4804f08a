"""Local days in views: by the zone of the tenant's settings that are in effect when the view is read."""

from typing import LiteralString

from psycopg import sql

from domain.definitions.settings import SETTINGS
from domain.tenant_settings import TenantSettings
from domain.zones import zone_named
from projections.reporting.local_offsets import offsets_of

_BUILT_IN = SETTINGS.built_in or TenantSettings()
_IN_EFFECT = """
effective_from = (select max(effective_from) from {schema}.local_offsets where effective_from <= now())
"""


def local_day(instant: LiteralString) -> LiteralString:
    """The local day of an SQL expression, with ``{schema}`` and the names of ``built_in_offsets``.

    The offsets of published settings are rows. Those of the built-in settings stand in the statement.
    """
    return f"""
        ({instant} at time zone 'UTC' + make_interval(secs => coalesce(
            (
                select seconds from {{schema}}.local_offsets
                where {_IN_EFFECT} and begins_at <= {instant} order by begins_at desc limit 1
            ),
            ({{seconds}}::int[])[width_bucket({instant}, {{begins}}::timestamptz[])]
        )))::date
    """


def zone() -> LiteralString:
    """The name of that zone."""
    return f"coalesce((select min(zone) from {{schema}}.local_offsets where {_IN_EFFECT}), '{_BUILT_IN.zone}')"


def built_in_offsets() -> dict[str, sql.Composable]:
    """The offsets of the built-in settings as literals, and the instants from which they hold."""
    offsets = offsets_of(zone_named(_BUILT_IN.zone))
    return {
        "seconds": sql.Literal([offset.seconds for offset in offsets]),
        "begins": sql.Literal([offset.begins_at for offset in offsets]),
    }
