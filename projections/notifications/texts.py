"""The texts of notifications: rendered again from the version of the template and the values of the request."""

from collections.abc import Collection, Sequence
from uuid import UUID

from psycopg import Connection
from pydantic import BaseModel, ConfigDict

from domain.definitions.kinds import TEMPLATE
from domain.definitions.published import body_of_version
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.notification.events import AttemptStarted, NotificationRequested
from domain.template.rendering import MissingValues, rendered


class NotificationText(BaseModel):
    """``text_hash`` is the SHA-256 that stands in the log since the last attempt; None: there was none.

    ``proven``: the text shown has that hash, so that it is the text that was sent.
    """

    model_config = ConfigDict(frozen=True)

    subject: str
    body: str
    text_hash: str | None
    proven: bool


def texts_of(
    connection: Connection, tenant: str, notifications: Collection[UUID], up_to: int
) -> dict[UUID, NotificationText]:
    """The texts of some notifications by the log up to a position; one without its template is absent."""
    if not notifications:
        return {}
    definitions = reader.definitions(connection, tenant, up_to)
    histories = reader.streams(connection, tenant, notifications, up_to, [NotificationRequested, AttemptStarted])
    texts = ((stream, _text(history, definitions)) for stream, history in histories.items())
    return {stream: text for stream, text in texts if text is not None}


def _text(history: Sequence[RecordedEvent], definitions: Sequence[RecordedEvent]) -> NotificationText | None:
    request = history[0].payload
    template = body_of_version(definitions, TEMPLATE, request.template, request.template_version)
    hashes = [event.payload.text_hash for event in history if isinstance(event.payload, AttemptStarted)]
    recorded = hashes[-1] if hashes else None
    if template is None:
        return None
    try:
        text = rendered(template, "en" if request.language == "en" else "vi", request.data)
    except MissingValues:
        return None
    return NotificationText(subject=text.subject, body=text.body, text_hash=recorded, proven=text.text_hash == recorded)
