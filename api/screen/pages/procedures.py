"""The pages of procedures: a list, and one with its steps."""

from collections.abc import Mapping, Sequence
from typing import get_args
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter

from api.http.paging import cursor_key, cursor_of
from api.http.problems import unknown_id
from api.http.read_session import ReadSession
from api.screen.actions.form import form_of
from api.screen.actions.of_procedures import ABANDON
from api.screen.page import Content, Page, Panel
from api.screen.page_parameters import id_in, id_of
from api.screen.pages.named_subjects import NamedSubject, about_in_words, named_subjects
from api.screen.pages.query import is_set, one_of
from api.screen.pages.rules.addresses import rule_path
from api.screen.pages.rules.titles import actor_in_words, rule_titles
from api.screen.pages.work_forms import forms_of_step
from api.screen.visit import Visit
from domain.definitions.kinds import PROCEDURE
from domain.definitions.procedure_book import ProcedureBook
from domain.definitions.published import published
from domain.text_by_language import in_language
from domain.vietnamese_order import vietnamese_key
from projections.audit.words import word_of
from projections.customers.table import CUSTOMERS
from projections.point_in_time.readings import rows_as_they_were
from projections.procedures.queries import (
    ProcedureCursor,
    ProcedureDetails,
    ProcedureFilter,
    is_overdue,
    one_procedure,
    procedure_in,
    procedures,
    steps_of,
)
from projections.procedures.table import PROCEDURES, ProcedureRow, StepRow, as_object
from projections.tickets.table import TICKETS

SHOWN = 50
STATES = get_args(ProcedureRow.__annotations__["state"])
_KEY: TypeAdapter[tuple[AwareDatetime, UUID]] = TypeAdapter(tuple[AwareDatetime, UUID])


def _listed(visit: Visit, session: ReadSession) -> Content:
    """Those that started last first, with their overdue steps."""
    key = cursor_key(visit.one("cursor"), _KEY)
    wanted = ProcedureFilter(
        visit.one("procedure"),
        one_of(visit, "state", STATES),
        id_in(visit, "subject"),
        id_in(visit, "customer"),
        overdue=is_set(visit, "overdue"),
    )
    listed, following = procedures(
        session.connection,
        session.schema,
        wanted,
        session.now,
        after=None if key is None else ProcedureCursor(*key),
        limit=SHOWN,
    )
    book = _book(visit, session)
    rows = []
    steps_by_procedure = steps_of(session.connection, session.schema, [each.procedure_stream for each in listed])
    named = _named(listed, session)
    for each in listed:
        steps = [step for step in steps_by_procedure.get(each.procedure_stream, ()) if step.ended_at is None]
        rows.append(
            {
                "procedure": each,
                "title": title_in(book, each, visit),
                "state": _state(each, visit),
                "subject": named[each.subject].address,
                "about": about_in_words(each.subject_kind, named[each.subject], visit.language),
                "open": [_step_title(step, visit) for step in steps],
                "overdue": [_step_title(step, visit) for step in steps if is_overdue(step, session.now)],
            }
        )
    states = {state: word_of("state of a procedure", state, visit.language) for state in STATES}
    return {"rows": rows, "cursor": cursor_of(following), "states": states, "titles": procedure_titles(visit, session)}


def _facts(visit: Visit, session: ReadSession) -> Content:
    """What the procedure is about, how it stands, and the form that abandons it."""
    details = _details(visit, session)
    procedure = details.procedure
    may = visit.may_record("tickets:write") and procedure.state == "running"
    path = {"procedure_id": procedure.procedure_stream}
    named, titles = _named([procedure], session), rule_titles(visit, session)
    return {
        "procedure": procedure,
        "state": _state(procedure, visit),
        "subject": named[procedure.subject].address,
        "about": about_in_words(procedure.subject_kind, named[procedure.subject], visit.language),
        "customer": procedure.customer and named[procedure.customer],
        "started_by": actor_in_words(procedure.started_by, procedure.started_by_kind, titles, visit.language),
        "ended_by": actor_in_words(procedure.ended_by, procedure.ended_by_kind, titles, visit.language),
        "definition": rule_path(PROCEDURE.name, procedure.procedure),
        "abandon": form_of(visit, ABANDON, path, version=procedure.version) if may else None,
        "details": _details_of(procedure),
    }


