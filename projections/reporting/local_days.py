"""Local days in views: by the zone of the tenant's settings that are in effect when the view is read."""

from typing import LiteralString

from domain.definitions.kinds import SETTINGS
from domain.tenant_settings import TenantSettings
from domain.zones import zone_named
from projections.reporting.local_offsets import offsets_of

_BUILT_IN = SETTINGS.built_in or TenantSettings()
_IN_EFFECT = """
effective_from = (select max(effective_from) from {schema}.local_offsets where effective_from <= now())
"""


def local_day(instant: LiteralString) -> LiteralString:
    """The local day of an SQL expression, with ``{schema}`` for the schema of the tables.

    The offsets of published settings are rows. Those of the built-in settings stand in the expression.
    """
    offsets = offsets_of(zone_named(_BUILT_IN.zone))
    begins = ", ".join(f"'{offset.begins_at.isoformat()}'" for offset in offsets)
    seconds = ", ".join(str(offset.seconds) for offset in offsets)
    return f"""
        ({instant} at time zone 'UTC' + make_interval(secs => coalesce(
            (
                select seconds from {{schema}}.local_offsets
                where {_IN_EFFECT} and begins_at <= {instant} order by begins_at desc limit 1
            ),
            (array[{seconds}])[width_bucket({instant}, array[{begins}]::timestamptz[])]
        )))::date
    """


def zone() -> LiteralString:
    """The name of that zone."""
    return f"coalesce((select min(zone) from {{schema}}.local_offsets where {_IN_EFFECT}), '{_BUILT_IN.zone}')"
