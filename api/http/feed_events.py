"""The models of the events in the feed: one for each topic, discriminated by ``topic``.

The feed sends what the log holds: the models are for the OpenAPI document, and built when it is made.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model

from domain.envelope import Envelope
from domain.event_types import register_event_types
from domain.messages import Event


class FeedEvent(Envelope):
    """One event with its envelope. ``version`` is its number in its stream, ``position`` in the log."""

    model_config = ConfigDict(defer_build=True)

    position: int
    tenant: str
    stream: str
    version: int
    topic: str
    recorded_at: AwareDatetime
    payload: Any


def _event_of(topic: str, payload: type[Event]) -> type[FeedEvent]:
    return create_model(
        f"{payload.__name__}Event",
        __base__=FeedEvent,
        __doc__=FeedEvent.__doc__,
        topic=(cast("Any", Literal[topic]), ...),
        payload=(payload, ...),
    )


if TYPE_CHECKING:
    AnyFeedEvent = FeedEvent
else:
    AnyFeedEvent = Annotated[
        Union[tuple(_event_of(topic, payload) for topic, payload in register_event_types().items())],  # noqa: UP007 -- made from a table
        Field(discriminator="topic"),
    ]


class FeedPage(BaseModel):
    """Events in the order of positions. ``next`` is the ``after`` of the next page; ``head`` is the newest position."""

    model_config = ConfigDict(defer_build=True)

    events: list[AnyFeedEvent]
    next: int
    head: int
