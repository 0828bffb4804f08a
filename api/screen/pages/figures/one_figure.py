"""A figure with its question, its answer, and the facts behind a part of it: what every number on the desk links to."""

from datetime import date, datetime
from itertools import chain
from typing import NamedTuple, get_args
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter

from api.headings import heading, reason_words
from api.http.paging import cursor_key, page_of
from api.http.problems import Problem, malformed
from api.http.read_session import ReadSession
from api.readable import number
from api.screen.figures.question import AnsweredQuestion, FigureQuestion
from api.screen.figures.shown import bars, count_cell, period_words, shown_table, trend
from api.screen.page import Content, Page, Panel
from api.screen.visit import Visit
from api.screen.words.formulas import formula_of, note_of
from projections.customers.queries import names_of
from projections.figures.answer import filters_in
from projections.figures.counting import LEFT_OUT
from projections.figures.figure import Figure, Subject
from projections.figures.registry import FIGURES
from projections.scope.periods import Every
from projections.tickets.queries import subjects_of
from projections.tickets.table import TICKETS

PARAMETERS = frozenset({"first", "last", "every", "by", "where", "part", "cursor"})
_KEY = TypeAdapter(tuple[AwareDatetime, UUID | None, str | None])
_FACTS = 50
_MOST_BARS = 24


class _Fact(NamedTuple):
    """A fact behind a part: what it is about, with its page."""

    at: datetime
    text: str
    address: str | None
    fact: str | None
    customer: str | None
    customer_address: str | None
    final: bool


def _figure(visit: Visit) -> Figure:
    """The figure of the address. Raises Problem (not_found)."""
    name = visit.path["name"]
    if name not in FIGURES:
        raise Problem("not_found", "there is no figure of that name: the list of figures names them")
    return FIGURES[name]


def _question(visit: Visit) -> FigureQuestion:
    """The question of the address. Raises Problem (malformed, not_found) and FigureRefused."""
    every = visit.one("every")
    if every is not None and every not in get_args(Every):
        raise malformed([{"loc": ("every",), "msg": f"choose one of {', '.join(get_args(Every))}"}])
    return FigureQuestion(
        _figure(visit),
        _day(visit, "first"),
        _day(visit, "last"),
        every,  # type: ignore[arg-type]  # one of them
        tuple(dict.fromkeys(filter(None, visit.query.get("by", ())))),
        filters_in(filter(None, visit.query.get("where", ()))),
    )


def _day(visit: Visit, name: str) -> date | None:
    text = visit.one(name)
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise malformed([{"loc": (name,), "msg": "write a day as 2026-03-05"}]) from None


def _title(visit: Visit, _session: ReadSession) -> str:
    title: str = getattr(_figure(visit).title, visit.language)
    return title


def _asked(visit: Visit, session: ReadSession) -> Content:
    question, language = _question(visit), visit.language
    figure = question.figure
    return {
        "formula": formula_of(figure, language),
        "note": note_of(figure, language),
        "source": figure.source,
        "question": question,
        "days": None if figure.judged == "at the present instant" else question.days(visit, session),
        "dimensions": [(name, heading(name, language), name in question.by) for name in figure.dimensions],
        "wheres": [*question.wheres, ""],
        "every": [(each, heading(each, language)) for each in get_args(Every)],
    }


def _answer(visit: Visit, session: ReadSession) -> Content:
    told = _question(visit).answered(visit, session)
    summary = visit.w("figure.of_days", title=_title(visit, session), days=period_words(told))
    rows = told.answer.rows
    chart = None
    if told.question.every is not None and not told.question.by and not told.question.figure.always_by:
        chart = trend(told, summary)
    elif told.question.every is None and 1 < len(rows) <= _MOST_BARS:
        chart = bars(told, summary)
    return {
        "summary": summary,
        "chart": chart,
        "table": shown_table(told),
        "parts_behind": _parts(told) if len(rows) == 1 else [],
        "final": number(sum(row.final for row in rows), visit.language),
        "provisional": number(sum(row.provisional for row in rows), visit.language),
        "left_out": _left_out(told),
        "definitions": told.answer.definitions,
    }


