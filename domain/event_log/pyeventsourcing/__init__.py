"""A persistence module of the eventsourcing library: `PERSISTENCE_MODULE=domain.event_log.pyeventsourcing`.

An `Application` of the library then keeps its events in a dense log of its own. How to use it:
docs/how-to/eventsourcing-library.md.
"""

from domain.event_log.pyeventsourcing.factory import LogFactory
from domain.event_log.pyeventsourcing.recorders import LogTrackingRecorder

__all__ = ["LogFactory", "LogTrackingRecorder"]
