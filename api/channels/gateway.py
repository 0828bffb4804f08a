"""A gateway for SMS, Zalo and calls: one neutral POST of JSON, with the notification's id as Idempotency-Key.

The gateway answers 2xx when it took the message, with its own ``id`` in a JSON object if it has one. 429 and 5xx say
that it did not, other 4xx that it never will. 502 and 504 come from a proxy that lost the answer.
"""

from typing import Annotated

from pydantic import AfterValidator, SecretStr, ValidationError
from pydantic_core import from_json, to_json

from api.channels.hand_over import HandOver, OutgoingMessage, Taken
from api.channels.http_connection import HttpAnswer
from api.channels.http_post import HttpReceiver, HttpUrl, is_success, outcome_without_success
from api.channels.receiver_config import ReceiverConfig
from domain.messages import LONGEST_WORD


def _printable(token: SecretStr) -> SecretStr:
    """Checks a token, without naming it."""
    written = token.get_secret_value()
    if not written or not written.isascii() or not written.isprintable():
        raise ValueError("a token is printable ASCII")
    return token


class GatewayConfig(ReceiverConfig):
    """``token`` is sent as ``Authorization: Bearer``."""

    url: HttpUrl
    token: Annotated[SecretStr, AfterValidator(_printable)] | None = None


class GatewayChannel:
    """Hands over to one gateway, over a connection of its own each time: a lost answer may mean that it was sent."""

    def __init__(self, config: GatewayConfig) -> None:
        self._receiver = HttpReceiver(config.url, config.timeout, config.networks)
        token = config.token
        self._authorization = {} if token is None else {"Authorization": f"Bearer {token.get_secret_value()}"}

    async def hand_over(self, message: OutgoingMessage) -> HandOver:
        """One attempt."""
        body = to_json(
            {
                "id": message.id,
                "channel": message.channel,
                "to": message.address,
                "subject": message.text.subject,
                "text": message.text.body,
                "purpose": message.purpose,
                "template": message.template,
                "language": message.language,
                "data": message.data,
            }
        )
        answer = await self._receiver.post({"Idempotency-Key": str(message.id), **self._authorization}, body)
        if not isinstance(answer, HttpAnswer):
            return answer
        if is_success(answer):
            return Taken(_provider_id(answer.body))
        return outcome_without_success(answer, refusals_are_final=True)


def _provider_id(body: bytes) -> str | None:
    """The ``id`` of a JSON object; None when there is none."""
    try:
        content = from_json(body)
    except (ValueError, ValidationError):
        return None
    named = content.get("id") if isinstance(content, dict) else None
    if not isinstance(named, str | int) or isinstance(named, bool):
        return None
    text = "".join(filter(str.isprintable, str(named))).strip()[:LONGEST_WORD]
    return text or None
