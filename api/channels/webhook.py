"""Webhooks by the Standard Webhooks specification: signed with every secret of the endpoint."""

import binascii
import hmac
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import to_json

from api.channels.hand_over import HandOver, NotAccepted, OutgoingMessage, Taken
from api.channels.http_connection import HttpAnswer, KeptConnections
from api.channels.http_post import HttpReceiver, HttpUrl, is_success, outcome_without_success
from api.channels.receiver_config import ReceiverConfig

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
_GONE = 410


def _checked(secret: SecretStr) -> SecretStr:
    """The secret. Raises ValueError, which does not hold it, for one of another form."""
    written = secret.get_secret_value()
    try:
        key = b64decode(written.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not written.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(f"a secret is {_PREFIX} and the base64 of {_SHORTEST} to {_LONGEST} random bytes")
    return secret


WebhookSecret = Annotated[SecretStr, AfterValidator(_checked)]


class WebhookEndpoint(ReceiverConfig):
    """The receiver of webhooks. ``secrets`` holds the old one too while they are rotated.

    ``at_once`` bounds the attempts that run concurrently.
    """

    url: HttpUrl
    secrets: Annotated[tuple[WebhookSecret, ...], Field(min_length=1, max_length=2)]
    at_once: Annotated[int, Field(ge=1, le=200)] = 100

    @property
    def keys(self) -> list[bytes]:
        """The keys of the secrets, in their order."""
        return [b64decode(secret.get_secret_value().removeprefix(_PREFIX)) for secret in self.secrets]


class WebhookChannel:
    """Hands over to one endpoint, over connections that are used again: the receiver recognises a repeat by its id."""

    def __init__(self, endpoint: WebhookEndpoint) -> None:
        self._kept = KeptConnections()
        self._receiver = HttpReceiver(endpoint.url, endpoint.timeout, endpoint.networks, self._kept)
        self._keys = endpoint.keys

    def close(self) -> None:
        """Closes the connections that are kept for the next webhook."""
        self._kept.close()

    async def hand_over(self, message: OutgoingMessage) -> HandOver:
        """One attempt. A 410 says that the endpoint wants nothing more."""
        now = datetime.now(UTC)
        body = to_json(
            {
                "type": message.template,
                "timestamp": now.isoformat(),
                "data": {
                    **message.data,
                    "subject": message.text.subject,
                    "text": message.text.body,
                    "about": message.about,
                    "about_kind": message.about_kind,
                },
            }
        )
        answer = await self._receiver.post(signed(message.id, int(now.timestamp()), body, self._keys), body)
        if not isinstance(answer, HttpAnswer):
            return answer
        if answer.status == _GONE:
            return NotAccepted("endpoint_gone", permanent=True, gone=True)
        return Taken() if is_success(answer) else outcome_without_success(answer, refusals_are_final=False)


def signed(message_id: UUID, timestamp: int, body: bytes, keys: list[bytes]) -> dict[str, str]:
    """The headers of a webhook: HMAC-SHA256 over id, seconds since 1970 and body, with each key."""
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = (b64encode(hmac.digest(key, content, sha256)).decode() for key in keys)
    return {
        "webhook-id": str(message_id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
