"""What `notification list` and `notification show` say, in both languages."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from api.cli.locale import Locale
from api.cli.printing import local, shown
from domain.readable import NOTHING, Language
from projections.audit.words import word_of
from projections.notifications.table import NotificationRow


class NotificationWords(NamedTuple):
    """``columns`` are those of the list. The sentences have placeholders."""

    title: str
    columns: Sequence[str]
    what: str
    requested: str
    why: str
    next_attempt: str
    proven: str
    unproven: str


WORDS: Mapping[Language, NotificationWords] = MappingProxyType(
    {
        "en": NotificationWords(
            title="Notifications",
            columns=("requested", "to", "channel", "template", "state", "next attempt", "id"),
            what="{template} ({purpose}, {channel}) to {recipient}: {state}",
            requested="requested at {at}, attempts: {attempts}, address: {address}",
            why="why: {}",
            next_attempt="next attempt at {}",
            proven="The hash of this text stands in the log.",
            unproven="No attempt proves this text.",
        ),
        "vi": NotificationWords(
            title="Thông báo",
            columns=("yêu cầu lúc", "người nhận", "kênh", "mẫu", "trạng thái", "lần gửi tiếp", "id"),
            what="{template} ({purpose}, {channel}) gửi {recipient}: {state}",
            requested="yêu cầu lúc {at}, số lần gửi: {attempts}, địa chỉ: {address}",
            why="lý do: {}",
            next_attempt="lần gửi tiếp lúc {}",
            proven="Nhật ký có mã băm của nội dung này.",
            unproven="Chưa lần gửi nào chứng minh nội dung này.",
        ),
    }
)


def notification_lines(row: NotificationRow, locale: Locale) -> list[str]:
    """A notification without its text."""
    language, words = locale.language, WORDS[locale.language]
    lines = [
        words.what.format(
            template=row.template,
            purpose=word_of("purpose", row.purpose, language),
            channel=word_of("channel", row.channel, language),
            recipient=f"{word_of('kind of a recipient', row.to_kind, language)} {row.recipient}",
            state=word_of("state of a notification", row.state, language),
        ),
        words.requested.format(
            at=shown(local(row.requested_at, locale.zone), language),
            attempts=row.attempt,
            address=row.address or NOTHING,
        ),
    ]
    if row.why is not None:
        lines.append(words.why.format(word_of("why", row.why, language)))
    if row.next_at is not None:
        lines.append(words.next_attempt.format(shown(local(row.next_at, locale.zone), language)))
    return lines
