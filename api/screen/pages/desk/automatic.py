"""What the program does by itself and a person has to look at: notifications that failed, and stopped automation."""

from api.automation.overview import suspended_by_rule
from api.http.read_session import ReadSession
from api.readable import number
from api.screen.figures.shown import ShownCell
from api.screen.page import Content
from api.screen.visit import Visit
from api.workers.switches import switches_of
from projections.notifications.queries import dead_counts


def notifications(visit: Visit, session: ReadSession) -> Content:
    """How many failed, and of how many nobody knows whether they arrived, by channel."""
    channels = dead_counts(session.connection, session.schema)

    def cell(count: int, state: str, channel: str | None = None) -> ShownCell:
        address = visit.link("/notifications", state=state, channel=channel, dead="yes")
        return ShownCell(number(count, visit.language), address)

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
    suspended = number(sum(rules.values()), visit.language)
    return {
        "figures": [
            (visit.w("desk.suspended"), ShownCell(suspended, visit.link("/automation"))),
            (visit.w("desk.stopped"), ShownCell(number(len(stopped), visit.language), visit.link("/automation"))),
        ],
        "rules": [
            (rule, ShownCell(number(count, visit.language), visit.link("/automation"))) for rule, count in rules.items()
        ],
        "stopped": [(visit.w(f"desk.stopped_{what}"), name) for what, name in sorted(stopped)],
    }
