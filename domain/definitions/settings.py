"""The settings of a tenant as a kind of definitions, which programs read without the other kinds."""

from domain.definitions.kind import DefinitionKind
from domain.tenant_settings import SettingsExample, TenantSettings

SETTINGS = DefinitionKind("settings", TenantSettings, SettingsExample, TenantSettings(), tenant_wide=True)
