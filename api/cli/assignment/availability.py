"""`availability`: whether agents take new work, and what they hold."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated

import typer

from api.cli.options import INSTANT, Zone
from api.cli.period_options import local_instant
from api.cli.printing import local, say, show_json, show_table
from api.cli.read_options import ReadOptions
from api.cli.recording import RecordOptions
from api.cli.shared_options import options_of
from api.cli.tenant_database import open_existing, tenant_connection
from api.cli.usage_error import UsageError
from domain.availability.commands import AvailabilityCommand, BecomeAvailable, BeginCall, EndCall, GoAway
from domain.availability.state import availability_stream
from domain.event_log import reader
from domain.readable import Language, percentage
from domain.text_folding import fold_name
from projections.assignments.readings import READS, AgentNow, agents_now
from projections.audit.routing_text import candidate_text
from projections.engine.checkpoints import position_of

_WORDS: Mapping[Language, tuple[str, str]] = MappingProxyType(
    {
        "en": ("Agents", "the workforce names nobody"),
        "vi": ("Nhân viên", "cấu hình nhân lực chưa có ai"),
    }
)
"""The title of the list, and what stands in its place."""
Agent = Annotated[str, typer.Argument(help="The name of the agent in the workforce.")]


@options_of(ReadOptions)
def list_all(reading: ReadOptions) -> None:
    """List the agents: who takes new work, what they hold, and who holds too much.

    Tickets of channels with a weight take per cent of the capacity; the load is all that is taken of it.
    """
    with reading.connection() as connection, connection.transaction():
        position_of(connection, reading.tenant, READS)
        lang, zone = locale = reading.locale(connection)
        agents = agents_now(connection, reading.tenant, reader.now(connection))
    if reading.as_json:
        show_json(agents)
        return
    rows = [
        {
            "agent": each.agent,
            "teams": ", ".join(each.teams) or None,
            "absent": ", ".join(candidate_text(why, lang) for why in _reasons(each)) or None,
            "until": local(each.absence_until, zone),
            "tickets": each.tickets,
            "by_weight": percentage(each.percent / 100, lang),
            "capacity": each.capacity,
            "load": percentage(each.load, lang),
            "over_capacity": each.over_capacity,
        }
        for each in agents
    ]
    title, nobody = _WORDS[lang]
    show_table(title, rows, nobody, language=lang)
    say(locale.zone_sentence)


def _reasons(agent: AgentNow) -> list[str]:
    """Why an agent takes no new work: the shift, and what was said, which stands also off shift."""
    return [*dict.fromkeys(why for why in (agent.absent, agent.absence) if why is not None)]


@options_of(RecordOptions)
def available(recording: RecordOptions, agent: Agent) -> None:
    """Record that an agent takes new work during the shift."""
    _record(BecomeAvailable(agent=agent), recording)


@options_of(RecordOptions)
def away(
    recording: RecordOptions,
    agent: Agent,
    until: Annotated[
        datetime | None,
        typer.Option(formats=INSTANT, help="When the absence ends by itself. A day means its beginning."),
    ] = None,
    zone: Zone = None,
) -> None:
    """Record that an agent takes no new work."""
    with open_existing(recording.data, recording.tenant) as dsn:
        end = until and local_instant(dsn, recording.tenant, until, zone)
    _record(GoAway(agent=agent, until=end), recording)


@options_of(RecordOptions)
def begin_call(recording: RecordOptions, agent: Agent) -> None:
    """Record that a call of an agent began."""
    _record(BeginCall(agent=agent), recording)


@options_of(RecordOptions)
def end_call(recording: RecordOptions, agent: Agent) -> None:
    """Record that the call of an agent ended."""
    _record(EndCall(agent=agent), recording)


def _record(command: AvailabilityCommand, recording: RecordOptions) -> None:
    with tenant_connection(recording.data, recording.tenant) as connection, connection.transaction():
        position_of(connection, recording.tenant, READS)
        known = [each.agent for each in agents_now(connection, recording.tenant, reader.now(connection))]
    if fold_name(command.agent) not in map(fold_name, known):
        names = ", ".join(known)
        raise UsageError(
            f"The workforce has no agent {command.agent!r}: "
            + (f"choose one of {names}." if names else "publish one that names agents, with `definition publish`."),
            f"Danh sách nhân sự không có nhân viên {command.agent!r}: "
            + (f"hãy chọn một trong {names}." if names else "hãy ban hành danh sách bằng `definition publish`."),
        )
    recording.give(availability_stream(command.agent), command, {"en": "Recorded.", "vi": "Đã ghi nhận."})
