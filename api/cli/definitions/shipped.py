"""`definition shipped` and `definition adopt`: the definitions that come with the program and wait to be published."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

from api.cli.definitions.publish import publish_all
from api.cli.locale import language_of, locale_of
from api.cli.options import DEFAULT_TENANT, Data, Lang, Tenant
from api.cli.printing import say, show_json, show_table
from api.cli.read_options import AnswerOptions
from api.cli.shared_options import options_of
from api.cli.system_user import system_user
from api.cli.table_columns import Whole
from api.cli.tenant_database import connected, open_or_create, tenant_connection
from api.cli.usage_error import UsageError
from api.configured.file_text import is_in_effect
from api.configured.versions import ConfigurationEvents
from api.database_roles import under
from domain.command_context import Actor
from domain.definitions.commands import PublishDefinition
from domain.definitions.definition_file import WrittenDefinition, read_definition_file
from domain.definitions.kinds import WORKFORCE
from domain.definitions.published import definition_in_effect
from domain.definitions.shipped import kinds_shipped, shipped_files
from domain.event_log import reader
from domain.event_log.roles import DESK
from domain.messages import Message
from domain.procedure.definition import ProcedureDefinition
from domain.readable import ByLanguage, Language
from domain.text_by_language import in_language
from domain.text_folding import fold_name
from domain.workforce.definition import Workforce
from projections.audit.words import word_of

ALL = "all"
_AS_SHIPPED: ByLanguage = MappingProxyType({"en": "adopted as it is shipped", "vi": "áp dụng như có sẵn"})
_SHIPPED: ByLanguage = MappingProxyType({"en": "Shipped definitions", "vi": "Cấu hình có sẵn"})
_PUBLISHED: ByLanguage = MappingProxyType(
    {
        "en": "Published: {new} of {all} of the kind {kind}. In effect already as shipped: {known}.",
        "vi": "Đã ban hành: {new} trên {all} {kind}. Đã có hiệu lực đúng như có sẵn: {known}.",
    }
)
_NO_TEAM: ByLanguage = MappingProxyType(
    {
        "en": "The workforce has no such team, so that nobody takes its work: {}. Publish a workforce with it.",
        "vi": "Nhân sự chưa có nhóm này nên không ai nhận việc của nhóm: {}. Hãy ban hành nhân sự có nhóm này.",
    }
)
_TEAM = "team:"
"""How a role that is a team begins."""
OfKind = Annotated[str | None, typer.Argument(help="Of this kind alone, such as automation.")]


class ShippedDefinition(Message):
    """A definition that comes with the program, in both languages."""

    kind: str
    name: str
    title_vi: str | None
    title_en: str | None
    description_vi: str | None
    description_en: str | None


@options_of(AnswerOptions)
def shipped(reading: AnswerOptions, kind: OfKind = None) -> None:
    """List the rules and procedures that come with the program.

    They take effect when they are adopted.
    """
    written = [each for name in _kinds(kind) for each in _read(name, ALL)]
    if reading.as_json:
        show_json([_in_both(each) for each in written])
        return
    said_in = reading.language_now()
    show_table(_SHIPPED[said_in], [_row(each, kind, said_in) for each in written], language=said_in)


def adopt(
    kind: Annotated[str, typer.Argument(help="automation or procedure.")],
    name: Annotated[str, typer.Argument(help="The name of a shipped definition, or all.")],
    reason: Annotated[
        str | None, typer.Option(help="Why; it stands in the history. Else that it is adopted as it is shipped.")
    ] = None,
    actor: Annotated[str | None, typer.Option(help="Who adopts; else the user of this computer.")] = None,
    language: Lang = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Publish shipped rules or procedures, in effect from now on.

    One that is in effect as it is shipped stays as it is.
    """
    new, all_of_them = publish_shipped(kind, name, reason, actor or system_user(), data, tenant)
    said_in = language_of(data, tenant, language)
    kind_said = word_of("definition kind", kind, said_in)
    say(_PUBLISHED[said_in].format(new=new, all=all_of_them, kind=kind_said, known=all_of_them - new))
    with tenant_connection(data, tenant) as connection:
        now = reader.now(connection)
        workforce = definition_in_effect(reader.definitions(connection, tenant), WORKFORCE, now).body
    if missing := _missing_teams(_read(kind, name), workforce):
        say(_NO_TEAM[said_in].format(", ".join(missing)))


