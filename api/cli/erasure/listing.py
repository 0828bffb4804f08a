"""`erasure show` and `erasure list`: how far erasures are, and which legal holds stand."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from api.cli.erasure.workflow import Customer
from api.cli.locale import Locale
from api.cli.named_streams import CUSTOMER_IDS, stream_named
from api.cli.printing import local, say, show_json, show_table, shown
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from api.cli.usage_error import UsageError
from api.erasing.readings import erasure_of, erasures
from domain.readable import Language
from projections.audit.words import word_of


class ErasureWords(NamedTuple):
    """The words around the tables. ``erasure`` and ``deadlines`` have placeholders."""

    erasures: str
    erasure: str
    deadlines: str
    steps: str
    holds: str


_WORDS: Mapping[Language, ErasureWords] = MappingProxyType(
    {
        "en": ErasureWords(
            erasures="Erasures",
            erasure="Erasure {erasure}: {state}{deadlines}.",
            deadlines="; answer by {answer_by}, erase by {erase_by}",
            steps="Steps",
            holds="Legal holds",
        ),
        "vi": ErasureWords(
            erasures="Yêu cầu xóa dữ liệu",
            erasure="Yêu cầu xóa {erasure}: {state}{deadlines}.",
            deadlines="; trả lời trước {answer_by}, xóa trước {erase_by}",
            steps="Các bước",
            holds="Lệnh lưu giữ",
        ),
    }
)


@options_of(ReadOptions)
def show(reading: ReadOptions, customer: Customer) -> None:
    """Show an erasure: steps, deadlines, legal holds."""
    with reading.connection() as connection:
        erasure = erasure_of(
            connection, reading.tenant, stream_named(connection, reading.tenant, CUSTOMER_IDS, customer)
        )
        locale = reading.locale(connection)
    if erasure is None:
        raise UsageError(
            f"No erasure of {customer} was requested, and no legal hold placed.",
            f"Chưa có yêu cầu xóa và chưa có lệnh giữ nào cho {customer}.",
        )
    if reading.as_json:
        show_json(erasure.model_dump(mode="json"))
        return
    words = _WORDS[locale.language]
    deadlines = words.deadlines.format(
        answer_by=_time(erasure.answer_by, locale), erase_by=_time(erasure.erase_by, locale)
    )
    say(
        words.erasure.format(
            erasure=erasure.erasure,
            state=_step(erasure.state, locale),
            deadlines=deadlines if erasure.answer_by else "",
        )
    )
    rows = [
        {
            "at": local(each.at, locale.zone),
            "step": _step(each.step, locale),
            "by": each.by,
            "position": each.position,
        }
        for each in erasure.steps
    ]
    show_table(words.steps, rows, language=locale.language)
    show_table(words.holds, [{"legal_hold": each} for each in erasure.holds], language=locale.language)
    say(locale.zone_sentence)


@options_of(ReadOptions)
def list_all(reading: ReadOptions) -> None:
    """List erasures and legal holds, the oldest first."""
    with reading.connection() as connection:
        readings = erasures(connection, reading.tenant)
        locale = reading.locale(connection)
    if reading.as_json:
        show_json([each.model_dump(mode="json") for each in readings])
        return
    rows = [
        {
            "customer": each.customer,
            "state": _step(each.state, locale),
            "law": each.law and word_of("law", each.law, locale.language),
            "answer_by": local(each.answer_by, locale.zone),
            "erase_by": local(each.erase_by, locale.zone),
            "overdue": each.overdue,
            "legal_holds": len(each.holds),
        }
        for each in readings
    ]
    show_table(_WORDS[locale.language].erasures, rows, language=locale.language)
    say(locale.zone_sentence)


def _step(name: str, locale: Locale) -> str:
    """A step, or the state after it, in words."""
    return word_of("step of an erasure", name, locale.language)


def _time(instant: datetime | None, locale: Locale) -> str:
    return shown(local(instant, locale.zone), locale.language)
