"""The database of a command's tenant."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

from psycopg import Connection, errors

from api.api_keys import desk_tenants
from api.cli.printing import say
from api.cli.recorded_access import recorded_access
from api.cli.running_command import running_command
from api.cli.usage_error import UsageError
from api.database import data_folder, database, key_store_address
from api.database_roles import make_roles, under
from api.refusal_words import refusal_in
from domain.event_log import reader
from domain.event_log.database_connections import ADMINISTRATION, REPORTS, connect
from domain.event_log.roles import READER
from domain.event_log.schema import schema_of
from domain.readable import ByLanguage, Language
from domain.refusal import Refusal
from domain.tenant_settings import TenantSettings

_MADE: ByLanguage = MappingProxyType({"en": "The tenant {} is made.", "vi": "Đã tạo đơn vị {}."})
_MAKES: ByLanguage = MappingProxyType(
    {
        "en": "There is no database in {} yet: it is made now, which takes a minute on a busy computer.",
        "vi": "Chưa có cơ sở dữ liệu trong {}: đang tạo, có thể mất một phút khi máy bận.",
    }
)
_OTHERS: ByLanguage = MappingProxyType(
    {"en": "There was none of that name; there are: {}.", "vi": "Trước đó không có đơn vị nào tên như vậy; đã có: {}."}
)

_MENDED_BY = {"erasure_unknown": "erasure request"}
"""The command to give first, by the code of the rule."""


@contextmanager
def open_or_create(
    data: Path | None,
    tenant: str,
    *,
    encrypted: bool = True,
    with_roles: bool = False,
    language: Language | None = None,
) -> Iterator[str]:
    """The conninfo of the tenant's database. Schema and tables are created if they are missing, and it is said.

    The personal data of a new tenant is ``encrypted`` where there is a key store. ``with_roles`` first gives this
    database to the roles, which another database of the server may have.
    """
    from api.migrations import migrate  # noqa: PLC0415 -- a command that only reads starts without the projections

    _check(tenant)
    spoken = language or running_command().language or TenantSettings().language
    if not _may_be_there(data):
        say(_MAKES[spoken].format(data_folder(data)))
    with database(data) as dsn:
        if with_roles:
            make_roles(dsn)
        with connected(dsn) as connection:
            others = desk_tenants(connection)
        migrate(dsn, tenant, key_store_address(dsn, data) if encrypted else None)
        if tenant not in others:
            say(_MADE[spoken].format(tenant))
            if others:
                say(_OTHERS[spoken].format(", ".join(others)))
        with recorded_access(dsn, tenant):
            yield dsn


@contextmanager
def open_existing(data: Path | None, tenant: str, role: str = READER) -> Iterator[str]:
    """The conninfo of the tenant's database under a role. Raises UsageError when there is no such tenant."""
    if not _may_be_there(data):
        folder = data_folder(data)
        raise UsageError(f"There is no folder {folder}: choose another with --data, or make it with `migrate`.")
    with open_if_there(data, tenant, role) as dsn:
        if dsn is None:
            raise no_tenant(tenant)
        yield dsn


@contextmanager
def tenant_connection(data: Path | None, tenant: str, role: str = READER) -> Iterator[Connection]:
    """A connection to the tenant's database under a role. Raises UsageError when there is no such tenant."""
    with open_existing(data, tenant, role) as dsn, connected(dsn) as connection:
        yield connection


@contextmanager
def report_connection(data: Path | None, tenant: str) -> Iterator[Connection]:
    """A connection for reports, each of whose transactions reads one snapshot. Raises UsageError as above."""
    with open_existing(data, tenant) as dsn, connect(dsn, REPORTS) as connection:
        yield connection


@contextmanager
def open_if_there(data: Path | None, tenant: str, role: str) -> Iterator[str | None]:
    """The conninfo of the tenant's database under a role; None when there is no such tenant or no database."""
    with address_if_there(data, tenant, role) as address:
        if address is None:
            yield None
            return
        with recorded_access(address, tenant):
            yield address


@contextmanager
def address_if_there(data: Path | None, tenant: str, role: str) -> Iterator[str | None]:
    """The same without an entry in the access journal, for what a command itself needs to know before it begins.

    Raises UsageError when a rule refuses a command of the block, in the language of its answer, and when the block
    needs a table, a column or a function of this release that is not made yet.
    """
    _check(tenant)
    if not _may_be_there(data):
        yield None
        return
    with database(data) as dsn:
        address = under(dsn, role)
        with connected(address) as connection:
            exists = tenant in desk_tenants(connection)
        try:
            yield address if exists else None
        except (errors.UndefinedColumn, errors.UndefinedFunction, errors.UndefinedTable) as error:
            if _is_complete(address, tenant):
                raise
            raise UsageError(
                f"The tables of the tenant {tenant} are those of an earlier release:"
                f" complete them with `migrate --tenant {tenant}`, as their owner."
            ) from error
        except Refusal as refusal:
            raise UsageError(_refused(refusal, address, tenant)) from refusal


def looked_up(data: Path | None, tenant: str, look_up: Callable[[Connection], UUID]) -> UUID:
    """What a look-up gives on a connection of its own, before the command begins. Raises UsageError."""
    with address_if_there(data, tenant, READER) as dsn:
        if dsn is None:
            raise no_tenant(tenant)
        with connected(dsn) as connection:
            return look_up(connection)


@contextmanager
def connected(dsn: str) -> Iterator[Connection]:
    """A connection in autocommit whose time zone is UTC."""
    with connect(dsn, ADMINISTRATION) as connection:
        yield connection


def no_tenant(tenant: str) -> UsageError:
    """The error for a tenant that does not exist."""
    return UsageError(
        f"There is no tenant {tenant!r} here: make it with `migrate --tenant {tenant}`, or choose --data."
    )


def _may_be_there(data: Path | None) -> bool:
    """Whether there is a database to connect to, or a folder of one."""
    return bool(os.environ.get("DATABASE_URL")) or data_folder(data).exists()


def _is_complete(address: str, tenant: str) -> bool:
    from api.migrations import is_complete  # noqa: PLC0415 -- a command that only reads starts without the projections

    with connected(address) as connection:
        return is_complete(connection, tenant)


def _refused(refusal: Refusal, address: str, tenant: str) -> str:
    """The rule in the language that the command names, else in the tenant's, with the command that mends it."""
    said_in = running_command().language
    if said_in is None:
        from projections.scope.tenant_settings import tenant_settings  # noqa: PLC0415 -- only a refusal needs it

        with connected(address) as connection:
            said_in = tenant_settings(connection, tenant, reader.now(connection)).language
    sentence, mending = refusal_in(refusal, said_in), _MENDED_BY.get(refusal.code)
    return sentence if mending is None else f"{sentence.removesuffix('.')}: `{mending}`."


def _check(tenant: str) -> None:
    try:
        schema_of(tenant)
    except ValueError as error:
        raise UsageError(f"{error}.") from None
