"""What ends the open work on a stream before it is closed, since nobody can end it afterwards."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.messages import Command
from domain.notification.sending import SuppressNotification
from domain.procedure.commands import AbandonProcedure
from domain.task.commands import CancelTask
from domain.ticket.commands import CancelTicket

WHY = "the personal data of the customer is erased"
ENDINGS: Mapping[str, Command] = MappingProxyType(
    {
        "ticket": CancelTicket(reason=WHY),
        "task": CancelTask(reason=WHY),
        "procedure": AbandonProcedure(reason=WHY),
        "notification": SuppressNotification(why="recipient_unknown"),
    }
)
"""What ends open work, by the kind of its stream. The command is refused where nothing is open."""
