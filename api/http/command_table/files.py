"""The commands to files."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.file import commands as c

FILES = Collection(
    "files",
    "file_id",
    "customers:write",
    (
        CommandEndpoint(
            "",
            c.AttachFile,
            "Attach a file to a ticket, a customer or a contract",
            {
                "of": "ticket",
                "stream": "01890a5d-ac96-774b-bcce-b302099a8058",
                "name": "hoa-don.pdf",
                "media_type": "application/pdf",
                "size": 48_211,
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "where": "s3://desk/2026/03/hoa-don.pdf",
            },
        ),
        CommandEndpoint(
            "record-scan", c.RecordScan, "Record the verdict of a scanner", {"verdict": "clean", "scanner": "clamav"}
        ),
        CommandEndpoint("withdraw", c.WithdrawFile, "Withdraw a file", {"reason": "sent by mistake"}),
    ),
)
