"""What the configuration says of every receiver."""

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.channels.network_guard import Network


class ChannelConfig(BaseModel):
    """A part of the configuration. Errors do not show what was written, as it may be a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _known_network(written: str) -> str:
    ip_network(written)
    return written


class ReceiverConfig(ChannelConfig):
    """``timeout`` is in seconds. ``allow`` names networks, such as 10.1.0.0/16, that are not public."""

    timeout: Annotated[float, Field(gt=0, le=20)] = 10.0
    allow: tuple[Annotated[str, AfterValidator(_known_network)], ...] = ()

    @property
    def networks(self) -> tuple[Network, ...]:
        """The networks of ``allow``."""
        return tuple(map(ip_network, self.allow))
