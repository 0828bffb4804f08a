"""The configuration of the channels: a TOML file outside the log, as it holds secrets.

TICKETLEDGER_CHANNELS names it. A channel that it does not name is not sent over: its notifications wait. So do those
of a channel whose entry is wrong.
"""

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from pydantic import Discriminator, Field, Tag, ValidationError

from api.channels.file import FileChannel, FileConfig
from api.channels.gateway import GatewayChannel, GatewayConfig
from api.channels.hand_over import OutgoingChannel
from api.channels.receiver_config import ChannelConfig
from api.channels.smtp import MAILS_AT_ONCE, SmtpChannel, SmtpConfig
from api.channels.webhook import WebhookChannel, WebhookEndpoint
from domain.errors import LedgerError, message_of

VARIABLE = "TICKETLEDGER_CHANNELS"
EVERY = "every channel"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
EndpointName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
_RECEIVER, _FILE = "a receiver", "a file"
_Filed = Annotated[FileConfig, Tag(_FILE)]


def _where_to(entry: object) -> str:
    """A channel with the key ``file`` writes to one instead of handing over to a receiver."""
    return _FILE if isinstance(entry, FileConfig) or (isinstance(entry, dict) and "file" in entry) else _RECEIVER


_Smtp = Annotated[Annotated[SmtpConfig, Tag(_RECEIVER)] | _Filed, Discriminator(_where_to)]
_Gateway = Annotated[Annotated[GatewayConfig, Tag(_RECEIVER)] | _Filed, Discriminator(_where_to)]


class ChannelsRefused(LedgerError):  # noqa: N818 -- an answer, not a defect
    """The configuration of the channels cannot be used; the message says why, without any secret."""

    kind = "malformed"


class CheckpointsConfig(ChannelConfig):
    """Where signed checkpoints go: a folder, and the endpoint of a webhook by its name."""

    folder: Path | None = None
    webhook: EndpointName | None = None


class ChannelsConfig(ChannelConfig):
    """The receivers by channel; ``webhook`` by the name of the endpoint."""

    email: _Smtp | None = None
    sms: _Gateway | None = None
    zalo: _Gateway | None = None
    call: _Gateway | None = None
    file: FileConfig | None = None
    webhook: dict[EndpointName, WebhookEndpoint] = Field(default_factory=dict)
    checkpoints: CheckpointsConfig = CheckpointsConfig()


Lane = tuple[str, str | None]
"""A channel; of webhooks also the endpoint. What waits in one lane does not hold up another."""


class ConfiguredChannels:
    """The channels that are configured, by lane, for one event loop.

    ``at_once`` bounds the concurrent attempts of a lane.
    """

    def __init__(self, config: ChannelsConfig) -> None:
        single = {name: getattr(config, name) for name in ("email", "sms", "zalo", "call", "file")}
        self.lanes: Mapping[Lane, OutgoingChannel] = {
            (name, None): _channel_of(each) for name, each in single.items() if each is not None
        } | {("webhook", name): WebhookChannel(endpoint) for name, endpoint in config.webhook.items()}
        self.at_once: Mapping[Lane, int] = {
            ("webhook", name): endpoint.at_once for name, endpoint in config.webhook.items()
        } | {("email", None): MAILS_AT_ONCE}

    def close(self) -> None:
        """Closes the connections that are kept."""
        for channel in self.lanes.values():
            if isinstance(channel, WebhookChannel):
                channel.close()


def _channel_of(config: SmtpConfig | GatewayConfig | FileConfig) -> OutgoingChannel:
    if isinstance(config, SmtpConfig):
        return SmtpChannel(config)
    return GatewayChannel(config) if isinstance(config, GatewayConfig) else FileChannel(config)


class ReadChannels(NamedTuple):
    """What a file configures. ``wrong`` says why an entry cannot be used, without any secret; its channel is silent."""

    config: ChannelsConfig = ChannelsConfig()
    wrong: Mapping[str, str] = MappingProxyType({})

    @property
    def sentences(self) -> list[str]:
        """What is said of each wrong entry."""
        return [
            f"Nothing is sent over {'any channel' if name == EVERY else name}: {why}"
            for name, why in self.wrong.items()
        ]


def configured_channels(environ: Mapping[str, str] = os.environ) -> ReadChannels:
    """The channels of the file that the environment names; none when it names none.

    When the file cannot be read, every channel is silent, and ``wrong`` has the one entry EVERY.
    """
    named = environ.get(VARIABLE)
    try:
        return read_channels(Path(named)) if named else ReadChannels()
    except ChannelsRefused as error:
        return ReadChannels(wrong={EVERY: str(error)})


def read_channels(path: Path) -> ReadChannels:
    """The configuration in a file that only its owner may read. Raises ChannelsRefused when it cannot be read."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ChannelsRefused(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ChannelsRefused(f"{path} cannot be read: it is not UTF-8") from None
    if mode & _OTHERS:
        raise ChannelsRefused(f"{path} holds secrets and can be read by others: chmod 600 {path}")
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise ChannelsRefused(f"{path} is not TOML: check its quotes and brackets") from None
    config, wrong = ChannelsConfig(), {}
    for name, entry in _entries(written):
        try:
            read = ChannelsConfig.model_validate(entry)
        except ValidationError as error:
            wrong[name] = _what_is_wrong(error)
        else:
            given = {field: getattr(read, field) for field in read.model_fields_set}
            config = config.model_copy(update=given | {"webhook": {**config.webhook, **read.webhook}})
    named = config.checkpoints.webhook
    if named is not None and named not in config.webhook:
        wrong["checkpoints"] = f"checkpoints.webhook names {named}, and no [webhook.{named}] can be used"
        config = config.model_copy(update={"checkpoints": CheckpointsConfig(folder=config.checkpoints.folder)})
    return ReadChannels(config, wrong)


def _entries(written: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each channel by itself, of webhooks each endpoint, as a configuration of its own."""
    for name, entry in written.items():
        if name == "webhook" and isinstance(entry, dict):
            for endpoint, each in entry.items():
                yield f"webhook.{endpoint}", {name: {endpoint: each}}
        else:
            yield name, {name: entry}


def _what_is_wrong(error: ValidationError) -> str:
    problems = error.errors(include_input=False, include_url=False)
    keys = [".".join(str(part) for part in problem["loc"] if part not in {_RECEIVER, _FILE}) for problem in problems]
    return "; ".join(f"{key}: {message_of(dict(problem))}" for key, problem in zip(keys, problems, strict=True))