def _parts(told: AnsweredQuestion) -> list[tuple[str, str]]:
    """Each part of an answer with one row, with the address of its facts."""
    behind = told.behind(told.row)
    names = [name for name in told.question.figure.part_names if told.row.parts.get(name) is not None]
    return [(heading(name, told.visit.language), behind.address(told.visit, name)) for name in names]


def _left_out(told: AnsweredQuestion) -> list[tuple[str, object]]:
    visit, question = told.visit, told.question
    counts: dict[str, int] = {}
    for reason, count in chain.from_iterable(row.left_out.items() for row in told.answer.rows):
        counts[reason] = counts.get(reason, 0) + count
    return [
        (reason_words(reason, visit.language), count_cell(visit, count, question.address(visit, LEFT_OUT + reason)))
        for reason, count in counts.items()
        if count
    ]


def _facts(visit: Visit, session: ReadSession) -> Content:
    part = visit.one("part")
    if part is None:
        return {"part": None}
    question = _question(visit)
    after = cursor_key(visit.one("cursor"), _KEY)
    found = question.facts(visit, session, part, after, _FACTS + 1)
    page, following = page_of(found, _FACTS, lambda fact: (fact.at, fact.subject, fact.fact))
    reason = part.removeprefix(LEFT_OUT)
    words = heading(part, visit.language) if reason == part else reason_words(reason, visit.language)
    return {"part": words, "facts": _named(visit, session, question.figure, page), "cursor": following}


def _named(visit: Visit, session: ReadSession, figure: Figure, facts: list[Subject]) -> list[_Fact]:
    """The facts with the subjects of their tickets and the names of their customers."""
    ids = [fact.subject for fact in facts if fact.subject is not None]
    has_names = {each.name for each in figure.projections} >= {"customers"}
    subjects = subjects_of(session.connection, session.schema, ids) if TICKETS in figure.projections else {}
    customers = {fact.customer for fact in facts if fact.customer is not None}
    if figure.subject == "customer":
        customers |= set(ids)
    names = names_of(session.connection, session.schema, customers) if has_names and customers else {}

    def named(fact: Subject) -> _Fact:
        customer = None if fact.customer is None else names.get(fact.customer) or str(fact.customer)
        of_customer = None if fact.customer is None else visit.link(f"/customers/{fact.customer}")
        match figure.subject:
            case "ticket":
                text, address = subjects.get(fact.subject, str(fact.subject)), visit.link(f"/tickets/{fact.subject}")
            case "customer":
                text, address = names.get(fact.subject) or str(fact.subject), visit.link(f"/customers/{fact.subject}")
                customer = of_customer = None
            case "procedure":
                text, address = str(fact.subject), visit.link(f"/procedures/{fact.subject}")
            case "contract":
                text, address = str(fact.subject), of_customer
            case "agent" | "team" if fact.subject is None:
                text, address = fact.fact or "", visit.link("/work", **{figure.subject: fact.fact})
            case _:
                text, address = subjects.get(fact.subject, str(fact.subject)), visit.link(f"/tickets/{fact.subject}")
        detail = None if text == fact.fact else fact.fact
        return _Fact(fact.at, text, address, detail, customer, of_customer, fact.final)

    return [named(fact) for fact in facts]


PAGE = Page(
    name="figure",
    path="/figures/{name}",
    panels=(
        Panel("asked", _asked, wide=True),
        Panel("answer", _answer, wide=True),
        Panel("facts", _facts, wide=True),
    ),
    projections=tuple({each.name: each for figure in FIGURES.values() for each in figure.projections}.values()),
    title=_title,
    parameters=PARAMETERS,
    refreshes=False,
)
