"""One figure of the registry, now or at another instant; the list of all figures."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import MappingProxyType

from psycopg import Connection

from api.cli.locale import zone_sentence
from api.cli.printing import local, say, show_json, show_lines, show_table
from api.cli.read_options import AnswerOptions
from api.cli.report.question import Question
from api.cli.report.sections import show_section
from api.cli.running_command import count_rows
from api.cli.shared_options import options_of
from api.cli.table_columns import Whole
from api.figure_formulas import formula_of, formula_sentence, note_of
from api.headings import heading
from api.report_pages.section_table import section_table
from domain.event_log.schema import schema_of
from domain.local_time import local_day
from domain.readable import ByLanguage, Language, day, number, second
from domain.zones import zone_named
from projections.audit.due_words import clock_in_words
from projections.engine.checkpoints import position_of
from projections.figures.answer import FigureAnswer, answer, check_question, subjects
from projections.figures.figure import Figure
from projections.figures.registry import FIGURES, described
from projections.point_in_time.readings import as_it_was
from projections.scope.tenant_settings import tenant_settings

_FIGURES: ByLanguage = MappingProxyType({"en": "Figures", "vi": "Chỉ số"})
_WHERE: ByLanguage = MappingProxyType(
    {
        "en": "From {first} to {last}, days in {zone}; true for position {position} of the log.",
        "vi": "Từ {first} đến {last}, ngày theo {zone}; đúng đến vị trí {position} của nhật ký.",
    }
)
_AT: ByLanguage = MappingProxyType(
    {
        "en": "At {at}, time of {zone}; true for position {position} of the log.",
        "vi": "Lúc {at}, giờ theo {zone}; đúng đến vị trí {position} của nhật ký.",
    }
)
"""The same of a figure that is judged at the present instant alone."""
_MORE: ByLanguage = MappingProxyType(
    {
        "en": "There are more: ask with --limit, at most 10,000, or for fewer days.",
        "vi": "Còn nữa: đặt --limit, nhiều nhất 10.000, hoặc chọn ít ngày hơn.",
    }
)
_AS_IT_WAS: Mapping[Language, tuple[str, str]] = MappingProxyType(
    {
        "en": ("As of {at}.", "As it was known at {at}."),
        "vi": ("Tính đến {at}.", "Theo những gì đã biết lúc {at}."),
    }
)


@options_of(AnswerOptions)
def list_figures(reading: AnswerOptions) -> None:
    """List the figures, with what each counts."""
    if reading.as_json:
        show_json([described(figure) for figure in FIGURES.values()])
        return
    words = reading.language_now()
    rows = [
        {
            "name": Whole(figure.name),
            "version": figure.version,
            "figure": figure.title._asdict()[words],
            "formula": formula_of(figure, words),
        }
        for figure in FIGURES.values()
    ]
    show_table(_FIGURES[words], rows, language=words)


def show_figure(
    connection: Connection,
    tenant: str,
    name: str,
    question: Question,
    *,
    as_json: bool = False,
    language: Language = "en",
) -> None:
    """Shows a figure. Raises FigureRefused, PeriodRefused, ProjectionOutdated and TooManyGroups."""
    figure = FIGURES[name]
    answer = _answer(connection, tenant, figure, question)
    if as_json:
        show_json({**answer._asdict(), "rows": [row._asdict() for row in answer.rows],
                   "definitions": [used._asdict() for used in answer.definitions]})  # fmt: skip
        return
    settings = tenant_settings(connection, tenant, answer.judged_at)
    table = section_table(
        {
            "title": figure.title._asdict(),
            "figure": figure.name,
            "part": None,
            "unit": answer.unit,
            "every": question.every,
            "by": question.by,
            "rows": [row._asdict() for row in answer.rows],
        },
        language,
        settings.year_begins,
        of_report=False,
    )
    show_section(table, language)
    show_lines(_lines(figure, answer, language))


def show_facts(
    connection: Connection,
    tenant: str,
    figure: Figure,
    question: Question,
    part: str,
    limit: int,
    *,
    as_json: bool = False,
    language: Language = "en",
) -> None:
    """Shows the facts behind a part. Raises what `show_figure` raises."""
    with _question_at(connection, tenant, figure, question, part) as (then, schema):
        query = then.query(connection, tenant, schema)
        facts = subjects(figure, query, part, limit=limit + 1)
    count_rows(min(len(facts), limit))
    if as_json:
        listed = [fact._asdict() for fact in facts[:limit]]
        show_json({"subject": figure.subject, "facts": listed, "more": len(facts) > limit})
        return
    zone = query.period.zone
    show_table(
        f"{figure.title.en if language == 'en' else figure.title.vi}: {heading(part, language)}",
        [
            {
                "at": local(fact.at, zone),
                figure.subject: fact.subject,
                "fact": fact.fact and clock_in_words(fact.fact, language),
                "final": fact.final,
            }
            for fact in facts[:limit]
        ],
        language=language,
    )
    show_lines([zone_sentence(zone, language)])
    if len(facts) > limit:
        say(_MORE[language])


@contextmanager
def _question_at(
    connection: Connection, tenant: str, figure: Figure, question: Question, part: str | None = None
) -> Iterator[tuple[Question, str]]:
    """The question at its instants, and the schema that holds the rows of then."""
    question = question.at_instants(connection, tenant)
    instants = {"known_at": question.known_at, "as_of": question.as_of}
    with connection.transaction():
        check_question(figure, question.query(connection, tenant, schema_of(tenant)), part)
        with as_it_was(connection, tenant, figure.projections, **instants) as schema:
            yield question, schema


def _answer(connection: Connection, tenant: str, figure: Figure, question: Question) -> FigureAnswer:
    with _question_at(connection, tenant, figure, question) as (then, schema):
        live = then.known_at is None and then.as_of is None
        position = position_of(connection, tenant, figure.projections) if live else then.position(connection, tenant)
        return answer(figure, then.query(connection, tenant, schema), position, known_at=then.known_at)


def _lines(figure: Figure, answer: FigureAnswer, language: Language) -> list[str]:
    zone = zone_named(answer.zone)
    last = answer.end.astimezone(zone) - timedelta(days=1)
    words = _AT if figure.judged == "at the present instant" else _WHERE
    where = words[language].format(
        at=second(answer.judged_at.astimezone(zone), language),
        first=day(local_day(answer.start, zone), language),
        last=day(last.date(), language),
        zone=answer.zone,
        position=number(answer.position, language),
    )
    instants = [
        words.format(at=second(instant.astimezone(zone), language))
        for instant, words in zip((answer.as_of, answer.known_at), _AS_IT_WAS[language], strict=True)
        if instant is not None
    ]
    note = answer.note and note_of(figure, language)
    return [formula_sentence(figure, language), *filter(None, [note]), where, *instants]
