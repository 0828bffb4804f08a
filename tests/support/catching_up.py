"""Brings projections up to the log, once."""

from collections.abc import Sequence

from projections.engine.follower import Follower
from projections.engine.projection import Projection
from projections.registry import PROJECTIONS


def catch_up(dsn: str, tenant: str = "default", projections: Sequence[Projection] = PROJECTIONS) -> None:
    """Has a follower of its own read the log to its end."""
    follower = Follower(dsn, tenant, projections)
    follower.catch_up()
    follower.close()
