"""The commands about feedback."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.feedback import commands as c

FEEDBACK = Collection(
    "feedback",
    "feedback_id",
    "customers:write",
    (
        CommandEndpoint(
            "",
            c.NoteFeedback,
            "Note what a customer says on a theme",
            {
                "customer_id": "01890a5d-ac96-774b-bcce-b302099a8057",
                "theme": "delivery",
                "polarity": "negative",
                "quote": "Giao hàng chậm hai ngày",
            },
        ),
    ),
)
