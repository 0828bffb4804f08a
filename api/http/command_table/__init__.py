"""Every command that can be sent over HTTP, with its address, its summary and an example.

Alerts are not among them: the SLA watch alone records them. Neither is what routing assigns, nor are verdict
corrections: the program computes them, and an operator starts corrections on the command line.
"""

from api.http.command_table.agents import AGENTS
from api.http.command_table.contracts import CONTRACTS
from api.http.command_table.customer_facts import CUSTOMER_FACTS
from api.http.command_table.customers import CUSTOMERS
from api.http.command_table.definitions import DEFINITIONS
from api.http.command_table.endpoint import Collection, CommandEndpoint
from api.http.command_table.erasures import ERASURE_DECISIONS, ERASURES
from api.http.command_table.feedback import FEEDBACK
from api.http.command_table.files import FILES
from api.http.command_table.notifications import NOTIFICATIONS
from api.http.command_table.procedures import PROCEDURES
from api.http.command_table.rules import RULES
from api.http.command_table.tasks import TASKS
from api.http.command_table.tickets import TICKETS

COLLECTIONS = (
    TICKETS,
    CUSTOMERS,
    CUSTOMER_FACTS,
    CONTRACTS,
    FEEDBACK,
    FILES,
    NOTIFICATIONS,
    PROCEDURES,
    TASKS,
    AGENTS,
    ERASURES,
    ERASURE_DECISIONS,
)
"""The commands to a stream that the address names; a command with an empty word begins a new one."""

PUBLISHED = (RULES, DEFINITIONS)
"""The commands that publish; the address names what is published."""

__all__ = ["COLLECTIONS", "PUBLISHED", "Collection", "CommandEndpoint"]
