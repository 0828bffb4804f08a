"""`erasure run`, `show`, `list` and `certificate`."""

from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import typer
from pydantic_core import to_json

from api.cli.customer.recording import Who, acting
from api.cli.erasure.workflow import Customer
from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import say, show_json, show_table, shown
from api.cli.tenant_database import connected, open_existing
from api.cli.usage_error import UsageError
from api.erasing.certificate_page import certificate_page
from api.erasing.opened import follow, key_store_of, run_erasures
from api.erasing.readings import certificate_of, erasure_of, erasures
from api.erasing.rewriting import renew_statistics, rewrite
from api.private_files import write_private
from domain.event_log import reader
from domain.event_log.roles import OWNER
from projections.customers.tenant_zone import tenant_zone

RUNNABLE = frozenset({"approved", "started", "keys_destroyed"})


def run(
    customer: Annotated[UUID | None, typer.Argument(help="The customer; without one, all approved erasures.")] = None,
    rewrite_tables: Annotated[
        bool, typer.Option("--rewrite", help="Rewrite the tables afterwards, so that no dead row is left on disk.")
    ] = False,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Run an approved erasure, or all of them.

    A run that was killed goes on where it was. Open tickets, tasks, procedures and notifications of the person are
    ended first.
    """
    by = acting(actor)
    with open_existing(data, tenant, OWNER) as dsn:
        with connected(dsn) as connection:
            key_store_of(connection, tenant)
            follow(dsn, tenant)
            waiting = [each.customer for each in erasures(connection, tenant) if each.state in RUNNABLE]
        customers = waiting if customer is None else [customer]
        if customers:
            run_erasures(dsn, tenant, by, customers)
        with connected(dsn) as connection:
            if rewrite_tables:
                rewrite(connection, tenant)
            elif customers:
                renew_statistics(connection, tenant)
    say(f"Done and certified: {len(customers)}." if customers else "No erasure is approved.")


def show(customer: Customer, data: Data = None, tenant: Tenant = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Show an erasure: steps, deadlines, legal holds."""
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        found = erasure_of(connection, tenant, customer)
    if found is None:
        raise UsageError(f"No erasure of {customer} was requested, and no legal hold placed.")
    if as_json:
        show_json(found.model_dump(mode="json"))
        return
    deadlines = f"; answer by {shown(found.answer_by)}, erase by {shown(found.erase_by)}" if found.answer_by else ""
    say(f"Erasure {found.erasure}: {found.state}{deadlines}.")
    rows = [{"at": each.at, "step": each.step, "by": each.by, "position": each.position} for each in found.steps]
    show_table("Steps", rows, "none")
    show_table("Legal holds", [{"hold": each} for each in found.holds], "none")


def list_all(data: Data = None, tenant: Tenant = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """List erasures and legal holds, the oldest first."""
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        found = erasures(connection, tenant)
    if as_json:
        show_json([each.model_dump(mode="json") for each in found])
        return
    rows = [
        {
            "customer": each.customer,
            "state": each.state,
            "law": each.law,
            "answer by": each.answer_by,
            "erase by": each.erase_by,
            "overdue": each.overdue,
            "holds": len(each.holds),
        }
        for each in found
    ]
    show_table("Erasures", rows, "none")


def certificate(
    customer: Customer,
    to: Annotated[
        Path | None, typer.Option(help="A file that ends in .html, for a page, or in .json; else JSON is shown.")
    ] = None,
    language: Annotated[Literal["en", "vi"], typer.Option(help="The language of the page.")] = "vi",
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Show or write the certificate of an erasure."""
    if to is not None and to.suffix not in {".html", ".json"}:
        raise UsageError(f"--to {to} ends in neither .html nor .json: the ending says what is written.")
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        found = certificate_of(connection, tenant, customer)
        zone = tenant_zone(connection, tenant, reader.now(connection))
    if found is None:
        raise UsageError(f"The erasure of {customer} is not certified: `erasure show` says how far it is.")
    if to is None:
        show_json(found.model_dump(mode="json"))
        return
    page = to.suffix == ".html"
    write_private(to, certificate_page(found, language, zone).encode() if page else to_json(found, indent=2))
    say(f"The certificate is written to {to}.")
