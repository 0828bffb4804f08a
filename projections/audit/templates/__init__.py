"""The sentence of each topic, in each language.

A placeholder is a field of the event's payload, or the actor.

``{field:yes|no}`` is one of two texts where the field is a flag.
"""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage
from projections.audit.templates.access import ACCESS
from projections.audit.templates.automation import AUTOMATION
from projections.audit.templates.availability import AVAILABILITY
from projections.audit.templates.claims import CLAIMS
from projections.audit.templates.contract import CONTRACT
from projections.audit.templates.customer import CUSTOMER
from projections.audit.templates.customer_facts import CUSTOMER_FACTS
from projections.audit.templates.erasure import ERASURE
from projections.audit.templates.notification import NOTIFICATION
from projections.audit.templates.procedure import PROCEDURE
from projections.audit.templates.report import REPORT
from projections.audit.templates.rules import RULES
from projections.audit.templates.sealing import SEALING
from projections.audit.templates.segment import SEGMENT
from projections.audit.templates.task import TASK
from projections.audit.templates.ticket import TICKET

TEMPLATES: Mapping[str, ByLanguage] = MappingProxyType(
    {
        **TICKET,
        **CUSTOMER,
        **CUSTOMER_FACTS,
        **CONTRACT,
        **RULES,
        **SEGMENT,
        **REPORT,
        **AUTOMATION,
        **NOTIFICATION,
        **TASK,
        **PROCEDURE,
        **AVAILABILITY,
        **ACCESS,
        **CLAIMS,
        **SEALING,
        **ERASURE,
    }
)
"""By topic."""
