"""The filter by team, and what to do first while nothing is recorded."""

from api.http.read_session import ReadSession
from api.screen.page import Content
from api.screen.visit import Visit
from domain.definitions.kinds import WORKFORCE
from domain.definitions.published import definition_in_effect
from domain.text_folding import fold_name
from domain.vietnamese_order import vietnamese_key
from projections.tickets.queries import is_empty, teams_of_tickets


def teams(visit: Visit, session: ReadSession) -> Content:
    """The teams of the workforce and those of tickets."""
    definitions = session.definitions(visit.reader.tenant)
    workforce = definition_in_effect(definitions, WORKFORCE, session.now).body
    chosen = visit.one("team")
    names = [team.name for team in workforce.teams] + teams_of_tickets(session.connection, session.schema)
    by_key = {fold_name(name): name for name in reversed([*names, *filter(None, [chosen])])}
    return {
        "teams": [
            (name, fold_name(name) == fold_name(chosen or "")) for name in sorted(by_key.values(), key=vietnamese_key)
        ],
        "chosen": chosen,
        "empty": is_empty(session.connection, session.schema),
    }
