"""Published settings of a tenant."""

from datetime import UTC, datetime

from domain.definitions.events import DefinitionPublished
from domain.definitions.state import definition_stream
from domain.envelope import RecordedEvent
from domain.tenant_settings import TenantSettings
from tests.support.events import at, history

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def settings_published(*zones: tuple[datetime, str]) -> list[RecordedEvent]:
    """The settings with one version for each zone, effective from an instant."""
    return history(
        *(
            at(
                number,
                DefinitionPublished(
                    kind="settings",
                    name="tenant",
                    version=number,
                    effective_from=effective_from,
                    body=TenantSettings(zone=zone).model_dump(mode="json"),
                ),
            )
            for number, (effective_from, zone) in enumerate(zones, start=1)
        ),
        ticket=definition_stream("settings"),
    )
