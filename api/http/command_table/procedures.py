"""The commands to procedures.

The due watch and the reactor alone give those that it leaves out.
"""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.procedure import commands as c

PROCEDURES = Collection(
    "procedures",
    "procedure_id",
    "tickets:write",
    (
        CommandEndpoint(
            "",
            c.StartProcedure,
            "Start a published procedure for a ticket, a customer or a contract",
            {
                "procedure": "complaint",
                "subject": "01890a5d-ac96-774b-bcce-b302099a8057",
                "subject_kind": "ticket",
                "details": {"remedy": "hoàn tiền"},
            },
        ),
        CommandEndpoint(
            "complete-step",
            c.CompleteStep,
            "Complete an open step",
            {"step": "assess", "result": "gọi lại khách", "details": {"severity": "cao"}},
        ),
        CommandEndpoint(
            "answer-decision", c.AnswerDecision, "Answer an open decision", {"step": "decision", "answer": "accepted"}
        ),
        CommandEndpoint(
            "skip-step", c.SkipStep, "Skip an open step", {"step": "root-cause", "reason": "a known defect"}
        ),
        CommandEndpoint("abandon", c.AbandonProcedure, "Abandon the procedure", {"reason": "registered twice"}),
        CommandEndpoint("migrate", c.MigrateProcedure, "Go on by another version of the definition", {"version": 3}),
    ),
)
