"""`sla correct`: verdicts judged again by another policy, and recorded with the reason."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from api.cli.locale import zone_sentence
from api.cli.options import (
    DEFAULT_TENANT,
    AsJson,
    Data,
    EndedFrom,
    EndedTo,
    Tenant,
    Zone,
)
from api.cli.period_options import in_tenant_zone, requested_period
from api.cli.printing import Bars, bars, local, say, show_json, show_table
from api.cli.recording import person
from api.cli.sla.policy_files import read
from api.cli.tenant_database import connected, open_existing
from api.cli.usage_error import UsageError
from api.command_line_origin import COMMAND_LINE
from domain.command_context import Actor, CommandContext
from domain.command_handling.decide import StaleVersion
from domain.command_handling.service_desk import ServiceDesk
from domain.event_log import reader
from domain.event_log.roles import DESK
from domain.event_log.store import PATIENT_SETTINGS, LogConnection
from domain.ids import new_id
from domain.sla.commands import CorrectSla
from domain.sla.policy.published import always_as_published
from domain.zones import TimeZone
from projections.scope.periods import Period
from projections.what_if.judging import how_many_tickets
from projections.what_if.verdict_corrections import CorrectionRequest, ProposedCorrection, corrections

LISTED = 20
TICKETS_AT_ONCE = 500


def correct(
    policy: Annotated[Path, typer.Option(help="A policy file, or a shipped one, that was published as it is.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the history of every ticket that is corrected.")],
    first: EndedFrom = None,
    last: EndedTo = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be corrected, and record nothing.")
    ] = False,
    actor: Annotated[str | None, typer.Option(help="Who corrects; else the user of this computer.")] = None,
    zone: Zone = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Correct verdicts and deadlines to what another policy says.

    The clock's own result stays beside the correction. The same again records nothing. whatif shows the figures
    beforehand.
    """
    requested = requested_period(first, last, zone)
    by, reason = person(actor, reason)
    with open_existing(data, tenant, DESK) as dsn, bars() as progress:
        with connected(dsn) as connection:
            days = in_tenant_zone(connection, tenant, requested)
        proposed = _judge(dsn, tenant, policy, days, progress)
        recorded: set[ProposedCorrection] = set()
        if proposed and not dry_run:
            recorded = asyncio.run(_record(dsn, tenant, proposed, by, reason, progress))
    if as_json:
        show_json([correction._asdict() | {"recorded": correction in recorded} for correction in proposed])
        return
    _show(proposed, days.zone)
    if dry_run:
        say(f"{len(proposed)} results would be corrected; nothing is recorded.")
        return
    say(f"{len(recorded)} results are corrected.")
    if len(recorded) < len(proposed):
        say(f"{len(proposed) - len(recorded)} are of tickets that went on meanwhile: start again to judge them anew.")


def _judge(dsn: str, tenant: str, policy: Path, days: Period, progress: Bars) -> list[ProposedCorrection]:
    """The corrections that the policy asks for. Raises UsageError when no published version says what its file says."""
    file, _ = read(policy)
    start, end = days.bounds()
    proposed: list[ProposedCorrection] = []
    with connected(dsn) as connection, connection.transaction():
        up_to = reader.head(connection, tenant)
        total = how_many_tickets(connection, tenant, up_to)
        try:
            policy_history = always_as_published(reader.rules(connection, tenant, up_to), file.policy, file.calendars)
        except LookupError as error:
            raise UsageError(
                f"No published version says what {policy} says of {error.args[0]}: `sla publish` it first, so"
                " that everybody can look up what was corrected to."
            ) from None
        request = CorrectionRequest(policy_history, up_to, reader.now(connection), start, end)
        for judged, of_ticket in enumerate(corrections(connection, tenant, request), start=1):
            proposed += of_ticket
            progress.show("tickets judged", judged, total)
    return proposed


async def _record(
    dsn: str, tenant: str, proposed: Sequence[ProposedCorrection], by: Actor, reason: str, progress: Bars
) -> set[ProposedCorrection]:
    """The corrections that were recorded: a ticket that has changed since it was judged is left alone."""
    desk = ServiceDesk(LogConnection(dsn, tenant, PATIENT_SETTINGS))

    async def record(of_ticket: Sequence[ProposedCorrection]) -> Sequence[ProposedCorrection]:
        for number, correction in enumerate(of_ticket):
            context = CommandContext(by, str(new_id()), COMMAND_LINE, expected_version=correction.version + number)
            try:
                await desk.handle(correction.ticket, _command(correction, reason), context)
            except StaleVersion:
                return of_ticket[:number]
        return of_ticket

    by_ticket = [list(of_ticket) for _, of_ticket in groupby(proposed, key=lambda correction: correction.ticket)]
    recorded: set[ProposedCorrection] = set()
    try:
        for first in range(0, len(by_ticket), TICKETS_AT_ONCE):
            for of_ticket in await asyncio.gather(*map(record, by_ticket[first : first + TICKETS_AT_ONCE])):
                recorded.update(of_ticket)
            progress.show("corrections recorded", len(recorded), len(proposed))
    finally:
        await desk.close()
    return recorded


def _command(correction: ProposedCorrection, reason: str) -> CorrectSla:
    return CorrectSla(
        target=correction.target,
        instance=correction.instance,
        activated_by=correction.activated_by,
        ended_at=correction.ended_at,
        was=correction.was,
        now=correction.now,
        reason=reason,
    )


def _show(proposed: Sequence[ProposedCorrection], zone: TimeZone) -> None:
    """How many verdicts change in which way, and the first of them."""
    transitions = Counter((each.target, each.was.verdict, each.now.verdict) for each in proposed)
    show_table(
        "Corrected",
        [
            {"target": target, "was": was, "now": now, "instances": instances}
            for (target, was, now), instances in sorted(transitions.items())
        ],
        "nothing differs",
    )
    if not proposed:
        return
    show_table(
        f"The first {LISTED}" if len(proposed) > LISTED else "Each of them",
        [
            {
                "ticket": correction.ticket,
                "target": f"{correction.target} {correction.instance}",
                "was": correction.was.verdict,
                "was due": local(correction.was.due_at, zone),
                "now": correction.now.verdict,
                "now due": local(correction.now.due_at, zone),
                "policy": f"{correction.now.policy} {correction.now.policy_version}",
            }
            for correction in proposed[:LISTED]
        ],
    )
    say(zone_sentence(zone))
