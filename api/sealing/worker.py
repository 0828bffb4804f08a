"""The threads that seal and publish the logs of one tenant."""

import threading
from pathlib import Path
from typing import NamedTuple

from api.channels.configuration import ChannelsConfig
from api.sealing.key_file import WatchedKey
from api.sealing.publishing import Publisher
from api.sealing.sealer import Sealer
from api.sealing.signed_heads import signed_folder


class SealingAddresses(NamedTuple):
    """The addresses of the database: the sealer's, and the one under which events are recorded."""

    sealer: str
    desk: str


def sealing_threads(
    addresses: SealingAddresses, tenant: str, key: Path, channels: ChannelsConfig, stop: threading.Event
) -> list[threading.Thread]:
    """The threads, not started yet."""
    folder, name = channels.checkpoints.folder, channels.checkpoints.webhook
    webhook = None if name is None else channels.webhook[name]
    publishers = [
        Publisher(addresses.sealer, tenant, to_folder, to_webhook, signed_folder(key))  # neither waits for the other
        for to_folder, to_webhook in ((folder, None), (None, webhook))
        if to_folder is not None or to_webhook is not None
    ]

    def wake() -> None:
        for publisher in publishers:
            publisher.wake()

    sealer = Sealer(addresses.sealer, tenant, WatchedKey(key), desk_dsn=addresses.desk, sealed=wake)
    return [
        threading.Thread(target=sealer.run, args=[stop], name=f"sealer of {tenant}"),
        *(threading.Thread(target=each.run, args=[stop], name=f"publisher of {tenant}") for each in publishers),
    ]
