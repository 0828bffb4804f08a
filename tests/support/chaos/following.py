"""A process that runs a follower for every projection until it is killed."""

import sys
import threading

from projections.engine.follower import Follower
from projections.registry import PROJECTIONS
from tests.support.log import TENANT

if __name__ == "__main__":
    Follower(sys.argv[2], TENANT, PROJECTIONS).run(threading.Event())
