"""The commands to contracts."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.contract import commands as c

CONTRACTS = Collection(
    "contracts",
    "contract_id",
    "customers:write",
    (
        CommandEndpoint(
            "",
            c.SignContract,
            "Sign a contract with a customer",
            {
                "number": "HĐ-2026-031",
                "customer_id": "01890a5d-ac96-774b-bcce-b302099a8057",
                "starts_on": "2026-01-01",
                "ends_on": "2026-12-31",
                "value": 120_000_000,
                "currency": "VND",
                "owner": "lan",
            },
        ),
        CommandEndpoint(
            "amend", c.AmendContract, "Amend the present term", {"value": 132_000_000, "reason": "ten more seats"}
        ),
        CommandEndpoint(
            "record-progress",
            c.RecordProgress,
            "Record a milestone, planned or done",
            {"milestone": "go-live", "done": True},
        ),
        CommandEndpoint("renew", c.RenewContract, "Renew for another term", {"months": 12, "term": 2}),
        CommandEndpoint(
            "terminate", c.TerminateContract, "Terminate", {"on": "2026-06-30", "reason": "the customer closes down"}
        ),
    ),
)
