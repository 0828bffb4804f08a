"""Callers that do not wait for their turn."""

from threading import BoundedSemaphore


class Impatient(BoundedSemaphore):
    """A semaphore for which nobody waits, however long the caller would."""

    def acquire(self, *_: object, **__: object) -> bool:
        """Takes it where it is free."""
        return super().acquire(blocking=False)
