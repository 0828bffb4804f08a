"""`automation resume`, `automation stop` and `automation start`, and what is stopped."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, get_args

import typer

from api.automation.overview import rules_in_effect
from api.automation.suspension import resumption
from api.cli.automation.rules import SubjectId
from api.cli.locale import locale_of
from api.cli.options import DEFAULT_TENANT, AsJson, Data, Lang, Tenant
from api.cli.printing import say, show_json, show_table
from api.cli.recording import Who, Why, person, record
from api.cli.tenant_database import connected, open_existing
from api.cli.ticket_names import ticket_named
from api.cli.usage_error import UsageError
from api.workers.switches import switches_of
from domain.event_log import reader
from domain.event_log.roles import DESK, READER
from domain.event_log.schema import schema_of
from domain.notification.commands import NotificationChannel
from domain.readable import Language
from domain.switches.commands import ALL, ResumeSwitch, StopSwitch, What
from domain.switches.state import SWITCHES
from domain.text_folding import fold_name
from projections.audit.words import word_of

_STOPPED: Mapping[Language, str] = MappingProxyType({"en": "Stopped", "vi": "Đã dừng"})
WhatToStop = Annotated[What, typer.Argument(help="A rule, a channel, an endpoint of webhooks, or the whole tenant.")]
Named = Annotated[str | None, typer.Argument(help="The name of it; none for the tenant.")]


def resume(
    subject: SubjectId,
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
    what: WhatToStop,
    reason: Why,
    name: Named = None,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Stop a rule, a channel, an endpoint, or all that happens by itself.

    It works within a second.
    """
    by, why = person(actor, reason)
    name = _name_of(what, name)
    _must_exist(what, name, data, tenant)
    with open_existing(data, tenant, DESK) as dsn:
        ((answer, _),) = record(dsn, tenant, [(SWITCHES, StopSwitch(what=what, name=name, reason=why))], by)
    say(f"{_named(what, name)} is stopped{'' if answer.events else ' already'}.")


def start(
    what: WhatToStop,
    reason: Why,
    name: Named = None,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Let a stopped rule, channel or endpoint, or all, go on."""
    by, why = person(actor, reason)
    name = _name_of(what, name)
    with open_existing(data, tenant, DESK) as dsn:
        ((answer, _),) = record(dsn, tenant, [(SWITCHES, ResumeSwitch(what=what, name=name, reason=why))], by)
    say(f"{_named(what, name)} {'goes on' if answer.events else 'was not stopped'}.")


def stopped(language: Lang = None, data: Data = None, tenant: Tenant = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """List what is stopped."""
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        words, _ = locale_of(connection, tenant, language, None)
        switches = sorted(switches_of(connection, tenant).stopped)
    if as_json:
        show_json([{"what": what, "name": name} for what, name in switches])
        return
    rows = [{"kind": word_of("what", what, words), "name": None if name == ALL else name} for what, name in switches]
    show_table(_STOPPED[words], rows, language=words)


def _name_of(what: What, name: str | None) -> str:
    """The name of a switch. Raises UsageError when it is left out."""
    if name is None and what != "tenant":
        raise UsageError(f"Name the {what} after the word {what}.")
    return ALL if name is None else name


def _must_exist(what: What, name: str, data: Data, tenant: Tenant) -> None:
    """Raises UsageError for a rule or a channel that there is not. Endpoints stand outside the log."""
    if what == "channel":
        known: Sequence[str] = get_args(NotificationChannel)
    elif what == "rule":
        with open_existing(data, tenant, READER) as dsn, connected(dsn) as connection:
            known = [rule.rule for rule in rules_in_effect(connection, tenant, reader.now(connection))]
    else:
        return
    if fold_name(name) not in map(fold_name, known):
        raise UsageError(f"There is no {what} {name!r}: choose one of {', '.join(known) or 'none'}.")


def _named(what: What, name: str) -> str:
    return "What happens by itself" if what == "tenant" else f"{what} {name}"
