"""`health list` and `health outcomes`: customers by band, and what became of their contracts."""

from datetime import datetime
from types import MappingProxyType
from typing import Annotated

import typer

from api.cli.health.sources import Definition, definition_in, health_reading, in_words
from api.cli.options import DAY, in_order
from api.cli.printing import say, show_json, show_table
from api.cli.read_options import AnswerOptions, PointInTimeOptions
from api.cli.shared_options import options_of
from domain.readable import ByLanguage, percentage
from projections.audit.words import word_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.contracts.table import CONTRACTS
from projections.customers.table import CUSTOMERS
from projections.health.outcomes import outcomes
from projections.health.readings import all_pages, health_page

_TITLE: ByLanguage = MappingProxyType({"en": "Health", "vi": "Sức khỏe khách hàng"})
_TERMS: ByLanguage = MappingProxyType({"en": "Terms by band", "vi": "Kỳ hợp đồng theo mức sức khỏe"})
_LEFT_OUT: ByLanguage = MappingProxyType(
    {
        "en": "Terms that were neither renewed nor ended so far are left out.",
        "vi": "Không tính kỳ chưa gia hạn và chưa kết thúc.",
    }
)
Most = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="How many customers at most.")]


@options_of(PointInTimeOptions)
def list_all(
    reading: PointInTimeOptions,
    band: Annotated[str | None, typer.Option(help="A band, such as red, or unknown; else all.")] = None,
    definition: Definition = None,
    limit: Most = 100,
) -> None:
    """List customers with the score and the band of their health.

    Each customer is judged from the log, so that a desk with very many customers takes a while.
    """
    given = definition_in(definition)
    with health_reading(reading, AUDIT_HISTORY, CUSTOMERS) as (source, at, locale):
        shown = all_pages(lambda after, most: health_page(source, at, band, after, most, given), limit)
    rows = [
        {
            "customer": summary.customer,
            "name": summary.name,
            "tier": summary.tier,
            "band": judged.band,
            "score": judged.score,
            "coverage": judged.coverage,
        }
        for summary, judged in shown
    ]
    if reading.as_json:
        show_json(rows)
    else:
        words = locale.language
        show_table(_TITLE[words], [in_words(row, words) for row in rows], language=words)


@options_of(AnswerOptions)
def outcomes_of(
    reading: AnswerOptions,
    first: Annotated[datetime, typer.Option("--from", formats=DAY, help="Terms that end from this day on.")],
    last: Annotated[datetime, typer.Option("--to", formats=DAY, help="Terms that end up to this day, included.")],
    definition: Definition = None,
) -> None:
    """Show how many contract terms lapsed, by the band of health 90 days before their end.

    A definition that says something has the greatest share in its worst band.
    """
    in_order(first, last)
    given = definition_in(definition)
    of_now = PointInTimeOptions(reading.language, reading.data, reading.tenant)
    with health_reading(of_now, AUDIT_HISTORY, CONTRACTS) as (source, at, locale):
        rows = outcomes(source, first.date(), last.date(), at, given)
    if reading.as_json:
        show_json(rows)
        return
    words = locale.language
    show_table(
        _TERMS[words],
        [
            {
                "band": word_of("band", row.band, words),
                "terms": row.terms,
                "renewed": row.renewed,
                "lapsed": row.lapsed,
                "terminated": row.terminated,
                "share_lapsed": None if row.share_lapsed is None else percentage(row.share_lapsed / 100, words),
            }
            for row in rows
        ],
        language=words,
    )
    say(_LEFT_OUT[words])
