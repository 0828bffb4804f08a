"""A follower, a reactor and a sender in a process that may be killed; the DSN is DATABASE_URL.

The argument, if there is one, stands in the ids of the commands by which the sender records its attempts.
"""

import asyncio
import os
import sys
import threading
from datetime import timedelta
from functools import partial

from api.channels.configuration import ConfiguredChannels, configured_channels
from api.workers.reactor import run_reactor
from api.workers.sending import sender
from api.workers.sending.attempts import Attempts
from domain.event_log.notifications import ListenerSettings
from domain.event_types import register_event_types
from projections.audit_history.table import AUDIT_HISTORY
from projections.engine.follower import Follower
from projections.notifications.table import NOTIFICATIONS

LOST_AFTER = timedelta(seconds=3)


def main() -> None:
    register_event_types()
    url, stop = os.environ["DATABASE_URL"], threading.Event()
    if len(sys.argv) > 1:
        sender.Attempts = partial(Attempts, token=sys.argv[1])  # type: ignore[assignment, attr-defined]  # the same with a name
    follower = Follower(url, "default", [NOTIFICATIONS, AUDIT_HISTORY])
    threading.Thread(target=follower.run, args=[stop], daemon=True).start()
    threading.Thread(target=lambda: asyncio.run(run_reactor(url, "default", stop)), daemon=True).start()
    settings = sender.SenderSettings(listener=ListenerSettings(poll=0.1), lost_after=LOST_AFTER)
    channels = ConfiguredChannels(configured_channels().config)
    asyncio.run(sender.send(url, "default", stop, channels, settings=settings))


if __name__ == "__main__":
    main()
