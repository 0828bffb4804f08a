"""A file instead of a receiver: one line of JSON for each notification.

It is for demos and tests.
"""

import asyncio
import os
from pathlib import Path

from pydantic_core import to_json

from api.channels.hand_over import HandOver, Lost, NotAccepted, OutgoingMessage, Taken
from api.channels.receiver_config import ChannelConfig


class FileConfig(ChannelConfig):
    """``file`` is where the lines are added; its folder exists."""

    file: Path


class FileChannel:
    """Adds to one file, which only its owner may read when this makes it."""

    def __init__(self, config: FileConfig) -> None:
        self._path = config.file

    async def hand_over(self, message: OutgoingMessage) -> HandOver:
        """One attempt."""
        return await asyncio.to_thread(self._append, message)

    def _append(self, message: OutgoingMessage) -> HandOver:
        line = to_json(
            {
                "id": message.id,
                "channel": message.channel,
                "to": message.address,
                "recipient": message.recipient,
                "subject": message.text.subject,
                "text": message.text.body,
                "purpose": message.purpose,
                "template": message.template,
                "language": message.language,
            }
        )
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError:
            return NotAccepted("receiver_unreachable")
        try:
            written = os.write(file, line + b"\n")
            os.fsync(file)
        except OSError:
            return Lost()
        finally:
            os.close(file)
        return Taken() if written == len(line) + 1 else Lost()
