"""`keys`: the keys to the API, made, rotated, listed and revoked."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Literal, get_args

import typer
from psycopg import Connection
from pydantic import TypeAdapter, ValidationError

from api.api_key_lifecycle import USUAL_BACK_DATING, WallLifeError, make
from api.api_key_lifecycle import revoke as revoke_key
from api.api_key_lifecycle import rotate as rotate_key
from api.api_keys import LONGEST_WALL, WALL, Key, Permission, Token, list_keys
from api.cli.locale import Locale, locale_of
from api.cli.options import DEFAULT_TENANT, AsJson, Data, Lang, Tenant
from api.cli.printing import say, show_json, show_line, show_table
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from api.cli.system_user import system_user
from api.cli.tenant_database import connected, open_or_create, tenant_connection
from api.cli.usage_error import UsageError
from api.terminal_text import holds_unsafe
from domain.command_context import Actor
from domain.event_log import reader
from domain.event_log.roles import OWNER
from domain.readable import Language, day, minute
from domain.sla.policy.policy import Seconds

_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "keys": "Keys",
            "for others": " (acts for others)",
            "never": "never",
            "revoked": "revoked",
            "expired": "expired",
            "for ever": "for ever",
            "until": "until {} ({})",
            "valid": "Valid {}. It is not stored and cannot be shown again. {}",
            "link": "Its link is /wall/KEY at the server.",
            "header": "Send it as `Authorization: Bearer KEY`.",
            "done": "Revoked. A running server refuses it within 5 seconds.",
        },
        "vi": {
            "keys": "Khóa API",
            "for others": " (thay mặt người khác)",
            "never": "chưa dùng",
            "revoked": "đã thu hồi",
            "expired": "đã hết hạn",
            "for ever": "không thời hạn",
            "until": "đến {} ({})",
            "valid": "Có hiệu lực {}. Khóa không được lưu và không thể hiện lại. {}",
            "link": "Liên kết của khóa là /wall/KEY trên máy chủ.",
            "header": "Hãy gửi khóa trong tiêu đề `Authorization: Bearer KEY`.",
            "done": "Đã thu hồi. Máy chủ đang chạy từ chối khóa này trong vòng 5 giây.",
        },
    }
)
_OR: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {"nothing": "", "a date": ", or a date, or never", "unlimited": ", or unlimited"},
        "vi": {"nothing": "", "a date": ", hoặc một ngày, hoặc never", "unlimited": ", hoặc unlimited"},
    }
)
"""What may stand in the place of a duration."""
_WALL_LIFE = "--expires: khóa có quyền wall có hiệu lực nhiều nhất {} ngày."
_NO_SCOPE = "--scope {}: hãy chọn trong {}; quyền wall phải đứng một mình."
"""Refusals in Vietnamese."""
_SECONDS = TypeAdapter(Seconds)
USUAL_LIFE = "400d"
Expires = Annotated[
    str, typer.Option(help="How long it is valid (such as 90d), until when (2027-01-31, UTC), or never.")
]


def create(
    actor: Annotated[str, typer.Option(help="The actor of the commands sent with the key, such as an agent's name.")],
    scope: Annotated[
        list[str],
        typer.Option(
            help="What it allows; several times: tickets:write, customers:write, read, audit, audit:read, feed, admin,"
            " or wall alone."
        ),
    ],
    kind: Annotated[Literal["agent", "customer", "system"], typer.Option(help="What the actor is.")] = "agent",
    acts_for_others: Annotated[bool, typer.Option("--acts-for-others", help="It may act on behalf of others.")] = False,
    expires: Expires = USUAL_LIFE,
    back_dating: Annotated[
        str | None,
        typer.Option(
            help="How far occurred_at may lie back, such as 7d, or unlimited;"
            " 7d for agents and customers, unlimited for systems when it is not given."
        ),
    ] = None,
    language: Lang = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Make a key. It is shown this once and not stored."""
    if holds_unsafe(actor):
        raise UsageError(
            f"--actor {actor!r} holds characters that nobody sees: another name would look the same.",
            f"--actor {actor!r} có ký tự không nhìn thấy: tên khác có thể trông giống hệt.",
        )
    with open_or_create(data, tenant) as dsn, connected(dsn) as connection:
        locale = locale_of(connection, tenant, language, None)
        expires_at = _expiry(connection, expires)
        try:
            who = Actor(id=actor, kind=kind)
            token = make(
                connection,
                tenant,
                who,
                scope,
                _operator(),
                back_dating=USUAL_BACK_DATING[kind] if back_dating is None else _back_dating(back_dating),
                acts_for_others=acts_for_others,
                expires_at=expires_at,
            )
        except ValidationError:
            raise UsageError(
                f"--actor {actor!r} is no name: write 1 to 200 characters.",
                f"--actor {actor!r} không phải tên: hãy ghi từ 1 đến 200 ký tự.",
            ) from None
        except WallLifeError as error:
            raise UsageError(f"--expires: {error}.", _WALL_LIFE.format(LONGEST_WALL.days)) from None
        except ValueError as error:
            known = ", ".join(get_args(Permission))
            raise UsageError(f"--scope: {error}.", _NO_SCOPE.format(" ".join(scope), known)) from None
    _show(token, expires_at, locale, as_json=as_json, is_wall=WALL in scope)


