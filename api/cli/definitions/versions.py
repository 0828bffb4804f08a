"""`definition list`, `show` and `diff`: the published definitions and their versions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Annotated

import typer

from api.cli.locale import Locale
from api.cli.options import DEFAULT_TENANT, INSTANT, AsJson, Data, Tenant
from api.cli.printing import local, say, show_json, show_lines, show_table
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from api.cli.table_columns import Whole
from api.cli.tenant_database import tenant_connection
from api.cli.usage_error import UsageError
from api.cli.version_difference import show_difference
from api.configured.readable_content import without_null
from api.configured.toml_writer import inline
from domain.definitions.kind import TENANT
from domain.definitions.kinds import KINDS
from domain.definitions.overview import coming, overview, versions_of
from domain.definitions.published import PublishedVersion
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.readable import ByLanguage, Language, second
from domain.text_by_language import in_language
from domain.versions import in_effect
from projections.audit.words import word_of

_WORDS: Mapping[Language, tuple[str, str]] = MappingProxyType(
    {"en": ("Definitions", "Version {}, in effect"), "vi": ("Cấu hình", "Phiên bản {}, đang có hiệu lực")}
)
"""The titles of the list and of the version in effect."""
_COMING: ByLanguage = MappingProxyType(
    {"en": "Version {} of {} takes effect on {}.", "vi": "Phiên bản {} của {} có hiệu lực từ {}."}
)
Kind = Annotated[str, typer.Argument(help=f"The kind of the definition: {', '.join(KINDS)}.")]
Name = Annotated[str, typer.Argument(help="The name of the definition; most kinds have one alone, tenant.")]
At = Annotated[
    datetime | None, typer.Option(formats=INSTANT, help="What is in effect then; else now. A day means its beginning.")
]


@options_of(ReadOptions)
def list_all(
    reading: ReadOptions,
    kind: Annotated[str | None, typer.Option(help="Definitions of this kind alone.")] = None,
    at: At = None,
) -> None:
    """List the definitions in effect, now or later.

    Version 0 is built in. `definition show` shows what a definition says.
    """
    with reading.connection() as connection:
        locale = reading.locale(connection)
        events, then = reader.definitions(connection, reading.tenant), locale.instant(at) or reader.now(connection)
    rows = overview(events, then, kind)
    if reading.as_json:
        show_json(rows)
        return
    title, _ = _WORDS[locale.language]
    shown = [{"kind": row.kind, "name": Whole(row.name), **_publication(row, locale)} for row in rows]
    show_table(title, shown, language=locale.language)
    show_lines([_coming(version, locale) for version in coming(events, then, kind)])
    say(locale.zone_sentence)


def _coming(version: PublishedVersion, locale: Locale) -> str:
    since = second(version.effective_from.astimezone(locale.zone), locale.language)
    return _COMING[locale.language].format(version.version, f"{version.kind} {version.name}", since)


@options_of(ReadOptions)
def show(reading: ReadOptions, kind: Kind, name: Name = TENANT, at: At = None) -> None:
    """Show a definition, with all its versions.

    With --json the versions are complete.
    """
    with reading.connection() as connection:
        locale = reading.locale(connection)
        versions = _versions(reader.definitions(connection, reading.tenant), kind, name)
        chosen = in_effect(versions, locale.instant(at) or reader.now(connection))
    if reading.as_json:
        show_json({"in_effect": chosen, "versions": versions})
        return
    shown = [
        _publication(version, locale) | {"published": local(version.recorded_at, locale.zone)} for version in versions
    ]
    show_table(f"{kind} {name}", shown, language=locale.language)
    say(locale.zone_sentence)
    if chosen is not None:
        texts = {"title", "description"}
        body = [
            {"field": field, "value": in_language(value, locale.language) if field in texts else _written(value)}
            for field, value in chosen.body.items()
        ]
        _, version = _WORDS[locale.language]
        show_table(version.format(chosen.version), body, language=locale.language)


def _written(value: object) -> object:
    """Tables and lists as a file has them, without what is not set."""
    return inline(without_null(value)) if isinstance(value, Mapping | list) else value


def diff(
    kind: Kind,
    name: Name,
    old: Annotated[int, typer.Argument(help="A version.")],
    new: Annotated[int, typer.Argument(help="Another.")],
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Show how two versions of a definition differ."""
    with tenant_connection(data, tenant) as connection:
        versions = _versions(reader.definitions(connection, tenant), kind, name)
    show_difference({each.version: each.body for each in versions}, old, new, as_json=as_json)


def _versions(events: Sequence[RecordedEvent], kind: str, name: str) -> list[PublishedVersion]:
    """Those of a definition. Raises UsageError where there is none."""
    versions = versions_of(events, kind, name)
    if not versions and kind not in KINDS:
        named = [f"{each} {kind}" for each in KINDS if versions_of(events, each, kind)]
        choice = ", ".join(named or KINDS)
        raise UsageError(
            f"There is no kind {kind!r}: the kind stands before the name, {choice}.",
            f"Không có loại {kind!r}: loại đứng trước tên, {choice}.",
        )
    if not versions:
        kind_in_vietnamese = word_of("definition kind", kind, "vi")
        raise UsageError(
            f"There is no {kind} {name!r}: `definition list` shows what is published.",
            f"Không có {kind_in_vietnamese} {name!r}: `definition list` cho xem những gì đã ban hành.",
        )
    return versions


def _publication(version: PublishedVersion, locale: Locale) -> dict[str, object]:
    return {
        "version": version.version,
        "effective_from": locale.effective_from(version.version, version.effective_from),
        "by": version.actor,
        "why": version.reason,
    }
