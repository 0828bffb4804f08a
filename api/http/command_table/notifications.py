"""The commands to notifications."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.notification import commands as c

NOTIFICATIONS = Collection(
    "notifications",
    "notification_id",
    "customers:write",
    (
        CommandEndpoint(
            "resend",
            c.RequestResend,
            "Have a notification sent again that failed, is uncertain or was left out",
            {"reason": "the customer did not get it"},
        ),
        CommandEndpoint(
            "delivery",
            c.RecordDelivery,
            "Record what a provider says of a notification that it took",
            {"status": "bounced", "detail": "550 mailbox unavailable"},
        ),
    ),
)
