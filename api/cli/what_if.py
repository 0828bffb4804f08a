"""What another policy would have come to, seen from the terminal."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from api.cli.policies import read
from api.cli.printing import bars, say, share, show_json, show_table
from api.cli.tenant_database import UsageError, connected
from domain.event_log import reader
from domain.sla.policy.bounds import RUNGS
from domain.sla.policy.policy import Seconds
from domain.zones import TimeZone
from projections.scope import periods
from projections.what_if.report import Side, WhatIf, what_if_in_parts
from projections.what_if.scenarios import Scenario, in_effect, rung
from projections.what_if.what_if import WhatIfRequest

MOST_PROCESSES = 8
_SECONDS = TypeAdapter(Seconds)


class WhatIfOptions(NamedTuple):
    """Which alternatives, for what ended on which days, and how many changes are to be named."""

    policy: Path | None
    ladder: str | None
    first: date | None
    last: date | None
    zone: TimeZone
    listed: int


def show(dsn: str, tenant: str, asked: WhatIfOptions, *, as_json: bool) -> None:
    """Judges with a bar on the error output, and shows both sides."""
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    question = _question(dsn, tenant, asked)
    with bars() as shown:
        found = what_if_in_parts(
            dsn, tenant, question, processes, lambda done, total: shown.show("tickets judged", done, total)
        )
    if as_json:
        show_json(found)
    else:
        _show(found)


def _question(dsn: str, tenant: str, asked: WhatIfOptions) -> WhatIfRequest:
    with connected(dsn) as connection:
        now = reader.now(connection)
        up_to = reader.head(connection, tenant)
        current = in_effect(reader.rules(connection, tenant, up_to), now)
    start, end = span(asked.first, asked.last, asked.zone)
    alternatives: list[Scenario] = []
    if asked.policy is not None:
        file, _ = read(asked.policy)
        current = Scenario(name=file.policy.name, policy=file.policy, calendars=file.calendars)
        alternatives.append(current)
    alternatives += [rung(current, name, seconds) for name, seconds in _rungs(asked.ladder)]
    if not alternatives:
        raise UsageError("Say under what to judge: --policy FILE, or --ladder 48h,24h,12h.")
    return WhatIfRequest(
        alternatives=tuple(alternatives),
        up_to=up_to,
        now=now,
        start=start,
        end=end,
        zone=asked.zone.key,
        listed=asked.listed,
    )


def span(first: date | None, last: date | None, zone: TimeZone) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first day to the end of the last one; None where nothing bounds it.

    Raises UsageError.
    """
    if first and last and last < first:
        raise UsageError(f"--to {last} lies before --from {first}: exchange them.")
    try:
        return periods.span(first, last, zone)
    except ValueError as error:
        raise UsageError(f"--from, --to: {error}.") from None


def _rungs(ladder: str | None) -> list[tuple[str, int]]:
    names = [name.strip() for name in (ladder or "").split(",") if name]
    if len(names) > RUNGS.most:
        raise UsageError(f"--ladder has {len(names)} rungs, at most {RUNGS.most} are judged at once.")
    try:
        return [(name, _SECONDS.validate_python(name)) for name in names]
    except ValidationError as error:
        raise UsageError(
            f"--ladder {ladder}: {error.errors()[0]['msg'].removeprefix('Value error, ')}. Write it like 48h,24h,12h."
        ) from None


def _show(found: WhatIf) -> None:
    for by in ("target", "priority", "team", "month"):
        rows = [
            ({} if by == "target" else {by: group.group}) | {"target": group.target} | dict(map(_figures, group.sides))
            for group in found.groups
            if group.by == by
        ]
        show_table(f"By {by}", rows)
    switches = [switch.model_dump() for switch in found.switches]
    show_table("Verdicts that would change", switches)
    if found.changed:
        show_table("The first of them", [change.model_dump() for change in found.changed])
    say(f"{found.tickets} tickets, judged: {found.judged}. {found.more} more changes are not named (--listed).")


def _figures(side: Side) -> tuple[str, str]:
    met = share(side.compliance.numerator, side.compliance.denominator)
    return side.name, f"{met}, open {side.open}, late {side.late}"
