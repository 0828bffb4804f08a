"""The commands to customers."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.customer import commands as c

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
    ),
)
