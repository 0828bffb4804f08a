"""Every kind of definitions."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.automation.definition import AutomationRule
from domain.automation.worked_example import RuleExample
from domain.contact_rules.definition import ContactRules
from domain.contact_rules.worked_example import ContactExample
from domain.customer.identity_rules import IdentityExample, IdentityRules
from domain.customer_figures.activity import ActivityExample, ActivityRules
from domain.customer_figures.nps_wave import NpsWave, NpsWaveExample
from domain.customer_figures.upselling import UpsellingExample, UpsellingRules
from domain.definitions.kind import DefinitionKind
from domain.definitions.settings import SETTINGS
from domain.erasure.retention import RetentionExample, RetentionRules
from domain.health.definition import DEFAULT_HEALTH, HealthDefinition
from domain.health.worked_example import HealthExample
from domain.procedure.definition import ProcedureDefinition
from domain.procedure.worked_example import ProcedureExample
from domain.report_pack.built_in import BUILT_IN_PACKS
from domain.report_pack.definition import PackExample, ReportPack
from domain.routing.definition import Routing
from domain.routing.worked_example import RoutingExample
from domain.segment.definition import SegmentDefinition, SegmentExample
from domain.template.definition import Template
from domain.template.shipped_templates import ShippedTemplates
from domain.template.worked_example import TemplateExample
from domain.ticket.conversation.review import ReviewExample, ReviewRules
from domain.ticket.conversation.thanks import ThanksExample, ThanksRules
from domain.workforce.definition import Workforce
from domain.workforce.worked_example import WorkforceExample

IDENTITY = DefinitionKind("identity", IdentityRules, IdentityExample, IdentityRules(), tenant_wide=True)
HEALTH = DefinitionKind("health", HealthDefinition, HealthExample, DEFAULT_HEALTH, tenant_wide=True)
SEGMENT = DefinitionKind("segment", SegmentDefinition, SegmentExample)
NPS_WAVE = DefinitionKind("nps-wave", NpsWave, NpsWaveExample)
ACTIVITY = DefinitionKind("activity", ActivityRules, ActivityExample, ActivityRules(), tenant_wide=True)
UPSELLING = DefinitionKind("upselling", UpsellingRules, UpsellingExample, UpsellingRules(), tenant_wide=True)
WORKFORCE = DefinitionKind(
    "workforce",
    Workforce,
    WorkforceExample,
    Workforce(),
    tenant_wide=True,
    calendars=lambda workforce: workforce.calendars,
)
ROUTING = DefinitionKind("routing", Routing, RoutingExample, tenant_wide=True)
REPORT_PACK = DefinitionKind("report-pack", ReportPack, PackExample, shipped=BUILT_IN_PACKS)
AUTOMATION = DefinitionKind(
    "automation",
    AutomationRule,
    RuleExample,
    calendars=lambda rule: rule.calendars,
    texts=lambda rule: rule.texts,
    procedures=lambda rule: rule.procedures,
)
TEMPLATE = DefinitionKind("template", Template, TemplateExample, shipped=ShippedTemplates())
CONTACT_RULES = DefinitionKind("contact-rules", ContactRules, ContactExample, ContactRules(), tenant_wide=True)
PROCEDURE = DefinitionKind(
    "procedure",
    ProcedureDefinition,
    ProcedureExample,
    calendars=lambda procedure: procedure.calendars,
    texts=lambda procedure: procedure.texts,
)
REVIEW = DefinitionKind("review", ReviewRules, ReviewExample, ReviewRules(), tenant_wide=True)
THANKS = DefinitionKind("thanks", ThanksRules, ThanksExample, ThanksRules(), tenant_wide=True)
RETENTION = DefinitionKind("retention", RetentionRules, RetentionExample, RetentionRules(), tenant_wide=True)

_ALL: tuple[DefinitionKind[Any], ...] = (
    SETTINGS,
    IDENTITY,
    HEALTH,
    SEGMENT,
    NPS_WAVE,
    ACTIVITY,
    UPSELLING,
    WORKFORCE,
    REPORT_PACK,
    TEMPLATE,
    CONTACT_RULES,
    AUTOMATION,
    PROCEDURE,
    ROUTING,
    REVIEW,
    THANKS,
    RETENTION,
)
KINDS: Mapping[str, DefinitionKind[Any]] = MappingProxyType({kind.name: kind for kind in _ALL})
"""By name."""


def kind_named(name: str) -> DefinitionKind[Any]:
    """The kind of a name. Raises ValueError, which names the kinds."""
    if name not in KINDS:
        raise ValueError(f"there is no kind of definitions {name!r}: choose one of {', '.join(KINDS)}")
    return KINDS[name]
