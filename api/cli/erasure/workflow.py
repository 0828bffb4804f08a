"""`erasure request`, `verify`, `approve`, `refuse`, `withdraw`, `hold` and `release`."""

from datetime import datetime
from typing import Annotated

import typer

from api.cli.named_streams import CUSTOMER_IDS
from api.cli.recording import RecordOptions, checked
from api.cli.shared_options import options_of
from api.cli.tenant_database import tenant_connection
from api.erasing.retained import retained_of_customer
from api.erasing.tenant_keys import key_store_of
from domain.erasure import commands as c
from domain.erasure.state import erasure_stream
from domain.readable import ByLanguage

Customer = Annotated[
    str,
    typer.Argument(
        help="The customer, by the id or the last 12 digits of it; of several that were merged, the survivor."
    ),
]
Why = Annotated[str, typer.Option("--reason", "--why", help="Why; write no personal data.")]
Hold = Annotated[str, typer.Option("--hold", help="The name of the hold, such as a case number.")]


@options_of(RecordOptions)
def request(
    recording: RecordOptions,
    customer: Customer,
    basis: Annotated[str, typer.Option(help="The article of the law, or the ground that the person names.")],
    through: Annotated[str, typer.Option(help="How the request came in, such as email.")],
    law: Annotated[
        c.Law, typer.Option(help="The law that sets the deadlines: Vietnam's Law 91/2025/QH15, or the EU's GDPR.")
    ] = "vn-91-2025",
) -> None:
    """Record that a person asks for erasure."""
    who = recording.stream(CUSTOMER_IDS, customer)
    fields = {"customer_id": str(who), "law": law, "legal_basis": basis, "through": through}
    recording.give(
        erasure_stream(who),
        checked(c.RequestErasure, **fields),
        {
            "en": "The request is recorded. Next: erasure verify.",
            "vi": "Đã ghi nhận yêu cầu. Tiếp theo: erasure verify.",
        },
    )


@options_of(RecordOptions)
def verify(
    recording: RecordOptions,
    customer: Customer,
    how: Annotated[str, typer.Option(help="How the identity of the person was shown.")],
) -> None:
    """Record how the identity of the person was verified."""
    who = recording.stream(CUSTOMER_IDS, customer)
    words: ByLanguage = {
        "en": "The identity is verified. Next: erasure approve, by another person.",
        "vi": "Đã xác minh danh tính. Tiếp theo: erasure approve, do người khác thực hiện.",
    }
    recording.give(erasure_stream(who), checked(c.VerifyErasure, how=how), words)


@options_of(RecordOptions)
def approve(recording: RecordOptions, customer: Customer) -> None:
    """Approve an erasure, as another person.

    That is another one than the requester and the verifier. It is refused while a legal hold or a retention rule keeps
    the data, or while the tenant is not encrypted.
    """
    who = recording.stream(CUSTOMER_IDS, customer)
    with tenant_connection(recording.data, recording.tenant) as connection:
        key_store_of(connection, recording.tenant)
        kept = retained_of_customer(connection, recording.tenant, who)
    fields = {"customer_id": str(who), "retained": kept}
    recording.give(
        erasure_stream(who),
        checked(c.ApproveErasure, **fields),
        {"en": "The erasure is approved. Next: erasure run.", "vi": "Đã duyệt yêu cầu xóa. Tiếp theo: erasure run."},
    )


@options_of(RecordOptions)
def refuse(recording: RecordOptions, customer: Customer, why: Why) -> None:
    """Refuse a request for erasure."""
    who = recording.stream(CUSTOMER_IDS, customer)
    recording.give(
        erasure_stream(who),
        checked(c.RefuseErasure, why=why),
        {"en": "The request is refused.", "vi": "Đã từ chối yêu cầu."},
    )


@options_of(RecordOptions)
def withdraw(recording: RecordOptions, customer: Customer, why: Why) -> None:
    """Record that the person takes the request back."""
    who = recording.stream(CUSTOMER_IDS, customer)
    recording.give(
        erasure_stream(who),
        checked(c.WithdrawErasure, why=why),
        {"en": "The request is withdrawn.", "vi": "Yêu cầu đã được rút lại."},
    )


@options_of(RecordOptions)
def hold(
    recording: RecordOptions,
    customer: Customer,
    hold: Hold,
    why: Why,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day of the hold.")] = None,
) -> None:
    """Place a legal hold, which forbids erasure."""
    who = recording.stream(CUSTOMER_IDS, customer)
    fields = {"customer_id": str(who), "hold": hold, "why": why, "until": until and until.date()}
    recording.give(
        erasure_stream(who),
        checked(c.PlaceLegalHold, **fields),
        {"en": f"The hold {hold} is placed.", "vi": f"Đã đặt lệnh lưu giữ {hold}."},
    )


@options_of(RecordOptions)
def release(recording: RecordOptions, customer: Customer, hold: Hold, why: Why) -> None:
    """Release a legal hold."""
    who = recording.stream(CUSTOMER_IDS, customer)
    words: ByLanguage = {"en": f"The hold {hold} is released.", "vi": f"Đã gỡ lệnh lưu giữ {hold}."}
    recording.give(erasure_stream(who), checked(c.ReleaseLegalHold, hold=hold, why=why), words)
