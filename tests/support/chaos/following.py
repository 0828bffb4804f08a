"""A follower of every projection in a process that is killed."""

import threading

from domain.event_types import register_event_types
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS
from tests.support.log import TENANT


def run(_name: str, url: str) -> None:
    register_event_types()
    Follower(url, TENANT, PROJECTIONS).run(threading.Event())
