"""The work list of an agent or a team: what is late or due first in front, with what may be done to each item."""

from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter

from api.http.paging import Version, cursor_key, cursor_of
from api.http.problems import malformed
from api.http.read_session import ReadSession
from api.screen.actions.form import Form, form_of
from api.screen.actions.of_tasks import OPEN_TASK
from api.screen.actions.of_tickets import KEEP_CALLBACK, WITHDRAW_CALLBACK
from api.screen.page import Content, Page, Panel
from api.screen.pages.procedures import procedure_titles
from api.screen.pages.work_forms import forms_of_steps, forms_of_task, may_act
from api.screen.search_text import text_in
from api.screen.visit import Visit
from domain.event_log import reader
from projections.customers.queries import names_of
from projections.customers.table import CUSTOMERS
from projections.tasks.queries import tasks_of
from projections.tickets.names_in_use import names_in_use
from projections.work_list.queries import READ, WorkItem, WorkKey, work_list

_KEY: TypeAdapter[tuple[AwareDatetime, UUID, int]] = TypeAdapter(tuple[AwareDatetime, UUID, Version])
_PAGE = 50


def whose(visit: Visit) -> tuple[str | None, str | None]:
    """The agent and the team that are asked for. Raises Problem (malformed).

    Without either it is the visitor; with ``everyone``, or without a key, nobody in particular (None, None). An agent
    or a team of ``-`` is nobody.
    """
    chosen = [text_in(visit, name) for name in ("agent", "team")]
    everyone = visit.one("everyone")
    if everyone is not None and (everyone != "yes" or chosen != [None, None]):
        raise malformed([{"loc": ("everyone",), "msg": "yes, without an agent and a team"}])
    if chosen == [None, None]:
        if everyone or visit.caller.is_keyless:
            return None, None
        return visit.caller.actor.person, None
    agent, team = ("" if name == "-" else name for name in chosen)
    return agent, team


def _whose(visit: Visit, session: ReadSession) -> Content:
    """The form that chooses whose list it is."""
    agent, team = whose(visit)
    lists = names_in_use(session.connection, session.schema)
    open_task = form_of(visit, OPEN_TASK, {}, lists=lists, agent=agent or None, team=team or None)
    return {"agent": agent, "team": team, "lists": lists, "open_task": open_task if may_act(visit) else None}


def _list(visit: Visit, session: ReadSession) -> Content:
    """A page of the list, each item with its forms; a step with what its procedure is called."""
    agent, team = whose(visit)
    key = cursor_key(visit.one("cursor"), _KEY)
    page = work_list(
        session.connection,
        session.schema,
        now=session.now,
        team=team,
        agent=agent,
        after=None if key is None else WorkKey(*key),
        limit=_PAGE,
    )
    customers = {item.customer for item in page.items if item.customer is not None}
    forms = _forms(visit, session, page.items) if may_act(visit) else {}
    return {
        "items": [(item, forms.get((item.kind, item.id, item.number), [])) for item in page.items],
        "names": names_of(session.connection, session.schema, customers),
        "procedures": procedure_titles(visit, session) if any(item.kind == "step" for item in page.items) else {},
        "following": cursor_of(page.following),
    }


def _forms(visit: Visit, session: ReadSession, items: list[WorkItem]) -> dict[tuple[str, UUID, int], list[Form]]:
    """The forms of the items; those of a ticket and of a reply to review are on the page of the ticket."""
    lists = names_in_use(session.connection, session.schema)
    tasks = tasks_of(session.connection, session.schema, [item.id for item in items if item.kind == "task"])
    calls = [item.id for item in items if item.kind == "callback"]
    versions = reader.versions(session.connection, visit.reader.tenant, calls) if calls else {}
    steps = forms_of_steps(
        visit, session, [(item.id, item.step) for item in items if item.kind == "step" and item.step]
    )
    forms: dict[tuple[str, UUID, int], list[Form]] = {}
    for item in items:
        key = (item.kind, item.id, item.number)
        if item.kind == "task" and item.id in tasks:
            forms[key] = forms_of_task(visit, tasks[item.id], lists)
        elif item.kind == "step" and item.step:
            forms[key] = steps.get((item.id, item.step), [])
        elif item.kind == "callback":
            path = {"ticket_id": item.id}
            forms[key] = [
                form_of(visit, action, path, version=versions.get(item.id), promise=item.number)
                for action in (KEEP_CALLBACK, WITHDRAW_CALLBACK)
            ]
    return forms


PAGE = Page(
    name="work",
    path="/work",
    panels=(Panel("whose", _whose, wide=True), Panel("list", _list, wide=True)),
    projections=(*READ, CUSTOMERS),
    parameters=frozenset({"agent", "team", "everyone", "cursor"}),
    in_menu=True,
    refreshes=False,
)
