"""The commands to customers."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.customer import commands as c

_OTHER = "01890a5d-ac96-774b-bcce-b302099a8059"
_PHONE = {"channel": "phone", "handle": "+84901234567"}

CUSTOMERS = Collection(
    "customers",
    "customer_id",
    "customers:write",
    (
        CommandEndpoint(
            "",
            c.RegisterCustomer,
            "Register a customer",
            {"name": "Nguyễn Thị Lan", "tier": "gold", "details": {"city": "Huế"}},
        ),
        CommandEndpoint(
            "change-details",
            c.ChangeCustomerDetails,
            "Change the name or further fields",
            {"name": "Nguyễn Thị Lan Anh", "details": {"city": "Huế"}},
        ),
        CommandEndpoint("add-address", c.AddAddress, "Add an address", _PHONE),
        CommandEndpoint("remove-address", c.RemoveAddress, "Remove an address", _PHONE),
        CommandEndpoint(
            "verify-address",
            c.VerifyAddress,
            "Record the proof that an address is theirs",
            {**_PHONE, "method": "code"},
        ),
        CommandEndpoint(
            "withdraw-address",
            c.WithdrawAddress,
            "Record that an address reaches them no longer",
            {**_PHONE, "method": "reassigned", "reason": "a stranger answered"},
        ),
        CommandEndpoint(
            "make-address-private", c.MakeAddressPrivate, "End the sharing of an address that is theirs alone", _PHONE
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
            "propose-match",
            c.ProposeMatch,
            "Propose that two customers are the same",
            {"other": _OTHER, "alike": ["phone"], "reason": "both gave this number"},
        ),
        CommandEndpoint(
            "accept-match",
            c.AcceptMatch,
            "Accept a proposed match: merge into the other customer",
            {"other": _OTHER, "reason": "called back, it is her"},
        ),
        CommandEndpoint(
            "refuse-match", c.RefuseMatch, "Refuse a match for good", {"other": _OTHER, "reason": "mother and daughter"}
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
