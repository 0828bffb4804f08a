"""The configuration of the channels: a TOML file outside the log, as it holds secrets.

TICKETLEDGER_CHANNELS names it. A channel that it does not name is not sent over: its notifications wait.
"""

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from api.channels.file import FileChannel, FileConfig
from api.channels.gateway import GatewayChannel, GatewayConfig
from api.channels.hand_over import OutgoingChannel
from api.channels.receiver_config import ChannelConfig
from api.channels.smtp import SmtpChannel, SmtpConfig
from api.channels.webhook import WebhookChannel, WebhookEndpoint
from domain.errors import LedgerError, message_of

VARIABLE = "TICKETLEDGER_CHANNELS"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
EndpointName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
_Gateway = GatewayConfig | FileConfig


class ChannelsRefused(LedgerError):  # noqa: N818 -- an answer, not a defect
    """The configuration of the channels cannot be used; the message says why, without any secret."""

    kind = "malformed"


class CheckpointsConfig(ChannelConfig):
    """Where signed checkpoints go: a folder, and the endpoint of a webhook by its name."""

    folder: Path | None = None
    webhook: EndpointName | None = None


class ChannelsConfig(ChannelConfig):
    """The receivers by channel; ``webhook`` by the name of the endpoint."""

    email: SmtpConfig | FileConfig | None = None
    sms: _Gateway | None = None
    zalo: _Gateway | None = None
    call: _Gateway | None = None
    file: FileConfig | None = None
    webhook: dict[EndpointName, WebhookEndpoint] = Field(default_factory=dict)
    checkpoints: CheckpointsConfig = CheckpointsConfig()

    @model_validator(mode="after")
    def _names_an_endpoint(self) -> Self:
        name = self.checkpoints.webhook
        if name is not None and name not in self.webhook:
            raise ValueError(f"checkpoints.webhook names {name}, and there is no [webhook.{name}]")
        return self


Lane = tuple[str, str | None]
"""A channel; of webhooks also the endpoint. What waits in one lane does not hold up another."""


class ConfiguredChannels:
    """The channels that are configured, by lane. ``at_once`` is how many attempts may run beside each other there."""

    def __init__(self, config: ChannelsConfig) -> None:
        single = {name: getattr(config, name) for name in ("email", "sms", "zalo", "call", "file")}
        self.lanes: Mapping[Lane, OutgoingChannel] = {
            (name, None): _channel_of(each) for name, each in single.items() if each is not None
        } | {("webhook", name): WebhookChannel(endpoint) for name, endpoint in config.webhook.items()}
        self.at_once: Mapping[Lane, int] = {
            ("webhook", name): endpoint.at_once for name, endpoint in config.webhook.items()
        }
        self.checkpoints_folder = config.checkpoints.folder
        self.checkpoints_webhook = config.webhook[name] if (name := config.checkpoints.webhook) else None


def _channel_of(config: SmtpConfig | GatewayConfig | FileConfig) -> OutgoingChannel:
    if isinstance(config, SmtpConfig):
        return SmtpChannel(config)
    return GatewayChannel(config) if isinstance(config, GatewayConfig) else FileChannel(config)


NO_CHANNELS = ConfiguredChannels(ChannelsConfig())


def configured_channels(environ: Mapping[str, str] = os.environ) -> ConfiguredChannels:
    """The channels of the file that the environment names; none when it names none. Raises ChannelsRefused."""
    named = environ.get(VARIABLE)
    return ConfiguredChannels(read_channels(Path(named))) if named else NO_CHANNELS


def read_channels(path: Path) -> ChannelsConfig:
    """The configuration in a file that only its owner may read. Raises ChannelsRefused."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ChannelsRefused(f"{path} cannot be read: {type(error).__name__}") from None
    if mode & _OTHERS:
        raise ChannelsRefused(f"{path} holds secrets and can be read by others: chmod 600 {path}")
    try:
        return ChannelsConfig.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        raise ChannelsRefused(f"{path} is not TOML: check its quotes and brackets") from None
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: {message_of(dict(problem))}"
            for problem in error.errors(include_input=False, include_url=False, include_context=False)
        )
        raise ChannelsRefused(f"{path}: {wrong}") from None
