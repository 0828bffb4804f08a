"""The commands to customers."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.customer import commands as c

_OTHER = "01890a5d-ac96-774b-bcce-b302099a8059"

CUSTOMERS = Collection(
    "customers",
    "customer_id",
    "customers:write",
    (
        CommandEndpoint("", c.RegisterCustomer, "Register a customer", {"name": "Nguyễn Thị Lan", "tier": "gold"}),
        CommandEndpoint("change-details", c.ChangeCustomerDetails, "Change the name", {"name": "Nguyễn Thị Lan Anh"}),
        CommandEndpoint("add-address", c.AddAddress, "Add an address", {"channel": "phone", "handle": "+84901234567"}),
        CommandEndpoint(
            "remove-address", c.RemoveAddress, "Remove an address", {"channel": "phone", "handle": "+84901234567"}
        ),
        CommandEndpoint("change-tier", c.ChangeTier, "Change the tier", {"tier": "platinum"}),
        CommandEndpoint(
            "join-organisation",
            c.JoinOrganisation,
            "Record a person's membership in an organisation, or change it",
            {"organisation": _OTHER, "role": "buyer", "main": True},
        ),
        CommandEndpoint(
            "leave-organisation", c.LeaveOrganisation, "End a membership in an organisation", {"organisation": _OTHER}
        ),
        CommandEndpoint(
            "merge",
            c.MergeCustomer,
            "Merge into another customer",
            {"into": _OTHER, "reason": "the same person with a new phone"},
        ),
        CommandEndpoint(
            "undo-merge", c.UndoCustomerMerge, "Undo a merge", {"into": _OTHER, "reason": "two persons after all"}
        ),
    ),
)