def _missing_teams(written: Sequence[WrittenDefinition], workforce: Workforce) -> list[str]:
    """The teams that steps of procedures name, and the workforce does not."""
    known = {fold_name(team.name) for team in workforce.teams}
    procedures = [each.body for each in written if isinstance(each.body, ProcedureDefinition)]
    roles = {step.role or "" for each in procedures for step in each.steps}
    named = {role.removeprefix(_TEAM) for role in roles if role.startswith(_TEAM)}
    return sorted(team for team in named if fold_name(team) not in known)


def publish_shipped(
    kind: str, name: str, reason: str | None, actor: str, data: Path | None, tenant: str
) -> tuple[int, int]:
    """How many shipped definitions are published, and of how many; without a reason as they are shipped.

    Raises UsageError.
    """
    _kinds(kind)
    written = _read(kind, name)
    with open_or_create(data, tenant) as login:
        with connected(login) as connection:
            now = reader.now(connection)
            published = ConfigurationEvents((), reader.definitions(connection, tenant))
            why = reason or _AS_SHIPPED[locale_of(connection, tenant, None, None).language]
        new = [each for each in written if not is_in_effect(published, each.kind.name, each.name, each.body, now)]
        by = Actor(id=actor, kind="agent")
        publish_all(under(login, DESK), tenant, [_command(each, now, why) for each in new], by)
    return len(new), len(written)


def _kinds(kind: str | None) -> tuple[str, ...]:
    if kind is not None and kind not in kinds_shipped():
        raise UsageError(
            f"No definitions of the kind {kind!r} are shipped: choose {' or '.join(kinds_shipped())}.",
            f"Không có cấu hình có sẵn loại {kind!r}: hãy chọn {' hoặc '.join(kinds_shipped())}.",
        )
    return kinds_shipped() if kind is None else (kind,)


def _read(kind: str, name: str) -> Sequence[WrittenDefinition]:
    texts = shipped_files(kind)
    if name != ALL and name not in texts:
        kind_in_vietnamese = word_of("definition kind", kind, "vi")
        raise UsageError(
            f"No {kind} {name!r} is shipped: `definition shipped {kind}` lists them.",
            f"Không có {kind_in_vietnamese} {name!r} có sẵn: `definition shipped {kind}` liệt kê những gì có sẵn.",
        )
    return [read_definition_file(text) for known, text in texts.items() if name in {ALL, known}]


def _in_both(written: WrittenDefinition) -> ShippedDefinition:
    title, description = (getattr(written.body, name, None) for name in ("title", "description"))
    return ShippedDefinition(
        kind=written.kind.name,
        name=written.name,
        title_vi=in_language(title, "vi"),
        title_en=in_language(title, "en"),
        description_vi=in_language(description, "vi"),
        description_en=in_language(description, "en"),
    )


def _row(written: WrittenDefinition, kind: str | None, language: Language) -> dict[str, object]:
    """Of a kind that is named with its description, else with its kind."""
    title, description = (in_language(getattr(written.body, name, None), language) for name in ("title", "description"))
    if kind:
        return {"name": Whole(written.name), "title": title, "description": description}
    return {"kind": written.kind.name, "name": Whole(written.name), "title": title}


def _command(written: WrittenDefinition, now: datetime, reason: str) -> PublishDefinition:
    body = written.body.model_dump(mode="json")
    return PublishDefinition(kind=written.kind.name, name=written.name, effective_from=now, body=body, reason=reason)
