"""`erasure request`, `verify`, `approve`, `refuse`, `withdraw`, `hold` and `release`."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from pydantic import ValidationError

from api.cli.customer.recording import Who, acting, record
from api.cli.options import DEFAULT_TENANT, Data, Tenant
from api.cli.printing import say
from api.cli.tenant_database import connected, open_existing
from api.cli.usage_error import UsageError
from api.erasing.opened import key_store_of
from api.erasing.retained import retained_of_customer
from domain.erasure import commands as c
from domain.erasure.state import erasure_stream
from domain.event_log.roles import DESK
from domain.messages import Command

Customer = Annotated[UUID, typer.Argument(help="The customer; of several that were merged, the survivor.")]
Why = Annotated[str, typer.Option("--why", help="Why; write no personal data.")]
Hold = Annotated[str, typer.Option("--hold", help="The name of the hold, such as a case number.")]


def request(
    customer: Customer,
    basis: Annotated[str, typer.Option(help="The article of the law, or the ground that the person names.")],
    through: Annotated[str, typer.Option(help="How the request came in, such as email.")],
    law: Annotated[
        c.Law, typer.Option(help="The law that sets the deadlines: Vietnam's Law 91/2025/QH15, or the EU's GDPR.")
    ] = "vn-91-2025",
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Record that a person asks for erasure."""
    fields = {"customer_id": str(customer), "law": law, "legal_basis": basis, "through": through}
    _give(customer, c.RequestErasure, fields, actor, data, tenant, "The request is recorded. Next: erasure verify.")


def verify(
    customer: Customer,
    how: Annotated[str, typer.Option(help="How the identity of the person was shown.")],
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Record how the identity of the person was verified."""
    said = "The identity is verified. Next: erasure approve, by another person."
    _give(customer, c.VerifyErasure, {"how": how}, actor, data, tenant, said)


def approve(
    customer: Customer,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Approve an erasure, as another person.

    That is another one than the requester and the verifier. It is refused while a legal hold or a retention rule keeps
    the data, or while the tenant is not encrypted.
    """
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        key_store_of(connection, tenant)
        kept = retained_of_customer(connection, tenant, customer)
    fields = {"customer_id": str(customer), "retained": kept}
    _give(customer, c.ApproveErasure, fields, actor, data, tenant, "The erasure is approved. Next: erasure run.")


def refuse(customer: Customer, why: Why, actor: Who = None, data: Data = None, tenant: Tenant = DEFAULT_TENANT) -> None:
    """Refuse a request for erasure."""
    _give(customer, c.RefuseErasure, {"why": why}, actor, data, tenant, "The request is refused.")


def withdraw(
    customer: Customer, why: Why, actor: Who = None, data: Data = None, tenant: Tenant = DEFAULT_TENANT
) -> None:
    """Record that the person takes the request back."""
    _give(customer, c.WithdrawErasure, {"why": why}, actor, data, tenant, "The request is withdrawn.")


def hold(
    customer: Customer,
    hold: Hold,
    why: Why,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day of the hold.")] = None,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Place a legal hold, which forbids erasure."""
    fields = {"customer_id": str(customer), "hold": hold, "why": why, "until": until and until.date()}
    _give(customer, c.PlaceLegalHold, fields, actor, data, tenant, f"The hold {hold} is placed.")


def release(
    customer: Customer,
    hold: Hold,
    why: Why,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Release a legal hold."""
    said = f"The hold {hold} is released."
    _give(customer, c.ReleaseLegalHold, {"hold": hold, "why": why}, actor, data, tenant, said)


def _give(
    customer: UUID,
    command: type[Command],
    fields: dict[str, Any],
    actor: str | None,
    data: Data,
    tenant: str,
    said: str,
) -> None:
    """Gives a command to the erasure of a customer. Raises UsageError, Refusal."""
    try:
        given = command.model_validate(fields)
    except ValidationError as error:
        problem = error.errors()[0]
        raise UsageError(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}.") from None
    with open_existing(data, tenant, DESK) as dsn:
        record(dsn, tenant, [(erasure_stream(customer), given)], acting(actor))
    say(said)
