"""`notification resend`: a notification that failed, is uncertain or was left out is sent again."""

from typing import Annotated
from uuid import UUID

import typer

from api.cli.options import DEFAULT_TENANT, Data, Tenant
from api.cli.printing import say
from api.cli.recording import Who, Why, person, record
from api.cli.tenant_database import open_existing
from domain.event_log.roles import DESK
from domain.notification.commands import RequestResend

_TRIED = "It will be tried again: consent, address, hours and switches are checked first."


def resend(
    notification: Annotated[UUID, typer.Argument(help="The id of a notification; `notification dead` lists them.")],
    reason: Why,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Have a notification sent again."""
    by, why = person(actor, reason)
    with open_existing(data, tenant, DESK) as dsn:
        (result,) = record(dsn, tenant, [(notification, RequestResend(reason=why))], by)
    say(_TRIED if result.answer.events else "It waits already.")
