"""The events of a published definition."""

from datetime import datetime
from typing import Any

from domain.messages import Event


class DefinitionPublished(Event):
    """Version ``version`` of a definition. ``kind`` says what ``body`` means, such as health or segment."""

    topic = "definition.published"
    kind: str
    name: str
    version: int
    effective_from: datetime
    body: dict[str, Any]


DefinitionEvent = DefinitionPublished
"""What happens to a definition."""
