"""What the clocks said, corrected by another policy: judged anew, shown, and recorded with the reason."""

import asyncio
import getpass
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from api.cli.policies import read
from api.cli.printing import Bars, bars, say, show_json, show_table
from api.cli.tenant_database import UsageError, connected
from api.cli.what_if import span
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.decide import StaleVersion
from domain.command_handling.service_desk import ServiceDesk
from domain.event_log import reader
from domain.event_log.store import LogConnection
from domain.ids import new_id
from domain.messages import Text
from domain.sla.commands import CorrectSla
from domain.sla.policy.published import always_as_published
from domain.zones import TimeZone
from projections.what_if.verdict_corrections import CorrectionRequest, ProposedCorrection, corrections
from projections.what_if.what_if import how_many_tickets

LISTED = 20
TICKETS_AT_ONCE = 500
_TEXT: TypeAdapter[str] = TypeAdapter(Text)
_ORIGIN = Origin(channel="command line")


class CorrectionOptions(NamedTuple):
    """By which policy, why, by whom, and what ended on which days."""

    policy: Path
    reason: str
    actor: str | None
    first: date | None
    last: date | None
    zone: TimeZone
    dry_run: bool


def correct(dsn: str, tenant: str, asked: CorrectionOptions, *, as_json: bool) -> None:
    """Judges with a bar on the error output, records unless it is a dry run, and shows what is corrected.

    Raises UsageError when the policy was not published as the file says, or without a reason.
    """
    try:
        by, reason = Actor(id=asked.actor or getpass.getuser(), kind="agent"), _TEXT.validate_python(asked.reason)
    except ValidationError as error:
        raise UsageError(f"--actor and --reason say who and why: {error.errors()[0]['msg']}.") from None
    with bars() as shown:
        found = _judge(dsn, tenant, asked, shown)
        recorded: set[ProposedCorrection] = set()
        if found and not asked.dry_run:
            recorded = asyncio.run(_record(dsn, tenant, found, by, reason, shown))
    if as_json:
        show_json([finding._asdict() | {"recorded": finding in recorded} for finding in found])
        return
    _show(found)
    if asked.dry_run:
        say(f"{len(found)} results would be corrected; nothing is recorded.")
        return
    say(f"{len(recorded)} results are corrected.")
    if len(recorded) < len(found):
        say(f"{len(found) - len(recorded)} are of tickets that went on meanwhile: start again to judge them anew.")


def _judge(dsn: str, tenant: str, asked: CorrectionOptions, shown: Bars) -> list[ProposedCorrection]:
    file, _ = read(asked.policy)
    start, end = span(asked.first, asked.last, asked.zone)
    found: list[ProposedCorrection] = []
    with connected(dsn) as connection, connection.transaction():
        up_to = reader.head(connection, tenant)
        total = how_many_tickets(connection, tenant, up_to)
        try:
            rulebook = always_as_published(reader.rules(connection, tenant, up_to), file.policy, file.calendars)
        except LookupError as error:
            raise UsageError(
                f"No published version says what {asked.policy} says of {error.args[0]}: `sla publish` it first, so"
                " that everybody can look up what was corrected to."
            ) from None
        question = CorrectionRequest(rulebook, up_to, reader.now(connection), start, end)
        for judged, findings in enumerate(corrections(connection, tenant, question), start=1):
            found += findings
            shown.show("tickets judged", judged, total)
    return found


async def _record(
    dsn: str, tenant: str, found: Sequence[ProposedCorrection], by: Actor, reason: str, shown: Bars
) -> set[ProposedCorrection]:
    """What was recorded of it: a ticket that has moved on since it was judged is left alone."""
    desk = ServiceDesk(LogConnection(dsn, tenant))

    async def of_one(findings: Sequence[ProposedCorrection]) -> list[ProposedCorrection]:
        for number, finding in enumerate(findings):
            circumstances = CommandContext(by, str(new_id()), _ORIGIN, expected_version=finding.version + number)
            try:
                await desk.handle(finding.ticket, _command(finding, reason), circumstances)
            except StaleVersion:
                return list(findings[:number])
        return list(findings)

    by_ticket = [list(findings) for _, findings in groupby(found, key=lambda finding: finding.ticket)]
    recorded: set[ProposedCorrection] = set()
    try:
        for first in range(0, len(by_ticket), TICKETS_AT_ONCE):
            for findings in await asyncio.gather(*map(of_one, by_ticket[first : first + TICKETS_AT_ONCE])):
                recorded.update(findings)
            shown.show("corrections recorded", len(recorded), len(found))
    finally:
        await desk.close()
    return recorded


def _command(finding: ProposedCorrection, reason: str) -> CorrectSla:
    return CorrectSla(
        target=finding.target,
        instance=finding.instance,
        activated_by=finding.activated_by,
        ended_at=finding.ended_at,
        was=finding.was,
        now=finding.now,
        reason=reason,
    )


def _show(found: Sequence[ProposedCorrection]) -> None:
    switches = Counter((finding.target, finding.was.verdict, finding.now.verdict) for finding in found)
    show_table(
        "Corrected",
        [
            {"target": target, "was": was, "now": now, "instances": instances}
            for (target, was, now), instances in sorted(switches.items())
        ],
        "nothing differs",
    )
    if not found:
        return
    show_table(
        f"The first {LISTED}" if len(found) > LISTED else "Each of them",
        [
            {
                "ticket": finding.ticket,
                "target": f"{finding.target} {finding.instance}",
                "was": finding.was.verdict,
                "was due": finding.was.due_at,
                "now": finding.now.verdict,
                "now due": finding.now.due_at,
                "policy": f"{finding.now.policy} {finding.now.policy_version}",
            }
            for finding in found[:LISTED]
        ],
    )
