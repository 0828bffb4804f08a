"""`customer rekey`: the newest key function applied to the addresses that have a key of an older one."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

import typer
from psycopg import Connection, sql

from api.cli.locale import language_of
from api.cli.options import DEFAULT_TENANT, Data, Lang, Tenant
from api.cli.printing import say
from api.cli.recording import Who, Why, person, record
from api.cli.tenant_database import connected, open_existing
from api.cli.usage_error import UsageError
from domain.command_handling.decide import EMPTY, fold
from domain.customer.address_keys import KEY_VERSION, WrittenAddress, keys_of
from domain.customer.addresses import CustomerAddress
from domain.customer.commands import RekeyAddress
from domain.customer.phone_key import REGIONS
from domain.event_log import reader
from domain.event_log.roles import DESK
from domain.event_log.schema import schema_of
from domain.readable import ByLanguage

_DONE: ByLanguage = MappingProxyType(
    {
        "en": "{} addresses have a key of version {} now.",
        "vi": "{} địa chỉ nay có khóa phiên bản {}.",
    }
)
AT_ONCE = 500
"""Customers whose addresses one batch looks at."""


def rekey(
    reason: Why,
    region: Annotated[str, typer.Option(help="The ISO country of national telephone numbers.")] = "VN",
    actor: Who = None,
    language: Lang = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Give old addresses the keys of the newest key function.

    The same again records nothing.
    """
    by, why = person(actor, reason)
    if region not in REGIONS:
        raise UsageError(
            "--region is a country as two capital letters, such as VN.",
            "--region là quốc gia gồm hai chữ hoa, ví dụ VN.",
        )
    with open_existing(data, tenant, DESK) as dsn, connected(dsn) as connection:
        customers = _customers(connection, tenant)
        changed = 0
        for first in range(0, len(customers), AT_ONCE):
            old = _old_addresses(connection, tenant, customers[first : first + AT_ONCE], region)
            commands = [(customer, _command(address, region, why)) for customer, address in old]
            changed += sum(answer.events > 0 for answer, _ in record(dsn, tenant, commands, by)) if commands else 0
    say(_DONE[language_of(data, tenant, language)].format(changed, KEY_VERSION))


def _customers(connection: Connection, tenant: str) -> list[UUID]:
    """The customers that ever had an address."""
    statement = sql.SQL("select distinct stream from {} where topic = 'customer.address_added' order by stream").format(
        sql.Identifier(schema_of(tenant), "events")
    )
    return [customer for (customer,) in connection.execute(statement)]


def _old_addresses(
    connection: Connection, tenant: str, customers: Sequence[UUID], region: str
) -> list[tuple[UUID, CustomerAddress]]:
    """The addresses of some customers to which the newest key function gives another key."""
    histories = reader.streams(connection, tenant, customers, reader.head(connection, tenant))
    return [
        (customer, address)
        for customer, history in histories.items()
        for address in fold(EMPTY, history).state.customer.addresses
        if address.key_version < KEY_VERSION and keys_of(_written(address, region))[KEY_VERSION] != address.key
    ]


def _written(address: CustomerAddress, region: str) -> WrittenAddress:
    return WrittenAddress(address.channel, address.handle, address.scope, region)


def _command(address: CustomerAddress, region: str, reason: str) -> RekeyAddress:
    channel, handle, scope, region, _ = _written(address, region)
    return RekeyAddress.model_validate(
        {"channel": channel, "handle": handle, "scope": scope, "region": region, "reason": reason}
    )
