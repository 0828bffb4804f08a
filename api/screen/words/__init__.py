"""The words of the screen in English and Vietnamese: one table, with a module for each page."""

from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from typing import Any

from api.screen.words.actions import ACTIONS
from api.screen.words.audit import ACCESS, AUDIT, AUDIT_EVENT, PROOFS
from api.screen.words.automation import AUTOMATION
from api.screen.words.common import COMMON
from api.screen.words.customer import CUSTOMER, CUSTOMER_HEALTH
from api.screen.words.customers import CUSTOMERS
from api.screen.words.desk import DESK
from api.screen.words.figure import FIGURE
from api.screen.words.figures import FIGURES
from api.screen.words.keys import KEYS
from api.screen.words.merging import MERGING
from api.screen.words.notifications import NOTIFICATION, NOTIFICATIONS
from api.screen.words.problem import PROBLEM
from api.screen.words.procedures import PROCEDURE, PROCEDURES
from api.screen.words.reports import REPORT, REPORT_CHANGES, REPORT_VERIFICATION, REPORTS
from api.screen.words.rules_page import RULE, RULES
from api.screen.words.sign_in import SIGN_IN
from api.screen.words.ticket import TICKET
from api.screen.words.tickets import TICKETS
from api.screen.words.timeline import TIMELINE
from api.screen.words.wall import WALL
from api.screen.words.work import WORK
from domain.readable import Language

Words = Mapping[str, tuple[str, str]]
"""Each key with its English and its Vietnamese text.

``{name}`` stands for a value, and ``{name:one|many}`` for one of two words: the first where the value is 1.
"""

_PAGES: Mapping[str, Words] = {
    "access": ACCESS,
    "actions": ACTIONS,
    "audit": AUDIT,
    "audit_event": AUDIT_EVENT,
    "automation": AUTOMATION,
    "customer": CUSTOMER,
    "customer_health": CUSTOMER_HEALTH,
    "customers": CUSTOMERS,
    "desk": DESK,
    "figure": FIGURE,
    "figures": FIGURES,
    "keys": KEYS,
    "merging": MERGING,
    "notification": NOTIFICATION,
    "notifications": NOTIFICATIONS,
    "problem": PROBLEM,
    "procedure": PROCEDURE,
    "procedures": PROCEDURES,
    "proofs": PROOFS,
    "report": REPORT,
    "report_changes": REPORT_CHANGES,
    "report_verification": REPORT_VERIFICATION,
    "reports": REPORTS,
    "rule": RULE,
    "rules": RULES,
    "sign_in": SIGN_IN,
    "ticket": TICKET,
    "tickets": TICKETS,
    "timeline": TIMELINE,
    "wall": WALL,
    "work": WORK,
}
WORDS: Words = MappingProxyType(
    {**COMMON, **{f"{page}.{key}": texts for page, words in _PAGES.items() for key, texts in words.items()}}
)
"""All words. Those of a page begin with its name and a point."""
_COLUMN: Mapping[Language, int] = {"en": 0, "vi": 1}


class _Plurals(Formatter):
    """Formats texts with ``{name:one|many}``."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        singular, divided, many = format_spec.partition("|")
        if not divided:
            return super().format_field(value, format_spec)
        return singular if str(value) == "1" else many


_PLURALS = _Plurals()


def word(key: str, language: Language, **values: object) -> str:
    """A text in a language, with its values filled in. Raises KeyError for an unknown key."""
    return _PLURALS.vformat(WORDS[key][_COLUMN[language]], (), values)