def _steps(visit: Visit, session: ReadSession) -> Content:
    """Every step that was opened, in that order, with the forms of those that a person may end."""
    details = _details(visit, session)
    procedure = details.procedure
    definition = _book(visit, session).version(procedure.procedure, procedure.definition_version)
    may = visit.may_record("tickets:write") and procedure.state == "running"
    rows, titles = [], rule_titles(visit, session)
    for step in details.steps:
        who = step.agent or step.team or (step.role and word_of("role", step.role, visit.language))
        rows.append(
            {
                "step": step,
                "title": _step_title(step, visit),
                "kind": word_of("step kind", step.kind, visit.language),
                "who": who,
                "overdue": is_overdue(step, session.now),
                "ended_by": actor_in_words(step.ended_by, step.ended_by_kind, titles, visit.language),
                "ended_as": step.ended_as and word_of("end of a step", step.ended_as, visit.language),
                "forms": forms_of_step(visit, step, definition, details.version)
                if may and step.ended_at is None
                else [],
            }
        )
    waiting = (
        []
        if definition is None
        else [
            in_language(definition_step.title, visit.language)
            for definition_step in definition.steps
            if definition_step.id not in {step.step for step in details.steps} and procedure.state == "running"
        ]
    )
    return {"rows": rows, "waiting": waiting}


def _named(listed: Sequence[ProcedureRow], session: ReadSession) -> Mapping[UUID, NamedSubject]:
    """What procedures are about, and their customers."""
    customers = {each.customer: "customer" for each in listed if each.customer is not None}
    return named_subjects(session, customers | {each.subject: each.subject_kind for each in listed})


def _details(visit: Visit, session: ReadSession) -> ProcedureDetails:
    """The procedure of the address at the instants of the visit. Raises Problem (not_found)."""
    stream, reader = id_of("procedure_id", visit.path["procedure_id"]), visit.reader
    if visit.is_past:
        shown = procedure_in(
            rows_as_they_were(session.connection, reader.tenant, PROCEDURES, stream, **reader.instants)
        )
    else:
        shown = one_procedure(session.connection, session.schema, stream)
    if shown is None:
        raise unknown_id()
    return shown


def _title(visit: Visit, session: ReadSession) -> str:
    return title_in(_book(visit, session), _details(visit, session).procedure, visit)


def _book(visit: Visit, session: ReadSession) -> ProcedureBook:
    return ProcedureBook(session.definitions(visit.reader.tenant))


def procedure_titles(visit: Visit, session: ReadSession) -> dict[str, str]:
    """What the published procedures are called by their last version, by name."""
    book = _book(visit, session)
    titles = {
        each.name: book.title(each.name, each.version, visit.language)
        for each in published(session.definitions(visit.reader.tenant), PROCEDURE.name)
    }
    return dict(sorted(titles.items(), key=lambda named: vietnamese_key(named[1])))


def title_in(book: ProcedureBook, procedure: ProcedureRow, visit: Visit) -> str:
    """What a procedure is called."""
    return book.title(procedure.procedure, procedure.definition_version, visit.language)


def _step_title(step: StepRow, visit: Visit) -> str:
    return step.title_vi if visit.language == "vi" else step.title_en


def _state(procedure: ProcedureRow, visit: Visit) -> str:
    return word_of("state of a procedure", procedure.state, visit.language)


def _details_of(procedure: ProcedureRow) -> dict[str, str]:
    """What is known of the case, by the names that the definition asks for."""
    return as_object(procedure.details)


LIST = Page(
    "procedures",
    "/procedures",
    (Panel("listed", _listed, wide=True),),
    (PROCEDURES, CUSTOMERS, TICKETS),
    parameters=frozenset({"procedure", "state", "subject", "customer", "overdue", "cursor"}),
    in_menu=True,
)
PROCEDURE_PAGE = Page(
    "procedure",
    "/procedures/{procedure_id}",
    (Panel("facts", _facts), Panel("steps", _steps, wide=True)),
    (PROCEDURES, CUSTOMERS, TICKETS),
    whole=False,
    title=_title,
    refreshes=False,
)
