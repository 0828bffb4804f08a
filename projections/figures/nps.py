"""The net promoter score: of persons and of organisations, over a period, in a wave, and by the ticket."""

from psycopg import sql

from domain.customer_figures.nps import DETRACTOR_BELOW, PROMOTER_FROM, SMALL_BELOW
from domain.definitions.kinds import NPS_WAVE, SEGMENT
from domain.event_log.sql_files import sql_file
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.engine.projection import Projection
from projections.figures.dimensions import ALL, OF_CUSTOMERS, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Part, Ratio, Title, count
from projections.figures.nps_waves import answers_in_waves
from projections.figures.of_customers import SURVIVORS, periods, with_persons
from projections.figures.of_tickets import DIMENSIONS
from projections.scope.figure_query import FigureQuery
from projections.tickets.table import TICKETS

_SQL = sql_file("projections.figures", "nps.sql")
_PROMOTERS, _DETRACTORS = f"score >= {PROMOTER_FROM}", f"score < {DETRACTOR_BELOW}"
_BALANCE = f"(count(*) filter (where {_PROMOTERS}) - count(*) filter (where {_DETRACTORS}))::float8"
_PARTS = (
    count("promoters", _PROMOTERS),
    count("passives", f"not {_PROMOTERS} and not {_DETRACTORS}"),
    count("detractors", _DETRACTORS),
    count("answers"),
    Part(
        "margin",
        f"196 * sqrt(greatest((count(*) filter (where {_PROMOTERS} or {_DETRACTORS}) / count(*)::float8"
        f" - ({_BALANCE} / count(*)) ^ 2) / count(*), 0))",
    ),
    Part("small", f"(count(*) < {SMALL_BELOW})::int", empty=1),
    Part("mean", "avg(score::numeric)::float8"),
)


def _by_period(query: FigureQuery) -> sql.Composed:
    """The relationship answers of a period with the vote of each person: its last answer."""
    answers = with_persons(query.table("nps_answers"))
    return _SQL["by period"].composed(
        query.schema, answers=answers, survivors=SURVIVORS, within=query.within("at"), **periods(query)
    )


def _persons(query: FigureQuery) -> sql.Composable:
    return _SQL["persons"].composed(query.schema, votes=_by_period(query), further=sql.SQL(""))


def _organisations(query: FigureQuery) -> sql.Composable:
    number = sql.SQL(", {number}").format(**periods(query))
    return _SQL["organisations"].composed(query.schema, votes=_by_period(query), further=sql.SQL(""), group=number)


_OF_WAVES = sql.SQL(", wave, wave_key, channel, folded")


def _persons_in_waves(query: FigureQuery) -> sql.Composable:
    return _SQL["persons"].composed(query.schema, votes=answers_in_waves(query), further=_OF_WAVES)


def _organisations_in_waves(query: FigureQuery) -> sql.Composable:
    return _SQL["organisations"].composed(
        query.schema, votes=answers_in_waves(query), further=_OF_WAVES, group=_OF_WAVES
    )


def _of_tickets(query: FigureQuery) -> sql.Composable:
    return _SQL["of tickets"].composed(query.schema, dimensions=DIMENSIONS)


_SOURCE = "Bain: 9 and 10 are promoters, 0 to 6 detractors, passives stay below the line"
_MEAN = f"a mean from {PROMOTER_FROM} on is a promoter, one below {DETRACTOR_BELOW} a detractor"
_READ = (CUSTOMER_FACTS, *READ_FOR_CUSTOMERS)
_NOT_IN_A_WAVE = ("answered_again", "no_wave", "unknown_wave", "before_the_wave", "after_the_wave", "not_asked")


def _score(
    name: str,
    title: Title,
    formula: str,
    reading: CountedFacts,
    left_out: tuple[str, ...],
    dimensions: tuple[str, ...] = OF_CUSTOMERS,
    projections: tuple[Projection, ...] = _READ,
    definitions: tuple[str, ...] = (),
) -> Figure:
    return Figure(
        name=name,
        title=title,
        formula=formula,
        source=_SOURCE,
        unit="points",
        subject="customer",
        value=Ratio(("promoters",), ("answers",), ("detractors",), 100),
        reading=reading,
        projections=projections,
        dimensions=dimensions,
        definitions=definitions,
        left_out=left_out,
    )


NPS_FIGURES = (
    _score(
        "nps",
        Title("NPS", "Điểm NPS"),
        "% of 9-10 minus % of 0-6, the last answer without a ticket of each person in the period",
        CountedFacts(_persons, _PARTS, organisation_of="fact"),
        ("answered_again",),
    ),
    _score(
        "nps-organisations",
        Title("NPS, one vote an organisation", "Điểm NPS theo tổ chức"),
        f"the same of organisations, each by the mean of its persons' last answers in the period; {_MEAN}",
        CountedFacts(_organisations, _PARTS, organisation_of="fact"),
        ("answered_again", "no_organisation"),
    ),
    _score(
        "nps-wave",
        Title("NPS of waves", "Điểm NPS theo đợt khảo sát"),
        "% of 9-10 minus % of 0-6, the last answer of each person in a published wave; final when the wave has closed",
        CountedFacts(_persons_in_waves, _PARTS, organisation_of="fact"),
        _NOT_IN_A_WAVE,
        dimensions=(*OF_CUSTOMERS, "wave", "channel"),
        definitions=(NPS_WAVE.name, SEGMENT.name),
    ),
    _score(
        "nps-wave-organisations",
        Title("NPS of waves, one vote an organisation", "Điểm NPS theo đợt và tổ chức"),
        f"the same of organisations, each by the mean of its persons' last answers in the wave; {_MEAN}",
        CountedFacts(_organisations_in_waves, _PARTS, organisation_of="fact"),
        (*_NOT_IN_A_WAVE, "no_organisation"),
        dimensions=(*OF_CUSTOMERS, "wave", "channel"),
        definitions=(NPS_WAVE.name, SEGMENT.name),
    ),
    _score(
        "nps-ticket",
        Title("NPS of tickets", "Điểm NPS theo phiếu"),
        "% of 9-10 minus % of 0-6, the last answer that names each ticket; never mixed with the others",
        CountedFacts(_of_tickets, _PARTS, organisation_of="ticket"),
        ("answered_again",),
        dimensions=ALL,
        projections=(*_READ, TICKETS),
    ),
)
