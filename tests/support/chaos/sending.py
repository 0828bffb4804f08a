"""A follower and a sender in a process that may be killed; the DSN is DATABASE_URL."""

import asyncio
import os
import threading
from datetime import timedelta

from api.channels.configuration import ConfiguredChannels, configured_channels
from api.workers.sending.sender import SenderSettings, send
from domain.event_log.notifications import ListenerSettings
from domain.event_types import register_event_types
from projections.audit.table import AUDIT_HISTORY
from projections.engine.follower import Follower
from projections.notifications.table import NOTIFICATIONS

LOST_AFTER = timedelta(seconds=3)


def main() -> None:
    register_event_types()
    url, stop = os.environ["DATABASE_URL"], threading.Event()
    follower = Follower(url, "default", [NOTIFICATIONS, AUDIT_HISTORY])
    threading.Thread(target=follower.run, args=[stop], daemon=True).start()
    settings = SenderSettings(listener=ListenerSettings(poll=0.1), lost_after=LOST_AFTER)
    asyncio.run(send(url, "default", stop, ConfiguredChannels(configured_channels().config), settings=settings))


if __name__ == "__main__":
    main()
