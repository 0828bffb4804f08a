"""`automation resume`, `automation stop` and `automation start`, and what is stopped."""

from typing import Annotated, Literal

import typer

from api.automation.suspension import resumption
from api.cli.automation.rules import Subject
from api.cli.customer.recording import Who, person, record
from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import say, show_json, show_table
from api.cli.tenant_database import connected, open_existing
from api.cli.ticket_names import ticket_named
from api.workers.switches import switches_of
from domain.event_log.roles import DESK, READER
from domain.event_log.schema import schema_of
from domain.switches.commands import ResumeSwitch, StopSwitch
from domain.switches.state import SWITCHES

What = Annotated[Literal["rule", "channel", "tenant"], typer.Argument(help="What: a rule, a channel, or all of it.")]
Named = Annotated[str, typer.Argument(help="The name of the rule or the channel.")]
Why = Annotated[str, typer.Option("--reason", help="Why; it stands in the history.")]


def resume(
    subject: Subject,
    rule: Annotated[str, typer.Argument(help="The name of the rule.")],
    reason: Why,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Resume a rule that is suspended for a subject."""
    by, why = person(actor, reason)
    with open_existing(data, tenant, READER) as dsn, connected(dsn) as connection:
        stream = ticket_named(connection, schema_of(tenant), subject)
        command = resumption(connection, tenant, stream, rule, why)
    with open_existing(data, tenant, DESK) as dsn:
        record(dsn, tenant, [(stream, command)], by)
    say(f"The rule {command.rule} fires for {stream} again.")


def stop(
    what: What,
    reason: Why,
    name: Named = "all",
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Stop a rule, a channel, or all that happens by itself.

    It works within a second.
    """
    by, why = person(actor, reason)
    with open_existing(data, tenant, DESK) as dsn:
        ((answer, _),) = record(dsn, tenant, [(SWITCHES, StopSwitch(what=what, name=name, reason=why))], by)
    say(f"{what} {name} is stopped." if answer.events else f"{what} {name} was stopped already.")


def start(
    what: What,
    reason: Why,
    name: Named = "all",
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Let a stopped rule or channel, or all, go on."""
    by, why = person(actor, reason)
    with open_existing(data, tenant, DESK) as dsn:
        ((answer, _),) = record(dsn, tenant, [(SWITCHES, ResumeSwitch(what=what, name=name, reason=why))], by)
    say(f"{what} {name} goes on." if answer.events else f"{what} {name} was not stopped.")


def stopped(data: Data = None, tenant: Tenant = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """List what is stopped."""
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        rows = [{"what": what, "name": name} for what, name in sorted(switches_of(connection, tenant).stopped)]
    if as_json:
        show_json(rows)
    else:
        show_table("Stopped", rows)
