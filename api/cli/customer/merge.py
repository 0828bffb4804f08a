"""`customer merge` and `customer undo-merge`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

import typer

from api.cli.locale import locale_of
from api.cli.options import DEFAULT_TENANT, AsJson, Data, Lang, Tenant, Zone
from api.cli.printing import local, say, show_json, show_table
from api.cli.recording import Who, Why, person, record
from api.cli.tenant_database import connected, open_existing
from domain.customer.commands import MergeCustomer, UndoCustomerMerge
from domain.event_log import reader
from domain.event_log.roles import DESK
from domain.readable import Language
from projections.customers.meanwhile import recorded_meanwhile

Source = Annotated[UUID, typer.Argument(help="The customer that ends.")]
_UNDONE: Mapping[Language, str] = MappingProxyType(
    {"en": "{customer} is taken out of {into} again.", "vi": "Đã tách {customer} khỏi {into}."}
)
_MEANWHILE: Mapping[Language, str] = MappingProxyType(
    {"en": "Recorded on the survivor meanwhile", "vi": "Ghi nhận ở khách hàng còn lại trong lúc đó"}
)
Into = Annotated[UUID, typer.Argument(help="The survivor.")]


def merge(
    customer: Source,
    into: Into,
    reason: Why,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Merge a customer into another.

    Nothing is copied, and the merge can be undone.
    """
    by, why = person(actor, reason)
    with open_existing(data, tenant, DESK) as dsn:
        ((answer, _),) = record(dsn, tenant, [(customer, MergeCustomer(into=into, reason=why))], by)
    say(f"{customer} is merged into {into}." if answer.events else f"{customer} was merged into {into} already.")


def undo_merge(
    customer: Source,
    into: Into,
    reason: Why,
    language: Lang = None,
    zone: Zone = None,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Undo a merge, and list what was recorded on the survivor meanwhile.

    It stays there. A ticket is moved by correcting its customer.
    """
    by, why = person(actor, reason)
    with open_existing(data, tenant, DESK) as dsn:
        record(dsn, tenant, [(customer, UndoCustomerMerge(into=into, reason=why))], by)
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        locale = locale_of(connection, tenant, language, zone)
        since_merge = recorded_meanwhile(connection, tenant, customer, reader.head(connection, tenant)) or []
    if as_json:
        show_json(since_merge)
        return
    say(_UNDONE[locale.language].format(customer=customer, into=into))
    rows = [
        {
            "position": each.position,
            "recorded": local(each.recorded_at, locale.zone),
            "topic": each.topic,
            "stream": each.stream,
        }
        for each in since_merge
    ]
    show_table(_MEANWHILE[locale.language], rows, language=locale.language)
    say(locale.zone_sentence)