def rotate(
    key_id: Annotated[str, typer.Argument(help="The id of a key, as `keys list` shows it.")],
    overlap: Annotated[str, typer.Option(help="How long the old key stays valid, such as 7d or 12h.")] = "7d",
    expires: Expires = USUAL_LIFE,
    language: Lang = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Make a key in the place of another.

    Both are valid for a while; a retried command has the same identity under both.
    """
    with tenant_connection(data, tenant, OWNER) as connection:
        locale = locale_of(connection, tenant, language, None)
        expires_at = _expiry(connection, expires)
        time = timedelta(seconds=_seconds("--overlap", overlap, "nothing"))
        token = rotate_key(connection, tenant, key_id, time, _operator(), expires_at=expires_at)
    _show(token, expires_at, locale, as_json=as_json)


@options_of(ReadOptions)
def list_all(reading: ReadOptions) -> None:
    """List all keys ever made, without their secrets."""
    with tenant_connection(reading.data, reading.tenant, OWNER) as connection:
        keys = list_keys(connection, reading.tenant)
        locale = reading.locale(connection)
        now = reader.now(connection)
    if reading.as_json:
        show_json([asdict(key) for key in keys])
        return
    show_table(_WORDS[locale.language]["keys"], [_row(key, now, locale) for key in keys], language=locale.language)
    say(locale.zone_sentence)


def revoke(
    key_id: Annotated[str, typer.Argument(help="The id of a key, as `keys list` shows it.")],
    language: Lang = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Revoke a key."""
    with tenant_connection(data, tenant, OWNER) as connection:
        revoke_key(connection, tenant, key_id, _operator())
        said_in = locale_of(connection, tenant, language, None).language
    say(_WORDS[said_in]["done"])


def _row(key: Key, now: datetime, locale: Locale) -> dict[str, object]:
    """The columns that fit a terminal."""
    words = _WORDS[locale.language]
    if key.revoked_at is not None:
        until = words["revoked"]
    elif key.expires_at is None:
        until = words["for ever"]
    elif key.expires_at <= now:
        until = words["expired"]
    else:
        until = day(key.expires_at.astimezone(locale.zone), locale.language)
    return {
        "id": key.id,
        "actor": key.actor_id + (words["for others"] if key.acts_for_others else ""),
        "scopes": " ".join(key.scopes),
        "last_used": minute(key.last_used_at.astimezone(locale.zone), locale.language)
        if key.last_used_at
        else words["never"],
        "valid_until": until,
    }


def _expiry(connection: Connection, written: str) -> datetime | None:
    """The instant after which a key is no longer valid; None for never. Raises UsageError."""
    if written.strip().lower() == "never":
        return None
    now = reader.now(connection)
    try:
        expires_at = datetime.fromisoformat(written)
    except ValueError:
        expires_at = now + timedelta(seconds=_seconds("--expires", written, "a date"))
    expires_at = expires_at.replace(tzinfo=expires_at.tzinfo or UTC)
    if expires_at <= now:
        raise UsageError(
            f"--expires {expires_at.isoformat(' ')} lies in the past: choose a later one.",
            f"--expires {expires_at.isoformat(' ')} đã qua: hãy chọn thời điểm muộn hơn.",
        )
    return expires_at


def _back_dating(written: str) -> timedelta | None:
    """How far back a key dates; None is without limit. Raises UsageError."""
    if written.strip().lower() == "unlimited":
        return None
    return timedelta(seconds=_seconds("--back-dating", written, "unlimited"))


def _seconds(option: str, written: str, other: str) -> int:
    """The seconds of a duration. ``other`` is what may stand in its place. Raises UsageError."""
    try:
        return _SECONDS.validate_python(written)
    except ValidationError:
        raise UsageError(
            f"{option} {written!r}: write a duration such as 7d or 12h{_OR['en'][other]}.",
            f"{option} {written!r}: hãy ghi một khoảng thời gian như 7d hoặc 12h{_OR['vi'][other]}.",
        ) from None


def _operator() -> Actor:
    """The user of this computer."""
    return Actor(id=system_user(), kind="agent")


def _show(token: Token, expires_at: datetime | None, locale: Locale, *, as_json: bool, is_wall: bool = False) -> None:
    if as_json:
        show_json({"key": token.text, "expires_at": expires_at})
        return
    show_line(token.text)
    words, zone = _WORDS[locale.language], locale.zone
    until = words["for ever"]
    if expires_at:
        until = words["until"].format(minute(expires_at.astimezone(zone), locale.language), zone.key)
    say(words["valid"].format(until, words["link" if is_wall else "header"]))
