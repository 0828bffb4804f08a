"""A follower, a reactor and a sender in a process that is killed."""

import asyncio
import threading
from datetime import timedelta
from functools import partial
from pathlib import Path

from api.channels.configuration import ConfiguredChannels, read_channels
from api.workers.reactor import run_reactor
from api.workers.sending import sender
from api.workers.sending.attempts import Attempts
from domain.event_log.notifications import ListenerSettings
from domain.event_types import register_event_types
from projections.audit_history.table import AUDIT_HISTORY
from projections.engine.follower import Follower
from projections.notifications.table import NOTIFICATIONS

LOST_AFTER = timedelta(seconds=3)


def run(url: str, channels_file: Path, name: str | None = None) -> None:
    """``name`` stands in the ids of the commands by which the sender records its attempts."""
    register_event_types()
    stop = threading.Event()
    if name is not None:
        sender.Attempts = partial(Attempts, token=name)  # type: ignore[assignment, attr-defined]  # the same with a name
    follower = Follower(url, "default", [NOTIFICATIONS, AUDIT_HISTORY])
    threading.Thread(target=follower.run, args=[stop], daemon=True).start()
    threading.Thread(target=lambda: asyncio.run(run_reactor(url, "default", stop)), daemon=True).start()
    settings = sender.SenderSettings(listener=ListenerSettings(poll=0.1), lost_after=LOST_AFTER)
    channels = ConfiguredChannels(read_channels(channels_file).config)
    asyncio.run(sender.send(url, "default", stop, channels, settings=settings))
