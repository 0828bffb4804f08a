"""The settings of a tenant as a kind of definitions, which programs read without the other kinds."""

from collections.abc import Sequence
from datetime import datetime

from domain.definitions.kind import DefinitionKind
from domain.definitions.published import definition_in_effect
from domain.envelope import RecordedEvent
from domain.tenant_settings import SettingsExample, TenantSettings

SETTINGS = DefinitionKind("settings", TenantSettings, SettingsExample, TenantSettings(), tenant_wide=True)


def settings_in_effect(definitions: Sequence[RecordedEvent], at: datetime) -> TenantSettings:
    """The settings in effect at an instant, among some published definitions; else the built-in ones."""
    return definition_in_effect(definitions, SETTINGS, at).body
