"""A process that runs a follower for every projection until it is killed."""

import sys
import threading

from domain.event_types import register_event_types
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS
from tests.support.log import TENANT

if __name__ == "__main__":
    register_event_types()
    Follower(sys.argv[2], TENANT, PROJECTIONS).run(threading.Event())
