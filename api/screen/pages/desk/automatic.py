"""What the program does by itself and a person has to look at: notifications that failed, and stopped automation."""

from api.automation.overview import suspended_by_rule
from api.http.read_session import ReadSession
from api.screen.figures.presentation import ShownCell, count_cell
from api.screen.page import Content
from api.screen.pages.query import SET
from api.screen.visit import Visit
from api.workers.switches import switches_of
from projections.notifications.queries import dead_counts


def notifications(visit: Visit, session: ReadSession) -> Content:
    """The notifications that failed and those that are uncertain, counted by channel."""
    channels = dead_counts(session.connection, session.schema)

    def cell(count: int, state: str, channel: str | None = None) -> ShownCell:
        return count_cell(visit, count, visit.link("/notifications", state=state, channel=channel, dead=SET))

    return {
        "figures": [
            (visit.w(f"desk.notifications_{state}"), cell(sum(getattr(each, state) for each in channels), state))
            for state in ("failed", "uncertain")
        ],
        "rows": [
            (each.channel, cell(each.failed, "failed", each.channel), cell(each.uncertain, "uncertain", each.channel))
            for each in channels
        ],
    }


def automation(visit: Visit, session: ReadSession) -> Content:
    """The rules that are suspended for a subject, and what a switch stops."""
    reader = visit.reader
    rules = suspended_by_rule(session.connection, reader.tenant, session.position, reader.as_of)
    stopped = switches_of(session.connection, reader.tenant, session.position, reader.as_of).stopped
    address = visit.link("/automation")
    return {
        "figures": [
            (visit.w("desk.suspended"), count_cell(visit, sum(rules.values()), address)),
            (visit.w("desk.stopped"), count_cell(visit, len(stopped), address)),
        ],
        "rules": [(rule, count_cell(visit, count, address)) for rule, count in rules.items()],
        "stopped": [(visit.w(f"desk.stopped_{what}"), name) for what, name in sorted(stopped)],
    }
