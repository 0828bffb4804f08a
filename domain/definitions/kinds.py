"""Every kind of definitions. A new kind is a model of its body, one of its examples, and a line here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.customer.identity_rules import IdentityExample, IdentityRules
from domain.definitions.kind import DefinitionKind
from domain.tenant_settings import SettingsExample, TenantSettings

SETTINGS = DefinitionKind("settings", TenantSettings, SettingsExample, TenantSettings(), tenant_wide=True)
IDENTITY = DefinitionKind("identity", IdentityRules, IdentityExample, IdentityRules(), tenant_wide=True)

KINDS: Mapping[str, DefinitionKind[Any]] = MappingProxyType({kind.name: kind for kind in (SETTINGS, IDENTITY)})
"""By name."""


def kind_named(name: str) -> DefinitionKind[Any]:
    """The kind of a name. Raises ValueError, which names the kinds."""
    if name not in KINDS:
        raise ValueError(f"there is no kind of definitions {name!r}: choose one of {', '.join(KINDS)}")
    return KINDS[name]
