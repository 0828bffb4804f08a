"""Every action of the screen.

A new one is a row, with its words in ``words/actions.py``.
"""

from api.screen.actions.action import Action
from api.screen.actions.of_automation import OF_AUTOMATION
from api.screen.actions.of_customers import OF_CUSTOMERS
from api.screen.actions.of_erasures import OF_ERASURES
from api.screen.actions.of_procedures import OF_PROCEDURES
from api.screen.actions.of_tasks import OF_TASKS
from api.screen.actions.of_tickets import OF_TICKETS

ACTIONS: tuple[Action, ...] = (
    *OF_TICKETS,
    *OF_TASKS,
    *OF_CUSTOMERS,
    *OF_ERASURES,
    *OF_PROCEDURES,
    *OF_AUTOMATION,
)
